"""Human labels against the scorer, and estimates that rest on both."""

from geostance.validate.adjudication import (
    adjudication_sheet,
    coded,
    disagreements,
    settled,
)
from geostance.validate.agreement import agreement
from geostance.validate.comparison import compare
from geostance.validate.differences import differences
from geostance.validate.estimates import doubts, estimate
from geostance.validate.failures import scorer_errors
from geostance.validate.labels import read_labels
from geostance.validate.population import populations
from geostance.validate.quality import scorer_quality
from geostance.validate.regressions import regression

__all__ = [
    "adjudication_sheet",
    "agreement",
    "coded",
    "compare",
    "differences",
    "disagreements",
    "doubts",
    "estimate",
    "populations",
    "read_labels",
    "regression",
    "scorer_errors",
    "scorer_quality",
    "settled",
]
