"""Mend broken encodings and strip invisible characters, without touching what scripts need."""

import re

# Soft hyphen, zero-width space, word joiner, byte order mark, replacement of an embedded object.
_INVISIBLE = re.compile("[\u00ad\u200b\u2060\ufeff\ufffc]")
# The joiners shape Hindi, Persian and emoji; between Latin or Cyrillic letters they are dirt.
_IDLE_JOINER = re.compile(
    "(?<=[A-Za-z\u00c0-\u04ff\\s])[\u200c\u200d]+(?=[A-Za-z\u00c0-\u04ff\\s])"
)
# Line breaks other than "\n", which alone makes a line here.
_ODD_BREAK = re.compile("[\n\r\x0b\x0c\x1c-\x1f\x85\u2028\u2029]+")
# A line without any of these is left alone by ftfy: plain letters of any script, usual marks.
_SUSPECT = re.compile(
    "[&\x00-\x08\x0e-\x1f\x7f-\x9f\u00a0-\u00bf\u00c2-\u00c5\u00c3\u00d0\u00d1\u00e2\u00ef\ufb00-\ufb06\uff01-\uff5e\ufffd\u0300-\u036f]"
)

# Each round of ftfy undoes one layer; real text has one or two.
_ROUNDS = 6


def repair(line: str) -> str:
    """Return one line with its encoding mended, on one line, without idle invisible characters.

    Curly quotes stay as they are. Repairing twice changes nothing more.
    """
    for _ in range(_ROUNDS):
        mended = _once(line)
        if mended == line:
            break
        line = mended
    return line


def _once(line: str) -> str:
    line = _INVISIBLE.sub("", line)
    if _SUSPECT.search(line):
        # Imported here: with its tables it takes a tenth of a second to load.
        import ftfy

        line = ftfy.fix_text(line, uncurl_quotes=False, fix_line_breaks=False)
        line = _INVISIBLE.sub("", line)
    line = _ODD_BREAK.sub(" ", line)
    return _IDLE_JOINER.sub("", line).strip()
