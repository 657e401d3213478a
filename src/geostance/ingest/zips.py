"""Open zips that nobody vouches for: bounded memory, no bombs, damage told with its reason."""

import io
import lzma
import stat
import struct
import zipfile
import zlib
from typing import BinaryIO

from geostance.ingest.records import UnreadableError

# A directory above this would take gigabytes as Python objects (some 800,000 members).
MAX_DIRECTORY_BYTES = 64 * 2**20
# Press pages shrink to a tenth, tables of them to a fiftieth; bombs to a thousandth.
MAX_RATIO = 200
# What any archive may unpack to, however small it is.
_FREE_BYTES = 2**20

_SIGNATURE = b"PK\x03\x04"
_EMPTY = b"PK\x05\x06"
_END, _END_64 = b"PK\x05\x06", b"PK\x06\x06"
_METHODS = {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2}
_METHOD_NAMES = {9: "Deflate64", 14: "LZMA", 93: "Zstandard", 95: "XZ", 98: "PPMd", 99: "AES"}
_DAMAGE = (zipfile.BadZipFile, zlib.error, lzma.LZMAError, EOFError, ValueError, RuntimeError)


def is_zip(head: bytes) -> bool:
    """Tell a zip, be it an archive or an Office file, by its first bytes."""
    return head.startswith((_SIGNATURE, _EMPTY))


def open_zip(stream: BinaryIO, packed: int) -> zipfile.ZipFile:
    """Return the zip in ``stream``, whose bytes take up ``packed`` bytes on disk.

    Raises:
        UnreadableError: damaged, or a bomb: far more would come out than went in, members
            share bytes, or there are too many.
    """
    _check_directory_size(stream)
    try:
        archive = zipfile.ZipFile(stream)
    except (*_DAMAGE, NotImplementedError, struct.error, OSError) as error:
        raise UnreadableError("damaged zip archive, or a piece of one") from error
    infos = archive.infolist()
    unpacked = sum(info.file_size for info in infos)
    if packed and unpacked > most_bytes(packed):
        raise UnreadableError(f"zip bomb: it would unpack to more than {MAX_RATIO} times its size")
    end = 0
    for info in sorted(infos, key=lambda info: info.header_offset):
        if info.header_offset < end:
            raise UnreadableError("zip bomb: its members overlap")
        end = info.header_offset + zipfile.sizeFileHeader + info.compress_size
    return archive


def most_bytes(packed: int) -> int:
    """Return how many bytes may come out of ``packed`` bytes."""
    return _FREE_BYTES + MAX_RATIO * packed


def open_member(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> BinaryIO:
    """Return the stream of a member.

    Raises:
        UnreadableError: encrypted, a link, packed in a way that is not read, or damaged.
    """
    if info.flag_bits & 0x1:
        raise UnreadableError("encrypted: unpack it with its password")
    if stat.S_ISLNK(info.external_attr >> 16):
        raise UnreadableError("a link, not a file")
    if info.compress_type not in _METHODS:
        method = _METHOD_NAMES.get(info.compress_type, f"method {info.compress_type}")
        raise UnreadableError(f"compressed with {method}: pack it as a common zip")
    try:
        opened = archive.open(info)
    except (*_DAMAGE, NotImplementedError, struct.error) as error:
        raise UnreadableError("damaged in its archive") from error
    return guard(opened, opened, info.compress_size)


def guard(unpacker: BinaryIO, packed_stream: BinaryIO, packed: int) -> BinaryIO:
    """Return ``unpacker``'s stream, which tells damage and bombs as ``UnreadableError``.

    ``packed`` is the size of what it unpacks; ``packed_stream`` is closed with it.
    """
    return io.BufferedReader(_Guarded(unpacker, packed_stream, packed), 64 * 2**10)


class _Guarded(io.RawIOBase):
    def __init__(self, unpacker: BinaryIO, packed_stream: BinaryIO, packed: int) -> None:
        self._unpacker, self._packed_stream = unpacker, packed_stream
        self._left = most_bytes(packed)
        self._failure: str | None = None

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:
        if self._failure is None:
            try:
                piece = self._unpacker.read1(len(buffer))
            except UnreadableError as error:
                self._failure = str(error)
            except (*_DAMAGE, struct.error, OSError):
                self._failure = "damaged in its archive"
            else:
                self._left -= len(piece)
                if self._left >= 0:
                    buffer[: len(piece)] = piece
                    return len(piece)
                self._failure = f"archive bomb: it unpacks to more than {MAX_RATIO} times its size"
        # What follows damage is noise, so that the stream never goes on.
        raise UnreadableError(self._failure)

    def close(self) -> None:
        if not self.closed:
            self._unpacker.close()
            self._packed_stream.close()
        super().close()


def _check_directory_size(stream: BinaryIO) -> None:
    """Refuse a directory that would not fit in memory, before it is read."""
    size = stream.seek(0, io.SEEK_END)
    stream.seek(max(0, size - 2**16 - 2**10))
    tail = stream.read()
    stream.seek(0)
    directory = 0
    at, at_64 = tail.rfind(_END), tail.rfind(_END_64)
    if at >= 0 and len(tail) >= at + 16:
        directory = struct.unpack_from("<L", tail, at + 12)[0] % 0xFFFFFFFF
    if at_64 >= 0 and len(tail) >= at_64 + 48:
        directory = max(directory, struct.unpack_from("<Q", tail, at_64 + 40)[0])
    if MAX_DIRECTORY_BYTES < directory <= size:
        raise UnreadableError("too many members: split the archive")
