"""Human labels against the scorer, and estimates that rest on both."""

from geostance.validate.agreement import agreement
from geostance.validate.comparison import compare
from geostance.validate.differences import differences
from geostance.validate.estimates import doubts, estimate
from geostance.validate.labels import read_labels
from geostance.validate.population import populations
from geostance.validate.regressions import regression

__all__ = [
    "agreement",
    "compare",
    "differences",
    "doubts",
    "estimate",
    "populations",
    "read_labels",
    "regression",
]
