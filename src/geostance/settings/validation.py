"""Settings of the comparison with human labels and of the estimates."""

from typing import Annotated

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
