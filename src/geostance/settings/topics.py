"""Settings of the topics: how they are found and described."""

from typing import Annotated, Literal

from pydantic import Field

from geostance.settings.basis import Auto, Settings


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


class TopicSettings(DescriptionSettings):
    """BERTopic's parameters; "auto" scales with the number of documents."""

    unit: Literal["distinct", "printed"] = "distinct"
    min_topic_size: Annotated[int, Field(ge=2)] | Auto = "auto"
    min_samples: Annotated[int, Field(ge=1)] | Auto = "auto"
    neighbours: Annotated[int, Field(ge=2)] | Auto = "auto"
    components: int = Field(default=5, ge=2)
