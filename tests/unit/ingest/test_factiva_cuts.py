"""Factiva's exports are told from one another, and lose nothing whole when they are cut."""

from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geostance.ingest import Document, Rejected, Source
from geostance.ingest.factiva import (
    looks_like_factiva_html,
    looks_like_factiva_rtf,
    looks_like_factiva_text,
    looks_like_factiva_xml,
    read_factiva_html,
    read_factiva_rtf,
    read_factiva_text,
    read_factiva_xml,
)
from geostance.ingest.kinds import kind_of
from geostance.settings.corpus import IngestSettings

CASES = Path(__file__).parents[2] / "cases" / "exports"
READERS = {
    "html": (looks_like_factiva_html, read_factiva_html),
    "rtf": (looks_like_factiva_rtf, read_factiva_rtf),
    "text": (looks_like_factiva_text, read_factiva_text),
    "xml": (looks_like_factiva_xml, read_factiva_xml),
}
# What ends a record of each file, behind its id.
ENDS = {
    "html": b"</div>",
    "rtf": b"\\row",
    "uncoded.rtf": b"\\par\n",
    "text": b"\n",
    "xml": b"</article>",
}
FILES = sorted((kind, path) for kind in READERS for path in (CASES / f"factiva-{kind}").iterdir())
ALL = {path.name: (kind, path.read_bytes()) for kind, path in FILES}


def read(kind: str, data: bytes) -> list[Document | Rejected]:
    return list(READERS[kind][1](Source.of_bytes(data, "x"), IngestSettings()))


def ends_of_records(kind: str, name: str, data: bytes, ids: list[str]) -> list[int]:
    """Return where each record ends, found without the reader."""
    end, ends = 0, []
    for own_id in ids:
        mark = ENDS.get(name, ENDS[kind])
        written = data.find(b"Document " + own_id.encode(), end)
        if kind != "rtf" and written < 0:
            written = data.find(own_id.encode(), end)
        if kind == "html":
            written = data.find(own_id.encode() + b"<", end)
        end = data.index(mark, written) + len(mark)
        ends.append(end)
    return ends


IDS = {
    "after-rtf.txt": ["ECHOFL0020220315ei3f0003o", "SLOVOX0020170403ed4300003"],
    "articles.xml": [
        "ECHOFL0020220315ei3f0003o",
        "EXCOUR0020120109e8190000a",
        "EXCOUR0020120110e81a0000b",
        "HAIBAO0020181007eea700005",
    ],
    "coded-english.html": [
        "LAGZTE0020230913ej9d0001i",
        "VESZAR0020220302ei3200011",
        "EXCOUR0020220303ei330000a",
        "LAGZTE0020230913ej9d0001i",
    ],
    "coded-french-cp1252.html": ["ECHOFL0020111229e7ct0001r", "BOTSEE0020110801e78100002"],
    "coded.rtf": [
        "ECHOFL0020220315ei3f0003o",
        "SLOVOX0020170403ed4300003",
        "EXCOUR0020220303ei330000a",
    ],
    "saved-page.html": ["LAGZTE0020220315ei3f0003o", "HAIBAO0020220317ei3h00055"],
    "textedit.rtf": ["ECHOFL0020220315ei3f0003o", "SLOVOX0020170403ed4300003"],
    "uncoded-chinese.html": ["ECHOFL0020180918ee9i00001", "HAIBAO0020181007eea700005"],
    "uncoded-german.html": [
        "BOTSEE0020170401ed4100001",
        "EXCOUR0020170402ed4200002",
        "SLOVOX0020170403ed4300003",
    ],
    "uncoded.rtf": ["ECHOFL0020220315ei3f0003o", "EXCOUR0020200310eg3a00001"],
    "uncoded.txt": ["ECHOFL0020220315ei3f0003o", "EXCOUR0020200310eg3a00001"],
}


@pytest.mark.parametrize("name", ALL)
def test_each_file_is_taken_by_its_own_reader_only(name: str):
    kind, data = ALL[name]
    source = Source.of_bytes(data, name)
    assert [taken for taken, (looks, _) in READERS.items() if looks(source)] == [kind]
    assert kind_of(source).read is READERS[kind][1]


@pytest.mark.parametrize("name", ALL)
def test_the_records_of_each_file_are_those_of_its_ids(name: str):
    kind, data = ALL[name]
    records = read(kind, data)
    assert [record.position for record in records] == list(range(1, len(IDS[name]) + 1))
    for record, own_id in zip(records, IDS[name], strict=True):
        assert isinstance(record, Rejected) or record.key == own_id


@pytest.mark.parametrize("name", ALL)
@given(share=st.floats(0, 1))
def test_a_cut_keeps_every_record_that_is_whole_before_it(name: str, share: float):
    kind, data = ALL[name]
    records = read(kind, data)
    ends = ends_of_records(kind, name, data, IDS[name])
    assert all(first < second for first, second in pairwise(ends))
    at = round(share * len(data))
    whole = sum(end <= at for end in ends)
    got = read(kind, data[:at])
    assert got[:whole] == records[:whole]
    for extra in got[whole:]:
        # Only the brackets behind the last id may be missing, else the rest is no article.
        assert extra in records[whole : whole + 1] or extra.reason.startswith(("cut off", "no art"))
    assert len(got) <= whole + 2


@given(data=st.binary(max_size=300), start=st.sampled_from(list(ALL.values())), at=st.floats(0, 1))
def test_bytes_of_any_kind_raise_nothing(data: bytes, start: tuple[str, bytes], at: float):
    _, whole = start
    middle = round(at * len(whole))
    for broken in (data, whole[:middle] + data + whole[middle:]):
        for looks, reader in READERS.values():
            source = Source.of_bytes(broken, "x")
            looks(source)
            list(reader(source, IngestSettings()))


@pytest.mark.parametrize(
    "page",
    [
        "<html><title>Factiva - Dow Jones</title><div class='article'>Factiva is sold.</div></html>",
        "<html><title>News</title><article><span class='DocPublicationName'>A</span></article></html>",
        '<html><a name="DOC_ID_0_1"></a><div class="c0"><p class="c1">1 of 2 DOCUMENTS</p></div></html>',
        '<html><div class="article frArticle"><p>A blog that styles its French articles.</p></div>',
    ],
)
def test_other_pages_are_not_taken(page: str):
    source = Source.of_bytes(page.encode(), "x.html")
    assert not any(looks(source) for looks, _ in READERS.values())
