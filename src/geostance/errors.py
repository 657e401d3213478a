"""The exception tree: every error a user can meet says what, where and how to mend it."""

import re

# File names and quoted values may hold line breaks and the commands of a terminal.
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029]")


class GeostanceError(Exception):
    """An error in three lines.

    ``what`` happened with the value received, ``where`` it was found, how to ``mend`` it.
    """

    exit_code = 1

    def __init__(self, what: str, where: str, mend: str) -> None:
        super().__init__(what, where, mend)
        self.what, self.where, self.mend = what, where, mend

    def __str__(self) -> str:
        what, where, mend = (_CONTROL.sub(_escaped, str(part)) for part in self.args)
        return f"{type(self).__name__}: {what}\n  where: {where}\n  mend:  {mend}"


def _escaped(control: re.Match[str]) -> str:
    return ascii(control[0])[1:-1]


class ConfigError(GeostanceError):
    """The configuration, the targets file or an option is wrong."""

    exit_code = 2


class InputError(GeostanceError):
    """The researcher's files cannot be read as a corpus."""

    exit_code = 3


class SchemaError(GeostanceError):
    """A table lacks a column or holds another type than :mod:`geostance.schema` says."""

    exit_code = 3


class AnnotationError(GeostanceError):
    """A file of human labels is malformed or speaks of unknown documents."""

    exit_code = 3


class StaleError(GeostanceError):
    """A published file is not the one its manifest names, or another run holds it."""

    exit_code = 4


class MissingPackageError(GeostanceError, ImportError):
    """An optional package is not installed."""

    exit_code = 5


class ModelError(GeostanceError):
    """A model folder is absent, damaged or of a kind that is not known."""

    exit_code = 6


class ComputeError(GeostanceError):
    """Worker processes, or the scheduler of theirs, ended before their work was done."""

    exit_code = 8


class ServiceError(GeostanceError):
    """A remote service did not answer as agreed."""

    exit_code = 7
