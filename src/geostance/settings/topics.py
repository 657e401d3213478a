"""Settings of the topics: how they are found and described."""

from typing import Annotated, Literal

from pydantic import Field

from geostance.settings.basis import Auto, Settings, Share


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


class TopicSettings(Settings):
    """BERTopic's parameters; "auto" scales with the number of documents."""

    unit: Literal["distinct", "printed"] = "distinct"
    min_topic_size: Annotated[int, Field(ge=2)] | Auto = "auto"
    min_samples: Annotated[int, Field(ge=1)] | Auto = "auto"
    neighbours: Annotated[int, Field(ge=2)] | Auto = "auto"
    components: int = Field(default=5, ge=2)
    words: int = Field(default=10, ge=3)
    representative_documents: int = Field(default=3, ge=1)
    quality: QualitySettings = QualitySettings()
