"""Settings of the topics: how they are found and described."""

from typing import Annotated, Literal

from pydantic import Field

from geostance.settings.basis import Auto, Settings


class TopicSettings(Settings):
    """BERTopic's parameters; "auto" scales with the number of documents."""

    unit: Literal["distinct", "printed"] = "distinct"
    min_topic_size: Annotated[int, Field(ge=2)] | Auto = "auto"
    min_samples: Annotated[int, Field(ge=1)] | Auto = "auto"
    neighbours: Annotated[int, Field(ge=2)] | Auto = "auto"
    components: int = Field(default=5, ge=2)
    words: int = Field(default=10, ge=3)
    representative_documents: int = Field(default=3, ge=1)
