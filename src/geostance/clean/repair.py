"""Mend broken encodings and strip invisible characters, without touching what scripts need."""

import re
import unicodedata

# Soft hyphen, zero-width space, word joiner, byte order mark, replacement of an embedded object.
_INVISIBLE = re.compile("[\u00ad\u200b\u2060\ufeff\ufffc]")
# The joiners shape Hindi, Persian and emoji; between Latin or Cyrillic letters they are dirt.
_IDLE_JOINER = re.compile(
    "(?<=[A-Za-z\u00c0-\u04ff\\s])[\u200c\u200d]+(?=[A-Za-z\u00c0-\u04ff\\s])"
)
# Line breaks other than "\n", which alone makes a line here.
_ODD_BREAK = re.compile("[\n\r\x0b\x0c\x1c-\x1f\x85\u2028\u2029]+")

# A line without any of these needs no repair: entities and control characters; the invisible
# and the joiners; ligatures, letters of full and half width; what UTF-8 looks like when it is
# read as Latin-1, Windows-1252 or Windows-1251: a letter of the first row, then a sign.
_ENTITY = r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});"
_READ_AS_LATIN = (
    "[\u00c2-\u00f4](?:[\u0080-\u00a7\u00a9-\u00aa\u00ac-\u00b6\u00b8-\u00ba\u00bc-\u00bf]|"
    "[\u20ac\u201a\u0192\u201e\u2026\u2020\u2021\u02c6\u2030\u0160\u2039\u0152\u017d\u2018"
    "\u201c\u201d\u2022\u2013\u2014\u02dc\u2122\u0161\u203a\u0153\u017e\u0178]|(?<=[ÂÃâ])\u2019)"
)
_READ_AS_CYRILLIC = (
    "[РСВЃЂ][\u00a0-\u00bf\u0401-\u040f\u0451-\u045f\u0490\u0491\u2018-\u203a\u20ac\u2116\u2122]"
)
_SUSPECT = re.compile(
    f"{_ENTITY}|[\x00-\x08\x0b-\x1f\x7f-\x9f\u00ad\u200b-\u200d\u2028\u2029\u2060"
    f"\ufb00-\ufb06\ufeff-\uff9f\ufffc\ufffd]|{_READ_AS_LATIN}|{_READ_AS_CYRILLIC}"
)
# One of these is in all that is suspect; to look for them alone is quick.
_HINT = re.compile(
    "[&\x00-\x08\x0b-\x1f\x7f-\xa7\xa9\xaa\xac-\xb6\xb8-\xba\xbc-\xbf\u0152\u0153\u0160\u0161"
    "\u0178\u017d\u017e\u0192\u02c6\u02dc\u0401-\u040f\u0451-\u045f\u0490\u0491\u200b-\u200d"
    "\u201a\u201b\u201e-\u2025\u2027-\u203a\u2060\u20ac\u2116\u2122"
    "\ufb00-\ufb06\ufeff-\uff9f\ufffc\ufffd]"
)
# Dashes, quotation marks and dots are in every text: they are suspect behind such a letter only.
_HINT_OF_TWO = re.compile("[\u00c2-\u00f4РСВЃЂ][\u2013\u2014\u2018\u2019\u201c\u201d\u2026]")
# Each round of ftfy undoes one layer; real text has one or two.
_ROUNDS = 6


def repair(line: str) -> str:
    """Return one line with its encoding mended, on one line, without idle invisible characters.

    Curly quotes, no-break spaces, the marks of Arabic and the joiners of Hindi and Persian
    stay as they are. Repairing twice changes nothing more.
    """
    if not (_HINT.search(line) or _HINT_OF_TWO.search(line)):
        return unicodedata.normalize("NFC", line).strip()
    for _ in range(_ROUNDS):
        mended = _once(line)
        if mended == line:
            break
        line = mended
    return line


def _once(line: str) -> str:
    if not _SUSPECT.search(line):
        return unicodedata.normalize("NFC", line).strip()
    # Imported here: with its tables it takes a tenth of a second to load.
    import ftfy

    line = _INVISIBLE.sub("", line)
    line = ftfy.fix_text(line, uncurl_quotes=False, fix_line_breaks=False)
    line = _INVISIBLE.sub("", line)
    line = _ODD_BREAK.sub(" ", line)
    return _IDLE_JOINER.sub("", line).strip()
