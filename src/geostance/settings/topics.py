"""Settings of the topics: how they are found and described."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from geostance.settings.basis import Auto, Settings

Name = Annotated[str, Field(min_length=1)]
Similarity = Annotated[float, Field(ge=-1, le=1)]
# By BCP 47 tag, as the language of a document is.
Sentences = Annotated[dict[str, Annotated[str, Field(min_length=1)]], Field(min_length=1)]
SeedWords = Annotated[
    dict[str, Annotated[tuple[Name, ...], Field(min_length=1)]], Field(min_length=1)
]


class FitSettings(Settings):
    """How topics are found; "auto" scales with the number of documents.

    Similarities are cosines between vectors from which the mean of their language was taken.
    """

    unit: Literal["distinct", "printed"] = "distinct"
    # What is clustered: whole documents, or passages of about so many words.
    passage_words: Annotated[int, Field(ge=20)] | None = None
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


class TopicSettings(FitSettings):
    """How topics are found and described."""

    words: int = Field(default=10, ge=3)
    representative_documents: int = Field(default=3, ge=1)
