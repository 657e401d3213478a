"""Settings of the comparison with human labels and of the estimates."""

from typing import Annotated, Literal

from pydantic import Field

from geostance.settings.basis import Settings


class ValidationSettings(Settings):
    """Comparison with human labels and the estimates that rest on it."""

    confidence: Annotated[float, Field(gt=0.5, lt=1)] = 0.95
    bootstrap_samples: int = Field(default=1000, ge=100)
    # Fewer labels for a target than this give no corrected estimate.
    min_labels: int = Field(default=30, ge=2)
    # Groups with fewer documents get no interval of their own.
    min_group: int = Field(default=5, ge=2)
    # Groups with so many labels are pooled with the others of their grouping, if so many there are.
    pooled_labels: int = Field(default=5, ge=2)
    pooled_groups: int = Field(default=5, ge=4)
    # What estimates are asked for: a column of the documents, or several crossed.
    groupings: tuple[str | Annotated[tuple[str, ...], Field(min_length=2)], ...] = (
        *("outlet", "language", "month", "quarter", "year", "topic"),
    )
    # Names of regressions and the columns that each holds against the portrayal.
    regressions: dict[str, Annotated[tuple[str, ...], Field(min_length=1)]] = Field(
        default_factory=dict
    )
    # Of estimates with labels: from their standard errors, or by bootstrap over distinct texts.
    intervals: Literal["formula", "bootstrap"] = "formula"
