"""Human labels against the scorer, and estimates that rest on both."""

from geostance.validate.agreement import agreement
from geostance.validate.comparison import compare
from geostance.validate.differences import differences
from geostance.validate.estimates import estimate
from geostance.validate.groups import describe_documents, grouped
from geostance.validate.labels import read_labels
from geostance.validate.regressions import regression

__all__ = [
    "agreement",
    "compare",
    "describe_documents",
    "differences",
    "estimate",
    "grouped",
    "read_labels",
    "regression",
]
