"""Lines as they are compared: one kind of space, apostrophe and letter; and their words."""

import re

from geostance.clean.keys import MARKS

# Letters, digits, and the marks that belong to a letter.
_WORD = re.compile(f"[\\w{MARKS}]+")

# Apostrophes, and the Turkish letters i.
_COMMON = (("’", "'"), ("ʼ", "'"), ("`", "'"), ("İ", "I"), ("ı", "i"))
# Letters that Arabic and Persian keyboards write apart, and digits; combining dot, tatweel,
# vowel marks, joiners and marks of direction.
_LETTERS = dict(
    zip("يىكأإآٱةۀ٠١٢٣٤٥٦٧٨٩۰۱۲۳۴۵۶۷۸۹०१२३४५६७८९", "ییکااااهه" + 3 * "0123456789", strict=True)
)
_LEFT_OUT = "\u0307\u0640\u064b-\u065f\u0670\u061c\u200c-\u200f\u202a-\u202e\u2066-\u2069"
_RARE = re.compile(f"[{''.join(_LETTERS)}{_LEFT_OUT}]")


def fold(line: str) -> str:
    """Return ``line`` with one kind of space, digit, apostrophe, i and yeh; case stays."""
    if not line.isascii():
        for odd, plain in _COMMON:
            line = line.replace(odd, plain)
        if _RARE.search(line):
            line = _RARE.sub(lambda found: _LETTERS.get(found[0], ""), line)
    return " ".join(line.split())


def words(line: str) -> list[str]:
    """Return the words of a line in small letters."""
    return _WORD.findall(line.lower().replace("_", " "))
