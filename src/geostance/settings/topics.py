"""Settings of the topics: how they are found, described, edited and tested on readers."""

from typing import Annotated, Literal

from pydantic import Field, model_validator

from geostance.settings.basis import Auto, Settings


class TopicEditSettings(Settings):
    """How far a topic may have moved from its edit; shares of the documents named in the edit."""

    # Fewer of them together in one topic, and the edit is applied with a warning.
    drifted_below: float = Field(default=0.7, ge=0, le=1)
    # Fewer still, and it is not applied.
    lost_below: float = Field(default=0.4, ge=0, le=1)

    @model_validator(mode="after")
    def _in_order(self) -> "TopicEditSettings":
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


class TopicSettings(Settings):
    """BERTopic's parameters; "auto" scales with the number of documents."""

    unit: Literal["distinct", "printed"] = "distinct"
    min_topic_size: Annotated[int, Field(ge=2)] | Auto = "auto"
    min_samples: Annotated[int, Field(ge=1)] | Auto = "auto"
    neighbours: Annotated[int, Field(ge=2)] | Auto = "auto"
    components: int = Field(default=5, ge=2)
    words: int = Field(default=10, ge=3)
    representative_documents: int = Field(default=3, ge=1)
    edits: TopicEditSettings = TopicEditSettings()
    intrusion: IntrusionSettings = IntrusionSettings()
