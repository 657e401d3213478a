"""Which language a text is in, by py3langid, among the languages the toolkit works with.

Source: Lui and Baldwin 2011 (naive Bayes over byte n-grams that tell languages and not
subjects apart), https://aclanthology.org/I11-1062, in the retrained model of py3langid 0.4.
"""

import re
from collections.abc import Iterable
from functools import cache
from typing import Any, NamedTuple

LANGUAGES = (
    "fr", "en", "ru", "tr", "de", "es", "it", "az", "hi", "ar", "uk", "fa", "hy", "ka", "kk", "pl",
)  # fmt: skip

UNKNOWN = "und"

# What a text in none of them may be in instead, so that it is no neighbour's; "zxx" is a text
# in no language (codes, figures). Regional neighbours with few papers (Extremaduran, Egyptian
# Arabic, Nigerian Pidgin …) are left out: they would take short lines of the great language.
_OTHERS = (
    "af", "am", "be", "bg", "bn", "bs", "ca", "cs", "cy", "da", "el", "et", "eu", "fi", "gl", "gu",
    "he", "hr", "hu", "id", "is", "ja", "kn", "ko", "ku", "ky", "lt", "lv", "mk", "ml", "mn", "mr",
    "ms", "my", "ne", "nl", "no", "pa", "ps", "pt", "ro", "sk", "sl", "so", "sq", "sr", "sv", "sw",
    "ta", "te", "tg", "th", "tk", "tl", "tt", "ug", "ur", "uz", "vi", "zh", "zxx",
)  # fmt: skip
# A corpus is mostly in the known languages: another must be so many times as probable.
_ODDS = 2.0

# Web and mail addresses are in no language.
_ADDRESS = re.compile(r"\S*(?:://|www\.|@)\S*")
_ADDRESS_SIGNS = ("://", "www.", "@")

# Enough for a sure answer; more only takes time. Of a longer text that much is read in several
# places, so that a foreign line does not decide.
_CHARACTERS = 90
_WINDOW = 30
_CHARACTERS_PER_WINDOW = 150
_MOST_WINDOWS = 5
_MIN_LETTERS = 3
# Below this the answer is wrong more often than right.
_MIN_CONFIDENCE = 0.1


class Detected(NamedTuple):
    """A BCP 47 tag, "und" when unknown, and the probability of that answer in [0, 1].

    The probability errs on the low side: of the answers near .5 nine in ten are right, and from
    .8 on practically all (``python -m benchmarks.language``). Of "und" it is that of the
    strongest other language, or of the best guess where that is too weak to give.
    """

    language: str
    confidence: float


def detect(text: str) -> Detected:
    """Return the language of ``text``.

    A text without letters, in another language or too short to tell is "und". Languages
    that differ little (Galician, Bosnian) can still be taken for a neighbour in a few words.
    """
    sample = _sample(text)
    return _answer(sample) if _has_letters(sample) else Detected(UNKNOWN, 0.0)


def detect_many(texts: Iterable[str]) -> list[Detected]:
    """Return the language of each of ``texts``, as ``detect`` does, in half the time.

    A repeated text is asked about once.
    """
    texts = list(texts)
    samples = {text: _sample(text) for text in dict.fromkeys(texts)}
    asked = {sample: None for sample in samples.values() if _has_letters(sample)}
    _identifier().read_ahead(asked)
    found = {sample: _answer(sample) for sample in asked}
    _identifier().read_ahead(())
    nothing = Detected(UNKNOWN, 0.0)
    return [found.get(samples[text], nothing) for text in texts]


def _has_letters(sample: str) -> bool:
    return sum(map(str.isalpha, sample)) >= _MIN_LETTERS


def _answer(sample: str) -> Detected:
    identifier = _identifier()
    language, confidence = identifier.classify(sample)
    if language not in LANGUAGES:
        known, probability = next(pair for pair in identifier.rank(sample) if pair[0] in LANGUAGES)
        if confidence > _ODDS * probability:
            return Detected(UNKNOWN, confidence)
        language, confidence = known, probability
    return Detected(language if confidence >= _MIN_CONFIDENCE else UNKNOWN, confidence)


def _sample(text: str) -> str:
    """Return a short text without addresses, or words from several places of a long one."""
    if any(sign in text for sign in _ADDRESS_SIGNS):
        text = _ADDRESS.sub(" ", text)
    if len(text) <= _CHARACTERS:
        return text
    least = _CHARACTERS // _WINDOW
    n_windows = min(max(least, len(text) // _CHARACTERS_PER_WINDOW), _MOST_WINDOWS)
    step = (len(text) - _WINDOW) // (n_windows - 1)
    return " ".join(_whole_words(text, n * step) for n in range(n_windows))


def _whole_words(text: str, start: int) -> str:
    # The first word is half of one unless the text or the word begins there.
    window = text[start : start + _WINDOW]
    if start and not text[start - 1].isspace():
        cut = window.find(" ")
        return window[cut + 1 :] if cut >= 0 else window
    return window


@cache
def _identifier() -> Any:
    # Built once and late: the model takes a second to load.
    import numpy as np

    from geostance.clean.identifier import Identifier, model_file

    identifier = Identifier.from_model_file(model_file, norm_probs=True)
    identifier.set_languages((*LANGUAGES, *_OTHERS))
    # Half precision, a column at a time, takes three times as long to read.
    identifier.nb_ptc = np.ascontiguousarray(identifier.nb_ptc, dtype=np.float32)
    return identifier
