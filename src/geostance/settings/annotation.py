"""Settings of the sample that coders label."""

from typing import Annotated, Literal

from pydantic import Field

from geostance.settings.basis import Settings


class AnnotationSettings(Settings):
    """How many documents are drawn for labelling, and how."""

    # Documents per target, over all rounds.
    size: int = Field(default=100, ge=2)
    # What strata are made of: columns of the documents, and score, the class the scorer found.
    by: tuple[str, ...] = ("score",)
    # As many as the strata have, or equally many of each, which finds what is rare.
    allocation: Literal["proportional", "equal"] = "proportional"
    # Correlations of score and label to reckon with where none is measured yet.
    correlations: tuple[Annotated[float, Field(ge=0, lt=1)], ...] = (0.3, 0.5, 0.7)
