import gzip
from datetime import date
from pathlib import Path

import pytest

from geostance.ingest import warc
from geostance.ingest.records import Document, Rejected
from geostance.ingest.sources import Source
from geostance.ingest.warc import read_warc
from geostance.settings.corpus import IngestSettings

SAMPLE = Path(__file__).parents[2] / "cases" / "exports" / "web-archive" / "crawl.warc"
HTTP = "application/http; msgtype=response"


def read(data: bytes) -> list[Document | Rejected]:
    return list(read_warc(Source.of_bytes(data, "a.warc"), IngestSettings()))


def record(uri: str, block: bytes, *, length: int | None = None, kind: str = "response") -> bytes:
    head = (
        f"WARC/1.0\r\nWARC-Type: {kind}\r\nWARC-Date: 2024-05-06T08:00:00Z\r\n"
        f"WARC-Target-URI: {uri}\r\nContent-Type: {HTTP}\r\n"
        f"Content-Length: {len(block) if length is None else length}\r\n\r\n"
    )
    return head.encode() + block + b"\r\n\r\n"


def answer(text: str, headers: str = "", status: str = "200 OK") -> bytes:
    page = f"<html><body><article><p>{text}</p></article></body></html>"
    return f"HTTP/1.1 {status}\r\nContent-Type: text/html\r\n{headers}\r\n{page}".encode()


def urls(records: list[Document | Rejected]) -> list[str | None]:
    return [each.url for each in records if isinstance(each, Document)]


def reasons(records: list[Document | Rejected]) -> list[str]:
    return [each.reason for each in records if isinstance(each, Rejected)]


def test_pages_answered_with_200_are_articles_and_the_rest_is_passed_over():
    first, second = read(SAMPLE.read_bytes())
    assert (first.position, second.position) == (3, 7)
    assert urls([first, second]) == ["https://phare.example/canal", "https://phare.example/port"]
    assert (first.title, first.date, first.language) == ("Le canal rouvre", date(2024, 5, 2), "fr")
    assert first.extra["captured"] == "2024-05-06T08:00:00Z"
    # The second came compressed, in Windows' encoding under the name of another.
    assert "l’écluse" in second.text.replace("l’éclusier", "l’écluse")


def test_chunked_pages_are_put_together():
    page = answer("Une dépêche.").split(b"\r\n\r\n", 1)[1]
    chunks = b"".join(b"%x\r\n%s\r\n" % (len(part), part) for part in (page[:20], page[20:]))
    head = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nTransfer-Encoding: chunked\r\n\r\n"
    (found,) = read(record("https://a.example/", head + chunks + b"0\r\n\r\n"))
    assert found.text == "Une dépêche."


def test_a_page_in_a_coding_that_is_not_undone_is_told():
    found = read(record("https://a.example/", answer("x", "Content-Encoding: br\r\n")))
    assert reasons(found) == ["a page compressed with br"]


def test_two_captures_of_one_address_are_two_records():
    data = record("https://a.example/", answer("Un.")) + record("https://a.example/", answer("Un."))
    first, second = read(data)
    assert first.key == second.key and first.position != second.position


@pytest.mark.parametrize(
    "broken",
    [
        b"WARC/1.0\r\nneither name nor value\r\n\r\n\r\n",
        b"what is this\r\n\r\n",
        record("https://b.example/", answer("Deux."), length=40),
        record("https://b.example/", b"no answer at all", length=9999)[:-9],
        b"WARC/1.0\r\nWARC-Type: response\r\nContent-Length: x\r\n\r\nxxx\r\n\r\n",
    ],
)
def test_behind_a_broken_record_the_next_one_is_found(broken):
    # A length that is too great takes what follows for its content, so much is lost.
    lost = b"9999" in broken
    data = record("https://a.example/", answer("Un."))
    data += broken + record("https://c.example/", answer("Trois."))
    found = read(data)
    assert urls(found)[0] == "https://a.example/"
    assert lost or urls(found)[-1] == "https://c.example/"


def test_a_broken_record_is_rejected():
    data = record("https://a.example/", answer("Un.")) + b"what is this\r\n\r\nand that\r\n\r\n"
    found = read(data + record("https://c.example/", answer("Trois.")))
    assert urls(found) == ["https://a.example/", "https://c.example/"]
    assert [reason[:15] for reason in reasons(found)] == ["a broken record"]


def test_a_header_without_end_is_not_held(monkeypatch):
    monkeypatch.setattr(warc, "_MAX_HEADER_BYTES", 50_000)
    data = record("https://a.example/", answer("Un."))
    data += b"WARC/1.0\r\nX: " + b"x" * 300_000 + b"\n" + record("https://c.example/", answer("T."))
    found = read(data)
    assert urls(found) == ["https://a.example/", "https://c.example/"]
    assert reasons(found) == ["a broken record: a header without an end"]


def test_an_endless_page_is_refused(monkeypatch):
    monkeypatch.setattr(warc, "_MAX_PAGE_BYTES", 200)
    data = record("https://a.example/", answer("Un " * 99))
    found = read(data + record("https://c.example/", answer("Trois.")))
    assert reasons(found)[0].startswith("a page of more than")
    assert urls(found) == ["https://c.example/"]


@pytest.mark.parametrize("behind", [8, 60, 190, 400])
def test_a_file_cut_in_a_record_says_so(behind):
    data = record("https://a.example/", answer("Un."))
    cut = data + record("https://b.example/", answer("Deux " * 99))[:behind]
    found = read(cut)
    assert urls(found) == ["https://a.example/"]
    assert len(reasons(found)) == 1
    assert reasons(read(data)) == []


def test_a_cut_archive_gives_what_precedes_the_cut(tmp_path):
    from geostance.ingest import read_corpus

    pages = [record(f"https://a.example/{n}", answer(f"Texte {n}.")) for n in range(9)]
    packed = b"".join(map(gzip.compress, pages))
    tmp_path.joinpath("a.warc.gz").write_bytes(packed[:-40])
    documents, rejected = read_corpus(tmp_path, IngestSettings(max_rejected_share=1))
    assert documents["text"].to_list()[:8] == [f"Texte {n}." for n in range(8)]
    assert rejected["reason"].to_list() == ["damaged in its archive"]


def test_a_file_of_broken_records_is_given_up():
    found = read(b"WARC/1.0\r\n\r\n" * 2000)
    assert len(found) == 51
    assert reasons(found)[-1] == "more than 50 broken records: the rest is not read"
