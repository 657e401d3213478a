"""The form under which a word is counted: its lemma, where a light lemmatiser has the language."""

import re
from collections.abc import Callable
from functools import cache

# Arabic has no lemmatiser here: article, conjunction and endings are cut off as in light10.
_ARABIC_PREFIX = re.compile(r"^(?:وال|بال|كال|فال|لل|ال|و(?=...))(?=..)")
_ARABIC_SUFFIX = re.compile(r"(?<=..)(?:ها|ان|ات|ون|ين|يه|ية|ه|ة|ي)$")
_ARABIC_LETTERS = str.maketrans(
    {"أ": "ا", "إ": "ا", "آ": "ا", "ى": "ي", "ـ": None}
    | {chr(mark): None for mark in range(0x064B, 0x0656)}
)
# Endings behind a zero-width non-joiner: plural, ezafe, article, perfect.
_PERSIAN_SUFFIX = re.compile("\u200c(?:ها|های|هایی|ی|ای|اند|ام|ات|اش|شان|تر|ترین)$")


@cache
def lemmatizer(language: str) -> Callable[[str], str]:
    """Return what gives the lemma of a lower-case word; the word itself for other languages.

    Source: Barbaresi, simplemma (dictionaries of forms); Larkey, Ballesteros and Connell 2002
    (light10, for Arabic).
    """
    if language == "ar":
        return _arabic
    from simplemma import lemmatize

    try:
        lemmatize("a", language)
    except ValueError:
        return str
    if language == "fa":
        return cache(lambda word: lemmatize(_PERSIAN_SUFFIX.sub("", word), "fa"))
    return cache(lambda word: lemmatize(word, language).lower())


@cache
def _arabic(word: str) -> str:
    plain = word.translate(_ARABIC_LETTERS)
    return _ARABIC_SUFFIX.sub("", _ARABIC_PREFIX.sub("", plain))
