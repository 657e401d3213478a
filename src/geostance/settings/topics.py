"""Settings of the topics: how they are found and described."""

from typing import Annotated, Literal

from pydantic import Field

from geostance.settings.basis import Auto, Settings, Share
from geostance.settings.corpus import EncoderSettings


class StabilitySettings(Settings):
    """The fits that topics are held against, and those that a consensus is made of."""

    # Every second one is of a random part of the documents, the others are of all of them.
    fits: int = Field(default=20, ge=2)
    subsample_share: Annotated[float, Field(gt=0, le=1)] = 0.8
    # A topic recurs in a fit that has one with this Jaccard overlap of documents. From a half
    # on, a topic has one counterpart at most.
    overlap: Annotated[float, Field(ge=0.5, le=1)] = 0.5
    # A topic of the consensus is found in at least this share of the fits it is made of.
    support: Share = 0.9
    # Fits at a time; auto is one for each processor.
    processes: Annotated[int, Field(ge=1)] | Auto = "auto"


Factor = Annotated[float, Field(gt=0)]


class MultiverseSettings(Settings):
    """Choices that could have been made otherwise; each combination is a universe."""

    # Besides the study's own.
    encoders: tuple[EncoderSettings, ...] = ()
    unit: Annotated[tuple[Literal["distinct", "printed"], ...], Field(min_length=1)] = (
        "distinct",
        "printed",
    )
    neighbours: Annotated[tuple[Annotated[int, Field(ge=2)], ...], Field(min_length=1)] = (10, 30)
    components: Annotated[tuple[Annotated[int, Field(ge=2)], ...], Field(min_length=1)] = (5, 10)
    # Times the study's smallest topic, and times the samples that go with it.
    size: Annotated[tuple[Factor, ...], Field(min_length=1)] = (0.5, 1.0, 2.0)
    samples: Annotated[tuple[Factor, ...], Field(min_length=1)] = (1.0, 2.0)
    stopwords: Annotated[tuple[Literal["listed", "none"], ...], Field(min_length=1)] = (
        "listed",
        "none",
    )
    # Universes run at most; of more, so many are drawn.
    most: int = Field(default=48, ge=1)
    # The largest topics, about which conclusions are drawn.
    topics: int = Field(default=5, ge=1)


class TopicSettings(Settings):
    """BERTopic's parameters; "auto" scales with the number of documents."""

    unit: Literal["distinct", "printed"] = "distinct"
    min_topic_size: Annotated[int, Field(ge=2)] | Auto = "auto"
    min_samples: Annotated[int, Field(ge=1)] | Auto = "auto"
    neighbours: Annotated[int, Field(ge=2)] | Auto = "auto"
    components: int = Field(default=5, ge=2)
    words: int = Field(default=10, ge=3)
    representative_documents: int = Field(default=3, ge=1)
    # Whether function words are left out of the words of topics.
    stopwords: Literal["listed", "none"] = "listed"
    # One fit, or what the fits of the section stability have in common.
    solution: Literal["fit", "consensus"] = "fit"
    stability: StabilitySettings = StabilitySettings()
    multiverse: MultiverseSettings = MultiverseSettings()
