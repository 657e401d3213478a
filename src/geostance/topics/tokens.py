"""Words of a text in any of the languages of the encoder, with what is stuck to them cut off."""

import re
import unicodedata
from collections.abc import Iterator

# A word is letters with their marks: \w leaves out the vowel signs of Devanagari. Initials with
# points between them ("U.S.", "С.Ш.А.") are one word.
_MARKS = r"\u0300-\u036f\u064b-\u0655\u0670\u0900-\u0963"
_WORD = re.compile(
    rf"[^\W\d_](?:\.[^\W\d_](?![\w]))+\.?|[^\W\d_](?:[\w{_MARKS}\u200c\u200d'’ʼ-]*[\w{_MARKS}])?"
)
# Addresses, handles and names of files are made of letters, and are no words.
_ADDRESS = re.compile(
    r"https?://\S+|www\.\S+|\S+@\S+|@\w+|(?:[a-z0-9-]+\.)+[a-z]{2,6}/\S*|\b\w*_\w*", re.IGNORECASE
)
_APOSTROPHE = "['’ʼ]"
# What stands before an apostrophe and is a word of its own.
_ELISION = {
    "fr": rf"(?:[cdjlmnst]|qu|jusqu|lorsqu|puisqu|quoiqu|presqu){_APOSTROPHE}",
    "it": rf"(?:[a-z]*l|[cdmnstv]|un|quest|com|dov|cos|tutt|anch|nessun|senz){_APOSTROPHE}",
}
# What ends a word and is none: case endings behind a name or an acronym, pronouns behind a verb.
_SUFFIX = {
    "en": rf"{_APOSTROPHE}s?",
    "tr": rf"{_APOSTROPHE}\w{{1,6}}",
    "az": rf"(?:{_APOSTROPHE}|-)\w{{1,4}}",
    "kk": r"-\w{1,4}",
    "ka": r"-\w{1,4}",
    "hy": r"-\w{1,3}",
    "fr": r"(?:-t)?-(?:ils?|elles?|on|je|tu|vous|nous|ce|ci|là|moi|toi|lui|les?|la|leur|y|en)",
}
_WHOLE = {"rendez-vous", "rendez‑vous", "celui-ci", "celle-ci", "ceux-ci", "celles-ci"}
_CUTS = {
    language: re.compile(
        rf"({_ELISION[language]})?(.+?)(?:{_SUFFIX.get(language, '(?!)')})?", re.IGNORECASE
    )
    if language in _ELISION
    else re.compile(rf"()(.+?)(?:{_SUFFIX[language]})?", re.IGNORECASE)
    for language in {*_ELISION, *_SUFFIX}
}
_DOTTED_I = str.maketrans({"I": "ı", "İ": "i"})
# Persian is typed with Arabic letters too; vowel signs and the lengthening stroke are ornament.
_ARABIC_LETTERS = str.maketrans(
    {"ي": "ی", "ى": "ی", "ك": "ک", "ـ": None, "\u0670": None}
    | {chr(mark): None for mark in range(0x064B, 0x0656)}
)


def lower(word: str, language: str = "") -> str:
    """Return a word in small letters: dotted and dotless i are two letters in Turkish."""
    if language in ("tr", "az"):
        word = word.translate(_DOTTED_I)
    small = unicodedata.normalize("NFC", word.lower())
    return small.translate(_ARABIC_LETTERS) if language == "fa" else small


def segments(text: str, language: str = "") -> Iterator[list[str]]:
    """Return the words between two marks of punctuation, as they are written.

    Elided words ("l’", "dell’") are words of their own; endings behind an apostrophe or a
    hyphen ("NATO’nun", "dit-il") are left out.
    """
    text = _ADDRESS.sub("\n", text)
    segment: list[str] = []
    end = 0
    cut = _CUTS.get(language)
    for found in _WORD.finditer(text):
        gap = text[end : found.start()]
        if segment and (gap.strip() or "\n" in gap):
            yield segment
            segment = []
        end = found.end()
        word = found.group()
        if cut is not None and ("'" in word or "’" in word or "ʼ" in word or "-" in word):
            parts = None if word.lower() in _WHOLE else cut.fullmatch(word)
            if parts is not None:
                segment += [part for part in parts.groups() if part]
                continue
        segment.append(word)
    if segment:
        yield segment


def tokenize(text: str, language: str = "fr") -> list[str]:
    """Split a text into lower-case words of two letters or more, elided ones left out."""
    return [
        lower(word, language)
        for segment in segments(text, language)
        for word in segment
        if len(word) > 1 and word[-1] not in "'’ʼ"
    ]
