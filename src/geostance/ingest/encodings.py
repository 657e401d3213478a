"""Decode a text file whose encoding nobody wrote down."""

import codecs

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)

# A UTF-8 file cut in the middle of a character has one bad place among many good ones.
_BAD_SHARE_OF_UTF8 = 0.1
# In an 8-bit Cyrillic text nearly every letter is above 127; in a Latin one few are.
_HIGH_SHARE_OF_CYRILLIC = 0.4
# ğ ı ş İ Ş Ğ in cp1254; in cp1252 they are the Icelandic ð ý þ Ý Þ Ð.
_TURKISH = frozenset(b"\xf0\xfd\xfe\xdd\xde\xd0")


def decode(data: bytes) -> str:
    """Return the text of ``data``: by its byte order mark, as UTF-8, else as 8-bit text.

    Eight-bit text is told apart by its letters: mostly high bytes are Cyrillic
    (cp1251, or KOI8-R where the small letters stand in the lower half), the letters
    proper to Turkish are cp1254, all else is cp1252. Icelandic is the accepted gap.
    """
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return data[len(mark) :].decode(encoding, errors="replace")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        pass
    lenient = data.decode("utf-8", errors="replace")
    bad = lenient.count("\ufffd")
    good = sum(character > "\x7f" for character in lenient) - bad
    if bad <= _BAD_SHARE_OF_UTF8 * (good + bad):
        return lenient
    return data.decode(_eight_bit(data), errors="replace")


def _eight_bit(data: bytes) -> str:
    high = [byte for byte in data if byte >= 0xC0]
    letters = len(high) + sum(65 <= (byte & ~32) <= 90 for byte in data)
    if len(high) > _HIGH_SHARE_OF_CYRILLIC * letters:
        small_in_cp1251 = sum(byte >= 0xE0 for byte in high)
        return "cp1251" if 2 * small_in_cp1251 >= len(high) else "koi8-r"
    return "cp1254" if _TURKISH.intersection(high) else "cp1252"
