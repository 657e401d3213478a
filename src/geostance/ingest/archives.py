"""Open archives in the corpus: each member is a source of its own, and none is unpacked to disk."""

import gzip
import re
import zipfile
from collections.abc import Iterator
from functools import partial
from typing import BinaryIO

from geostance.ingest.names import articles
from geostance.ingest.records import UnreadableError
from geostance.ingest.sources import Source
from geostance.ingest.zips import guard, is_zip, open_member, open_zip

# A zip in a zip is read, what is packed once more is not: such towers are bombs.
MAX_DEPTH = 2

_OUTSIDE = UnreadableError("a name that leads out of its archive")
_GZIP = b"\x1f\x8b\x08"
# Zips that are documents of Word, Excel, LibreOffice, or e-books.
_DOCUMENT_MARKS = (
    "[Content_Types].xml",
    "word/document.xml",
    "mimetype",
    "META-INF/container.xml",
)
_CONTROL = re.compile(r"[\x00-\x1f\x7f\ud800-\udfff]")


def sources_in(source: Source, depth: int = 0) -> Iterator[Source]:
    """Yield ``source`` itself, or if it is an archive the sources in it, by name.

    A member that cannot be read is a source that raises UnreadableError when it is opened;
    so is an archive that cannot. A member can be read until the next one is asked for.
    """
    try:
        opened = _members(source)
        if opened is None:
            yield source
            return
        # A gzip holds one file and no other gzip, so that zips alone make the depth.
        depth += not is_gzip(source)
        if depth > MAX_DEPTH:
            raise UnreadableError(f"a zip {MAX_DEPTH + 1} deep in others: unpack it")
        for member in opened:
            yield from sources_in(member, depth)
    except (UnreadableError, OSError) as error:
        yield Source.refused(source.name, error)


def is_wacz(source: Source) -> bool:
    """Tell a web archive collection: a zip that describes WARC files in it."""
    return "datapackage.json" in source.zip_names and any(map(_is_warc, source.zip_names))


def is_gzip(source: Source) -> bool:
    """Tell a gzip by its first bytes."""
    return source.head.startswith(_GZIP)


def _members(source: Source) -> Iterator[Source] | None:
    if is_gzip(source):
        return _gzip_members(source)
    if not is_zip(source.head) or source.zip_names.intersection(_DOCUMENT_MARKS):
        return None
    return _zip_members(source)


def _gzip_members(source: Source) -> Iterator[Source]:
    name = re.sub(r"\.gz(ip)?$", "", source.name.rsplit("/", 1)[-1], flags=re.IGNORECASE)

    def open_gzip() -> BinaryIO:
        stream = source.open()
        return guard(gzip.GzipFile(fileobj=stream), stream, source.packed)

    shown = f"{source.name}/{name}"
    member = Source(shown, open_gzip, source.folder, packed=source.packed)
    if is_gzip(member):
        raise UnreadableError("a gzip in a gzip: unpack it")
    yield member


def _zip_members(source: Source) -> Iterator[Source]:
    with source.open_seekable() as stream, open_zip(stream, source.packed) as archive:
        named: dict[str, zipfile.ZipInfo | UnreadableError] = {}
        for info in archive.infolist():
            # Not is_dir(), which a name of no letter breaks.
            if info.filename.endswith("/"):
                continue
            name, safe = _shown(_decoded_name(info))
            if not safe:
                yield Source.refused(f"{source.name}/{name}", _OUTSIDE)
            elif name in named and not _is_same(named[name], info):
                named[name] = UnreadableError("several members have this name")
            else:
                named[name] = info
        of_captures = is_wacz(source)
        for name in articles(named):
            if of_captures and not _is_warc(name):
                continue
            info = named[name]
            shown = f"{source.name}/{name}"
            if isinstance(info, UnreadableError):
                yield Source.refused(shown, info)
                continue
            folder = name.rsplit("/", 2)[-2] if "/" in name else source.folder
            packed = min(info.compress_size, source.packed or info.compress_size)
            yield Source(shown, partial(open_member, archive, info), folder, packed=packed)


def _is_same(one: zipfile.ZipInfo | UnreadableError, other: zipfile.ZipInfo) -> bool:
    content = (other.CRC, other.file_size)
    return isinstance(one, zipfile.ZipInfo) and (one.CRC, one.file_size) == content


def _decoded_name(info: zipfile.ZipInfo) -> str:
    """Return a member's name as UTF-8 where it is, though macOS does not say so."""
    if info.flag_bits & 0x800:
        return info.orig_filename
    try:
        return info.orig_filename.encode("cp437").decode("utf-8")
    except UnicodeError:
        return info.orig_filename


def _shown(name: str) -> tuple[str, bool]:
    """Return a member's name with plain slashes and no controls, and whether it stays inside."""
    slashed = name.replace("\\", "/")
    parts = [part for part in slashed.split("/") if part not in ("", ".")]
    safe = not slashed.startswith("/") and ".." not in parts and parts and ":" not in parts[0]
    shown = "/".join(parts) or "(no name)"
    return _CONTROL.sub(lambda found: f"\\x{ord(found[0]):02x}", shown), bool(safe)


def _is_warc(name: str) -> bool:
    return name.startswith("archive/") and name.endswith((".warc", ".warc.gz"))
