"""Settings of the topics: how they are found, described, edited and tested on readers."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from geostance.settings.basis import Auto, Settings, Share
from geostance.settings.corpus import EncoderSettings

Name = Annotated[str, Field(min_length=1)]
Similarity = Annotated[float, Field(ge=-1, le=1)]
# By BCP 47 tag, as the language of a document is.
Sentences = Annotated[dict[str, Annotated[str, Field(min_length=1)]], Field(min_length=1)]
SeedWords = Annotated[
    dict[str, Annotated[tuple[Name, ...], Field(min_length=1)]], Field(min_length=1)
]


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


class DescriptionSettings(Settings):
    """What is told of the topics once they are found; a change here fits nothing again."""

    # Words listed for each topic and language.
    words: int = Field(default=10, ge=3)
    # Words are counted by lemma, and shown as they are most often written.
    lemmas: bool = True
    # Terms of several words are found by collocation and listed among the words.
    terms: bool = True
    # Whether function words are left out.
    stopwords: Literal["listed", "none"] = "listed"
    # What orders a topic's words: class-based TF-IDF, or likeness to the topic's documents in
    # the encoder's space (keybert), or that with words unlike one another (mmr).
    representation: Literal["ctfidf", "keybert", "mmr"] = "ctfidf"
    # Names of topics: their first words, or what the service of stance.llm calls them.
    labels: Literal["words", "llm"] = "words"
    # For each topic and language.
    representative_documents: int = Field(default=3, ge=1)


class TopicEditSettings(Settings):
    """How far a topic may have moved from its edit; shares of the documents named in the edit."""

    # Fewer of them together in one topic, and the edit is applied with a warning.
    drifted_below: Share = 0.7
    # Fewer still, and it is not applied.
    lost_below: Share = 0.4

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.lost_below > self.drifted_below:
            raise ValueError("lost_below must not be above drifted_below")
        return self


class IntrusionSettings(Settings):
    """What coders see of a topic in the tests with an intruder."""

    # Of the topic; the intruder comes besides.
    words: int = Field(default=5, ge=2)
    documents: int = Field(default=3, ge=2)
    # Shown of a document, from its beginning.
    characters: int = Field(default=600, ge=50)


class QualitySettings(Settings):
    """How the topics are judged, and from where on one is flagged."""

    # Texts of a language that coherence is counted in; drawn where there are more.
    reference_documents: int = Field(default=5000, ge=10)
    # Topics with fewer distinct texts in a language have no coherence of their own there.
    min_documents: int = Field(default=5, ge=1)
    # Times that languages are dealt out anew among the documents.
    permutations: int = Field(default=1000, ge=100)
    confidence: Annotated[float, Field(gt=0.5, lt=1)] = 0.95
    bootstrap_samples: int = Field(default=1000, ge=100)
    # Share of one language, of one outlet, of copies or of one text that is told of a topic.
    one_language_share: Share = 0.9
    one_outlet_share: Share = 0.9
    copies_share: Share = 0.5


class FitSettings(Settings):
    """How topics are found; "auto" scales with the number of documents.

    Similarities are cosines between vectors from which the mean of their language was taken.
    """

    unit: Literal["distinct", "printed"] = "distinct"
    # What is clustered: whole documents, or passages of about so many words.
    passage_words: Annotated[int, Field(ge=20)] | None = None
    # Of more texts or passages so many are drawn and clustered, and the others assigned to the
    # topics found; null clusters all.
    fit_documents: Annotated[int, Field(ge=1000)] | None = 50_000
    min_topic_size: Annotated[int, Field(ge=2)] | Auto = "auto"
    min_samples: Annotated[int, Field(ge=1)] | Auto = "auto"
    neighbours: Annotated[int, Field(ge=2)] | Auto = "auto"
    components: int = Field(default=5, ge=2)
    # As many topics as are found, as many as are left when alike ones are merged, or so many.
    number: Annotated[int, Field(ge=1)] | Auto | None = None
    # Documents this near to the seed words of a theme are drawn together.
    guided: dict[Name, SeedWords] = Field(default_factory=dict)
    guided_similarity: Similarity = 0.3
    # Documents this near to the sentence that names a theme take it, and are not clustered.
    zero_shot: dict[Name, Sentences] = Field(default_factory=dict)
    zero_shot_similarity: Similarity = 0.3
    # Whether outliers are kept, or given to the nearest topic if it is this near.
    outliers: Literal["keep", "nearest"] = "keep"
    outlier_similarity: Similarity = 0.2
    # One fit, or what the fits of the section stability have in common.
    solution: Literal["fit", "consensus"] = "fit"

    @model_validator(mode="after")
    def _themes_fit(self) -> Self:
        if doubled := sorted(self.guided.keys() & self.zero_shot.keys()):
            raise PydanticCustomError(
                "doubled", f"{', '.join(doubled)} cannot be guided and zero-shot at once"
            )
        if isinstance(self.number, int) and self.number <= len(self.zero_shot):
            raise PydanticCustomError(
                "few",
                f"number {self.number} leaves no topic beside {len(self.zero_shot)} zero-shot ones",
            )
        return self


class TopicSettings(FitSettings, DescriptionSettings):
    """How topics are found and described."""

    edits: TopicEditSettings = TopicEditSettings()
    intrusion: IntrusionSettings = IntrusionSettings()
    quality: QualitySettings = QualitySettings()
    stability: StabilitySettings = StabilitySettings()
    multiverse: MultiverseSettings = MultiverseSettings()
