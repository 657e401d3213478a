"""Human labels against the scorer, and estimates that rest on both."""

from geostance.validate.agreement import agreement
from geostance.validate.estimates import estimate
from geostance.validate.labels import read_labels

__all__ = ["agreement", "estimate", "read_labels"]
