"""Import a package that the default installation leaves out, or say how to install it."""

from importlib import import_module
from types import ModuleType

from geostance.errors import MissingPackageError


def require(module: str, extra: str) -> ModuleType:
    """Return the imported ``module``, which belongs to the optional ``extra``.

    Raises:
        MissingPackageError: the package is not installed; the message names the extra.
    """
    try:
        return import_module(module)
    except ModuleNotFoundError as missing:
        raise MissingPackageError(
            f"the package {missing.name} is not installed",
            f"import of {module}",
            f"make env EXTRAS={extra}, or: pip install 'geostance[{extra}]'",
        ) from missing
