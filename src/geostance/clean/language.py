"""Which language a text is in, by lingua, among the languages the toolkit works with."""

import re
from functools import cache
from typing import Any, NamedTuple

LANGUAGES = (
    "fr", "en", "ru", "tr", "de", "es", "it", "az", "hi", "ar", "uk", "fa", "hy", "ka", "kk", "pl",
)  # fmt: skip

UNKNOWN = "und"

# Web and mail addresses are in no language.
_ADDRESS = re.compile(r"\S*(?:://|www\.|@)\S*")

# Enough for a sure answer; more only takes time.
_CHARACTERS = 500
_MIN_LETTERS = 3
_MIN_CONFIDENCE = 0.2


class Detected(NamedTuple):
    """A BCP 47 tag, "und" when unknown, and lingua's confidence in [0, 1]."""

    language: str
    confidence: float


def detect(text: str) -> Detected:
    """Return the language of ``text``.

    Lingua gives relative confidences over the known languages only: Portuguese is
    taken for its neighbour. A text without letters is "und".
    """
    sample = _ADDRESS.sub(" ", text[: 2 * _CHARACTERS])[:_CHARACTERS]
    if sum(map(str.isalpha, sample)) < _MIN_LETTERS:
        return Detected(UNKNOWN, 0.0)
    first = _detector().compute_language_confidence_values(sample)[0]
    if first.value < _MIN_CONFIDENCE:
        return Detected(UNKNOWN, first.value)
    return Detected(first.language.iso_code_639_1.name.lower(), first.value)


@cache
def _detector() -> Any:
    # Built once and late: the models take a second to load.
    from lingua import IsoCode639_1, Language, LanguageDetectorBuilder

    known = [
        Language.from_iso_code_639_1(getattr(IsoCode639_1, code.upper())) for code in LANGUAGES
    ]
    return LanguageDetectorBuilder.from_languages(*known).build()
