"""The words that Factiva's interface puts around an article, in the languages of the interface."""

import re

_UNITS = r"words?|mots?|wörter|wort|字|palabras?|parol[ae]|palavras?|слов[ао]?|語"
# "1,285 words", "1 285 mots", "6957 字"; never a longer line that holds such a number.
WORD_COUNT = re.compile(rf"(\d+(?:[\s.,’']\d{{3}})*)\s*(?:{_UNITS})", re.IGNORECASE)

# Code of the source, date and number make an id ("FIGARO0020220315ei3f0003o"); one word of the
# interface stands before it ("Document", "Dokument", "文件").
ACCESSION_NUMBER = re.compile(
    r"(?:[^\W\d_]+\s+)?([A-Za-z0-9]{3,15}(?:19|20)\d{6}[A-Za-z0-9-]{4,14})"
)
# So long is an id of today; an older one may be shorter.
ACCESSION_CHARACTERS = 25

_CODES = {"zhtw": "zh-Hant", "zhcn": "zh-Hans"}


def tag_of_code(code: str) -> str:
    """Return the BCP 47 tag of Factiva's own code of a language ("EN", "zhtw")."""
    return _CODES.get(code.lower(), code.lower())
