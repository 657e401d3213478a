"""Decode a text file whose encoding nobody wrote down, in memory or as a stream."""

import codecs
import io
from collections.abc import Iterable, Iterator

import numpy as np

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)

# A UTF-8 file cut in the middle of a character has one bad place among many good ones.
_BAD_SHARE_OF_UTF8 = 0.1
# In a short one the bad place weighs more; in 8-bit text hardly a character is good by chance.
_FEW_BAD, _GOOD_FOR_A_BAD = 3, 2
# In an 8-bit Cyrillic text nearly every letter is above 127; in a Latin one few are.
_HIGH_SHARE_OF_CYRILLIC = 0.4
# In UTF-16 without a mark, Latin letters and all spaces have NUL as one half of their pair.
_NUL_SHARE_OF_UTF16 = 0.05
# ğ ı ş İ Ş Ğ in cp1254; in cp1252 they are the Icelandic ð ý þ Ý Þ Ð.
_TURKISH = list(b"\xf0\xfd\xfe\xdd\xde\xd0")


def decode(data: bytes) -> str:
    """Return the text of ``data``, in the encoding that :func:`encoding_of` finds."""
    encoding, mark = encoding_of([data])
    return data[mark:].decode(encoding, errors="replace")


def decode_chunks(chunks: Iterable[bytes], encoding: str, mark: int) -> Iterator[str]:
    r"""Yield the text of ``chunks`` piece by piece, with ``\n`` line ends.

    ``mark`` bytes at the beginning are the byte order mark and no text.
    """
    decoder = io.IncrementalNewlineDecoder(
        codecs.getincrementaldecoder(encoding)(errors="replace"), translate=True
    )
    for chunk in chunks:
        rest, mark = chunk[mark:], max(0, mark - len(chunk))
        yield decoder.decode(rest)
    yield decoder.decode(b"", final=True)


def encoding_of(chunks: Iterable[bytes]) -> tuple[str, int]:
    """Return the encoding of a text that comes in chunks, and the length of its mark.

    By its byte order mark; as UTF-16 by its NULs; as UTF-8 if it is or nearly is; else as
    8-bit text, told apart by its letters: mostly high bytes are Cyrillic (cp1251, or KOI8-R
    where the small letters stand in the lower half), the letters proper to Turkish are
    cp1254, all else is cp1252. Icelandic is the accepted gap. All chunks are read, and none
    is kept, unless the first tells.
    """
    counts = _Counts()
    for chunk in chunks:
        if not counts.total and (told := _told_by_the_beginning(chunk)):
            return told
        counts.add(chunk)
    return counts.encoding(), 0


def _told_by_the_beginning(chunk: bytes) -> tuple[str, int] | None:
    for mark, encoding in _MARKS:
        if chunk.startswith(mark):
            return encoding, len(mark)
    first, second = chunk[::2].count(0), chunk[1::2].count(0)
    # A stray NUL in an 8-bit text stands alone.
    if max(first, second) > max(1, _NUL_SHARE_OF_UTF16 * len(chunk) / 2) and not min(first, second):
        return ("utf-16-le" if second else "utf-16-be"), 0
    return None


class _Counts:
    """What the bytes seen so far say about the encoding."""

    def __init__(self) -> None:
        self.total = 0
        self._bytes = np.zeros(256, dtype=np.int64)
        self._strict: codecs.IncrementalDecoder | None = _utf8("strict")
        self._lenient = _utf8("replace")
        self._good = self._bad = 0

    def add(self, chunk: bytes) -> None:
        self.total += len(chunk)
        if self._strict:
            try:
                self._strict.decode(chunk)
            except UnicodeDecodeError:
                # Up to here every character was good; each has one byte from 0xC0 on.
                self._good = int(self._bytes[0xC0:].sum())
                self._strict = None
        if not self._strict:
            self._count_characters(self._lenient.decode(chunk))
        self._bytes += np.bincount(np.frombuffer(chunk, dtype=np.uint8), minlength=256)

    def encoding(self) -> str:
        if self._strict:
            try:
                self._strict.decode(b"", final=True)
            except UnicodeDecodeError:
                self._good, self._bad = int(self._bytes[0xC0:].sum()) - 1, 1
            else:
                return "utf-8"
        elif cut := self._lenient.decode(b"", final=True):
            self._count_characters(cut)
        few = self._bad <= _FEW_BAD and self._good >= _GOOD_FOR_A_BAD * self._bad
        if few or self._bad <= _BAD_SHARE_OF_UTF8 * (self._good + self._bad):
            return "utf-8"
        return self._eight_bit()

    def _count_characters(self, text: str) -> None:
        bad = text.count("\ufffd")
        self._bad += bad
        self._good += len(text) - len(text.encode("ascii", errors="ignore")) - bad

    def _eight_bit(self) -> str:
        high = int(self._bytes[0xC0:].sum())
        letters = high + int(self._bytes[65:91].sum() + self._bytes[97:123].sum())
        if high > _HIGH_SHARE_OF_CYRILLIC * letters:
            small_in_cp1251 = int(self._bytes[0xE0:].sum())
            return "cp1251" if 2 * small_in_cp1251 >= high else "koi8-r"
        return "cp1254" if self._bytes[_TURKISH].any() else "cp1252"


def _utf8(errors: str) -> codecs.IncrementalDecoder:
    return codecs.getincrementaldecoder("utf-8")(errors=errors)
