"""The packages that a study's figures rest on, and their versions."""

import platform
from importlib.metadata import PackageNotFoundError, version

from geostance.publish.references import SOFTWARE

PACKAGES = (
    SOFTWARE,
    *("bertopic", "gensim", "hdbscan", "matplotlib", "nbclient", "numpy", "polars", "py3langid"),
    *("scikit-learn", "scipy", "sentencex", "umap-learn"),
)


def versions() -> dict[str, str]:
    """Return the versions of these packages and of Python."""
    found = {"python": platform.python_version()}
    for package in PACKAGES:
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            found[package] = "absent"
    return found
