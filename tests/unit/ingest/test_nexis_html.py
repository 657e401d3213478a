import re
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geostance.ingest import Document, Rejected, Source, read_corpus
from geostance.ingest.nexis import looks_like_nexis_html, read_nexis_html
from geostance.settings.corpus import IngestSettings

CASES = Path(__file__).parents[2] / "cases" / "exports" / "nexis-html"
FILES = ("english.html", "french.html")
EXTRAS = (
    *("author", "section", "page", "word_count", "source_id", "edition", "copyright"),
    *("load_date", "publication_type", "dateline", "subjects", "companies", "regions", "notes"),
)


def read(data: bytes | str):
    data = data.encode() if isinstance(data, str) else data
    return list(read_nexis_html(Source.of_bytes(data, "export.html"), IngestSettings()))


def case(name: str) -> bytes:
    return (CASES / name).read_bytes()


def extra(**given_by_the_source):
    return {**dict.fromkeys(EXTRAS), **given_by_the_source}


EXPECTED = {
    "english.html": [
        Document(
            text="A heron stood on the pier, as it did last winter.\n"
            'MAYOR: Pier or no pier, "it is ours."\nWhat it ate:\nEels\nDay | Eels\nMonday | 3',
            position=1,
            key="1",
            outlet="The Harbour Gazette",
            title="Heron on the Pier; A Visitor of 1990 Is Back",
            date=date(1991, 12, 19),
            date_precision="day",
            language="en",
            extra=extra(
                author="By ADA QUILL",
                section="Section B; Part 2; Column 2; Local Desk",
                page="16",
                word_count="584",
                edition="Late Edition - Final",
                copyright="Copyright 1991 The Harbour Gazette Company All Rights Reserved",
                load_date="December 20, 1991",
                publication_type="Newspaper",
                notes="Correction Appended; Photo: the pier. (The Gazette); "
                "CORRECTION: It was a stork.",
            ),
        ),
        Rejected("an error document of Nexis: it was not possible to display it", 2),
        Document(
            text="The ferry left at noon.",
            position=3,
            key="3",
            outlet="Coast News Agency -- English",
            title="Ferry leaves on 11 March 2012 record",
            date=date(2013, 3, 14),
            date_precision="day",
            language="en",
            extra=extra(
                word_count="1239",
                copyright="Copyright 2013 Coast News Agency",
                load_date="March 15, 2013",
                dateline="SUNDHAVEN, March 14 2013",
            ),
        ),
    ],
    "french.html": [
        Document(
            text="La mer a baissé\nLa digue tient, dit le maire.\nPour combien de temps ?",
            position=1,
            key="1",
            outlet="Le Phare du Nord",
            title='" La digue tient "',
            date=date(2013, 4, 12),
            date_precision="day",
            language="fr",
            extra=extra(
                author="Ève Côté",
                section="ÉCONOMIE - ENTREPRISES",
                page="6",
                word_count="70",
                copyright="Copyright 2013 Le Phare du Nord Tous Droits Réservés",
                load_date="13 September 2013",
                publication_type="Journal",
                subjects="ÉNERGIE (90%); DIGUE (88%)",
                companies="PHARE ET FILS SA (57%)",
                regions="EUROPE (90%)",
                notes="SYMBOLE-BOURSIER: PHF (PAR) (85%)",
            ),
        ),
        Document(
            text="Er hält.",
            position=2,
            key="2",
            outlet="Küsten-Zeitung",
            title="Der Deich",
            date=date(2011, 8, 31),
            date_precision="day",
            language="de",
            extra=extra(page="7", word_count="12", load_date="1. September 2011"),
        ),
    ],
}


@pytest.mark.parametrize("name", FILES)
def test_every_field_of_every_record(name):
    assert read(case(name)) == EXPECTED[name]


@pytest.mark.parametrize("name", FILES)
def test_exports_are_told_by_their_content(name):
    assert looks_like_nexis_html(Source.of_bytes(case(name), "renamed.dat"))


@pytest.mark.parametrize(
    "page",
    [
        "",
        "<html><body><p>3 of 5 DOCUMENTS</p><p>LENGTH: 5 words</p></body></html>",
        '<html><body><a name="DOC_ID_0_1"></a><p>An anchor of somebody else.</p></body></html>',
        "<html><body><!-- DOC NUMBER 1 --><div class='c0'><p>A page.</p></div></body></html>",
    ],
)
def test_ordinary_pages_are_not_taken(page):
    assert not looks_like_nexis_html(Source.of_bytes(page.encode(), "a.html"))


def test_the_whole_corpus_path_reads_exports(tmp_path):
    for name in FILES:
        (tmp_path / name).write_bytes(case(name))
    documents, rejected = read_corpus(tmp_path, IngestSettings(max_rejected_share=0.5))
    assert documents["title"].to_list()[2] == '" La digue tient "'
    assert len(documents) == 4
    assert len(rejected) == 1


def test_fewer_records_than_the_page_says_are_cut_off():
    page = case("french.html").replace(b'documents="2"', b'documents="200"')
    found = read(page)
    assert found[2] == Rejected("cut off: 2 of 200 documents", 3)


def test_classes_may_be_numbered_otherwise_in_a_page_put_behind_another():
    found = read(case("english.html") + case("french.html"))
    texts = [one.text for one in found if isinstance(one, Document)]
    assert texts == [
        one.text for name in FILES for one in EXPECTED[name] if isinstance(one, Document)
    ]


def test_a_page_without_comments_and_styles_is_read():
    page = re.sub(r"<!--.*?-->|<style.*?</style>", "", case("french.html").decode(), flags=re.S)
    source = Source.of_bytes(page.encode(), "a.html")
    assert looks_like_nexis_html(source)
    first, second = read(page)
    assert (first.text, first.outlet, first.language) == (
        EXPECTED["french.html"][0].text,
        "Le Phare du Nord",
        "fr",
    )
    assert second.title == "Der Deich"


def test_a_table_in_a_table_is_read_once():
    table = "<table><tr><td>Jahr<table><tr><td>1998</td></tr></table></td></tr></table>"
    page = (
        case("french.html").decode().replace("Er hält.</span></p>", f"Er hält.</span></p>{table}")
    )
    assert read(page)[1].text == "Er hält.\nJahr\n1998"


def test_a_record_nested_too_deeply_is_rejected_alone():
    page = case("french.html").decode().replace("Er hält.", "<b>" * 400 + "Er hält.")
    found = read(page)
    assert found[0] == EXPECTED["french.html"][0]
    assert found[1].reason.startswith("cannot be parsed to its end")


CLOSE = re.compile(rb"<!-- Hide XML section from browser\s+</DOCFULL>")


@given(name=st.sampled_from(FILES), cut=st.integers(0))
def test_cut_anywhere_the_whole_records_are_kept(name, cut):
    data = case(name)
    cut %= len(data) + 1
    whole = len(CLOSE.findall(data[:cut]))
    found = read(data[:cut])
    assert found[:whole] == EXPECTED[name][:whole]
    if whole < len(EXPECTED[name]) and len(found) > 1:
        assert "cut off" in found[-1].reason


@given(noise=st.binary(max_size=300), at=st.integers(0))
def test_any_bytes_end_in_records(noise, at):
    data = case("french.html")
    at %= len(data)
    for one in read(data[:at] + noise + data[at:]):
        assert isinstance(one, Document | Rejected)
