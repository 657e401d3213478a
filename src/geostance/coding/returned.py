"""What kind of file coders returned, by its content, and its rows."""

import io
import json
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import PurePosixPath

from geostance.coding.doccano import is_doccano, read_doccano
from geostance.coding.inception import STRUCTURES, read_inception
from geostance.coding.labelstudio import Returned, read_label_studio
from geostance.coding.sheet import read_workbook_rows
from geostance.errors import AnnotationError
from geostance.ingest.archives import MAX_DEPTH
from geostance.ingest.encodings import decode

_ZIP, _OLD_EXCEL = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
# What INCEpTION keeps beside the annotations of its users.
_NOBODY = frozenset({"INITIAL_CAS", "CURATION_USER"})
_MAX_BYTES = 512 * 2**20


def read_returned(data: bytes, name: str, depth: int = 0) -> Iterator[Returned] | None:
    """Return the rows of a workbook or of an annotation tool's export, or None for others.

    Each is its place in the file, the coder where the file says who it was, and its values by the
    names of columns. Told by content, whatever the file is called. ``depth`` is in how many zips
    the file lies.

    Raises:
        AnnotationError: while reading: the file is damaged, or too large when unpacked.
    """
    if data.startswith(_OLD_EXCEL):
        return read_workbook_rows(data, name)
    if data.startswith(_ZIP):
        return _read_zip(data, name, depth)
    text = decode(data).strip()
    if text.startswith("[") and '"data"' in text:
        return _understood(_read_list(text, name), name)
    if not text.startswith("{"):
        return None
    first = text.split("\n", 1)[0]
    if STRUCTURES in text and (cas := _json(text)) is not None and STRUCTURES in cas:
        return _understood(read_inception(cas, "the document"), name)
    line = _json(first)
    if line is not None and is_doccano(line):
        return _understood(_read_doccano_lines(text, name), name)
    return None


def _understood(rows: Iterator[Returned], name: str) -> Iterator[Returned]:
    try:
        yield from rows
    # A value of another kind than the tool writes, anywhere in its nested lists.
    except (AttributeError, LookupError, OverflowError, TypeError, ValueError) as error:
        raise AnnotationError(
            f"not as the tool writes it: {error}", name, "export it again, and leave it as it is"
        ) from error


def _read_zip(data: bytes, name: str, depth: int) -> Iterator[Returned]:
    if depth == MAX_DEPTH:
        raise AnnotationError(f"a zip {depth + 1} deep in others", name, "unpack it")
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
        # Not is_dir(), which a name of no letter breaks.
        members = [one for one in archive.infolist() if not one.filename.endswith("/")]
        names = {one.filename for one in members}
        if "xl/workbook.xml" in names or "content.xml" in names or "xl/workbook.bin" in names:
            yield from read_workbook_rows(data, name)
            return
        if sum(one.file_size for one in members) > _MAX_BYTES:
            raise AnnotationError(
                f"unpacks to more than {_MAX_BYTES // 2**20} MB",
                name,
                "unpack it, and lay in parts",
            )
        for member in members:
            path = PurePosixPath(member.filename)
            if path.stem in _NOBODY or path.parts[:1] == ("source",):
                continue
            rows = read_returned(archive.read(member), member.filename, depth + 1)
            # An export holds its users' files under their names.
            for place, coder, values in rows or ():
                yield f"{member.filename}, {place}", coder or path.stem, values
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError) as error:
        raise AnnotationError(f"a damaged archive: {error}", name, "export it again") from error


def _read_list(text: str, name: str) -> Iterator[Returned]:
    try:
        value = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise AnnotationError(f"not JSON: {error}", name, "export it again as JSON") from error
    if not all(isinstance(one, dict) and isinstance(one.get("data"), dict) for one in value):
        raise AnnotationError(
            "a list in JSON that is no export of Label Studio",
            name,
            "export it as JSON, not JSON-MIN; write labels of your own as JSONL",
        )
    yield from read_label_studio(value)


def _read_doccano_lines(text: str, name: str) -> Iterator[Returned]:
    for number, written in enumerate(text.split("\n"), start=1):
        if not written.strip():
            continue
        line = _json(written)
        if line is None or not is_doccano(line):
            raise AnnotationError(
                "not a line of doccano", f"{name}, line {number}", "export it again as JSONL"
            )
        yield read_doccano(line, f"line {number}")


def _json(text: str) -> dict | None:
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else None
