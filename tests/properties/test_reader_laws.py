"""Whatever happens to a file, reading it ends in records and reasons, never in a traceback."""

import gzip
import io
import zipfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from geostance.errors import InputError
from geostance.ingest.archives import sources_in
from geostance.ingest.corpus import read_source
from geostance.ingest.records import Document, Rejected
from geostance.ingest.sources import Source
from geostance.settings.corpus import IngestSettings

SAMPLES = Path(__file__).parents[1] / "cases" / "exports"
SETTINGS = IngestSettings()
HOSTILE = settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])


def samples() -> dict[str, bytes]:
    found = {
        path.relative_to(SAMPLES).as_posix(): path.read_bytes()
        for path in sorted(SAMPLES.rglob("*"))
        if path.is_file()
    }
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in found.items():
            archive.writestr(zipfile.ZipInfo(name), data)
    return found | {"all.zip": stream.getvalue(), "rows.gz": gzip.compress(found["csv/rows.csv"])}


WHOLE = samples()


def read(data: bytes, name: str) -> list[Document | Rejected]:
    whole = Source.of_bytes(data, name)
    return [record for source in sources_in(whole) for record, _ in read_source(source, SETTINGS)]


@st.composite
def mutated(draw, data: bytes) -> bytes:
    """Flip, cut, lose, double or recode parts of ``data``, once or a few times."""
    made = bytearray(data)
    for _ in range(draw(st.integers(1, 4))):
        size = len(made)
        at = draw(st.integers(0, max(0, size - 1)))
        length = draw(st.integers(1, 200))
        what = draw(st.sampled_from(["flip", "cut", "lose", "double", "tags", "recode", "insert"]))
        if what == "flip" and size:
            made[at] ^= draw(st.integers(1, 255))
        elif what == "cut":
            del made[at:]
        elif what == "lose":
            del made[at : at + length]
        elif what == "double":
            made[at:at] = made[at : at + length]
        elif what == "tags":
            made[at:] = made[at:].replace(draw(st.sampled_from([b">", b"<", b'"', b"}"])), b"", 2)
        elif what == "insert":
            made[at:at] = draw(st.binary(max_size=12))
        else:
            encoding = draw(st.sampled_from(["utf-16", "cp1251", "cp1252", "utf-7"]))
            made = bytearray(made.decode("utf-8", "replace").encode(encoding, "replace"))
    return bytes(made)


@pytest.mark.parametrize("name", WHOLE)
@HOSTILE
@given(data=st.data())
def test_any_damage_ends_in_records_and_reasons(name, data):
    damaged = data.draw(mutated(WHOLE[name]))
    try:
        records = read(damaged, name)
    except InputError:
        # The header of a table may have lost the column of the text.
        return
    assert records or len(damaged) < 400
    for record in records:
        if isinstance(record, Document):
            assert record.text or record.title
            assert (record.date is None) == (record.date_precision is None)
            record.text.encode()
        else:
            assert record.reason and "\n" not in record.reason


@HOSTILE
@given(st.binary(max_size=3000), st.sampled_from([".txt", ".html", ".csv", ".jsonl", ".xml", ""]))
def test_any_bytes_end_in_records_and_reasons(data, ending):
    try:
        records = read(data, f"a{ending}")
    except InputError:
        return
    assert all(isinstance(record, Document | Rejected) for record in records)


# Where something stands that belongs to the second record, so that the first has ended.
SECOND = {
    "csv/rows.csv": b"P-2",
    "json/rows.jsonl": b"P-2",
    "json/list.json": b"P-2",
    "feed/rss.xml": b"phare-2",
    "web-archive/crawl.warc": b"logo.png",
}


@pytest.mark.parametrize("name", SECOND)
@HOSTILE
@given(data=st.data())
def test_records_before_the_damage_are_kept(name, data):
    whole = WHOLE[name]
    first = read(whole, name)[0]
    at = data.draw(st.integers(whole.index(SECOND[name]), len(whole) - 1))
    damaged = whole[:at]
    if data.draw(st.booleans()):
        flipped = whole[at] ^ data.draw(st.integers(1, 255))
        damaged += bytes([flipped]) + whole[at + 1 :]
    assert read(damaged, name)[0] == first


@pytest.mark.parametrize("ending", [".txt", ".json"])
@pytest.mark.parametrize(
    "data",
    [
        b'{"text": ' + b"[" * 100_000,
        b"[{" * 50_000,
        b"<a>" * 20_000,
        b"<!--" * 100_000,
        b'"' * 100_000,
        b'a,"' * 50_000,
        b"WARC/1.0\r\n" * 10_000,
        b"PK\x03\x04" * 10_000,
        b"\x1f\x8b\x08" * 10_000,
        b"<rss><item>" * 10_000,
        b"MIME-Version: 1.0\nContent-Type: multipart/related; boundary=B\n\n" + b"--B\n\n" * 9999,
    ],
    ids=lambda data: data[:12].decode("latin-1"),
)
def test_repetition_ends_too(data, ending):
    try:
        records = read(data, f"a{ending}")
    except InputError:
        return
    assert records
