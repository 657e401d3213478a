import io
from datetime import date
from xml.sax.saxutils import escape
from zipfile import ZipFile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geostance.ingest import Document, Rejected, Source, read_corpus
from geostance.ingest.nexis import looks_like_nexis_docx, read_nexis_docx
from geostance.settings.corpus import IngestSettings

EXTRAS = (
    *("author", "section", "page", "word_count", "source_id", "edition", "copyright"),
    *("load_date", "publication_type", "dateline", "subjects", "companies", "regions", "notes"),
)
NAMESPACES = (
    'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" '
    'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"'
)
LINK = (
    "https://advance-lexis-com.ezproxy.quay.edu/api/document?id=urn:contentItem:5ABC-1DE1-00000-00"
)


def paragraph(text: str, *, headline=False, bookmark="", link=False) -> str:
    """Return a paragraph of Word; ``\\n`` is a line break in it."""
    run = "<w:br/>".join(f'<w:t xml:space="preserve">{escape(t)}</w:t>' for t in text.split("\n"))
    run = f"<w:r>{run}</w:r>"
    run = f'<w:hyperlink r:id="rId9">{run}</w:hyperlink>' if link else run
    mark = f'<w:bookmarkStart w:id="1" w:name="{bookmark}"/>' if bookmark else ""
    level = '<w:pPr><w:outlineLvl w:val="0"/></w:pPr>' if headline else ""
    return f"<w:p>{level}{mark}{run}</w:p>"


def table(*rows: tuple[str, ...]) -> str:
    cells = ("".join(f"<w:tc>{paragraph(cell)}</w:tc>" for cell in row) for row in rows)
    return "<w:tbl>" + "".join(f"<w:tr>{row}</w:tr>" for row in cells) + "</w:tbl>"


def word_file(*content: str, properties='<property name="LADocCount"/>') -> bytes:
    packed = io.BytesIO()
    with ZipFile(packed, "w") as package:
        body = f"<w:document {NAMESPACES}><w:body>{''.join(content)}</w:body></w:document>"
        package.writestr("word/document.xml", body)
        package.writestr("docProps/custom.xml", f"<Properties>{properties}</Properties>")
        package.writestr(
            "word/_rels/document.xml.rels",
            f'<Relationships><Relationship Id="rId9" Target="{LINK}" TargetMode="External"/>'
            '<Relationship Id="rId1" Target="NULL"/></Relationships>',
        )
    return packed.getvalue()


COVER = (
    paragraph("Date and Time: Friday, 5. July 2019 09:31:00 CEST"),
    paragraph("Job Number: 00000001"),
    paragraph("Documents (3)"),
    paragraph("1. The sea wall of March 12, 2004", link=True),
    paragraph("Client/Matter: -None-"),
    paragraph("Search Terms: harbour"),
    table(("Content Type", "Narrowed by"), ("News", "Sources: The Harbour Gazette")),
    paragraph("2. Another"),
    paragraph("Client/Matter: -None-"),
    paragraph(""),
)
FIRST = (
    paragraph("", bookmark="Bookmark_1"),
    paragraph("The sea wall of March 12, 2004; It holds", headline=True, link=True),
    paragraph("The Harbour Gazette(Port Ellery)"),
    paragraph("July 1, 2019 Monday 9:20 AM GMT"),
    paragraph("North Shore Edition"),
    paragraph(""),
    paragraph("\nCopyright 2019 Harbour Press Ltd. All Rights Reserved"),
    paragraph("\n"),
    paragraph("Section:\xa0NEWS; Base; Pág. 20"),
    paragraph("Length:\xa01,355 words"),
    paragraph("Byline:\xa0Ada Quill (now),"),
    paragraph("Tom Brook (earlier)\nDateline:\xa0Sundhaven "),
    paragraph("Highlight:\xa0The council found the money."),
    paragraph("Body", bookmark="Body"),
    paragraph(""),
    paragraph("The wall holds."),
    paragraph(""),
    paragraph("Notes"),
    paragraph("Section: of the wall,\nas measured"),
    table(("Year", "Metres"), ("1998", "3")),
    paragraph("Graphic", bookmark="Graphic_1"),
    paragraph("The wall at noon."),
    paragraph("Classification", bookmark="Classification_1"),
    paragraph("Language:\xa0ENGLISH"),
    paragraph("\nPublication-Type:\xa0Newspaper"),
    paragraph("\nJournal Code:\xa0HGZ"),
    paragraph("\nSubject:\xa0HARBOURS (89%); WALLS (74%)"),
    paragraph("\nCompany:\xa0HARBOUR PRESS LTD (84%)"),
    paragraph("\nGeographic:\xa0PORT ELLERY (90%)"),
    paragraph("\nLoad-Date:\xa0July 4, 2019"),
    paragraph("\nEnd of Document"),
)
SECOND = (
    paragraph("No Headline In Original", headline=True),
    paragraph("20 Minutes"),
    paragraph("mercredi 17 avril 2013 20:15 GMT"),
    paragraph("\nCopyright 2013 20 Minutes Tous droits réservés"),
    paragraph("Length:\xa0169 words"),
    paragraph("Body", bookmark="Body_1"),
    paragraph("La digue tient."),
    paragraph("\nLoad-Date:\xa0April 25, 2013"),
    paragraph("\nEnd of Document"),
)
THIRD = (
    paragraph("Cut", headline=True),
    paragraph("The Harbour Gazette"),
    paragraph("July 2, 2019"),
    paragraph("Body"),
    paragraph("This is how far it"),
)


def extra(**given_by_the_source):
    return {**dict.fromkeys(EXTRAS), **given_by_the_source}


FIRST_READ = Document(
    text="The council found the money.\nThe wall holds.\nNotes\n"
    "Section: of the wall,\nas measured\nYear | Metres\n1998 | 3",
    position=1,
    key="5ABC-1DE1-00000-00",
    outlet="The Harbour Gazette(Port Ellery)",
    title="The sea wall of March 12, 2004; It holds",
    date=date(2019, 7, 1),
    date_precision="day",
    url="https://advance.lexis.com/api/document?id=urn:contentItem:5ABC-1DE1-00000-00",
    language="en",
    extra=extra(
        author="Ada Quill (now), Tom Brook (earlier)",
        section="NEWS; Base",
        page="20",
        word_count="1355",
        source_id="5ABC-1DE1-00000-00",
        edition="North Shore Edition",
        copyright="Copyright 2019 Harbour Press Ltd. All Rights Reserved",
        load_date="July 4, 2019",
        publication_type="Newspaper",
        dateline="Sundhaven",
        subjects="HARBOURS (89%); WALLS (74%)",
        companies="HARBOUR PRESS LTD (84%)",
        regions="PORT ELLERY (90%)",
        notes="The wall at noon.; Journal Code: HGZ",
    ),
)
SECOND_READ = Document(
    text="La digue tient.",
    position=2,
    key="2",
    outlet="20 Minutes",
    date=date(2013, 4, 17),
    date_precision="day",
    extra=extra(
        word_count="169",
        copyright="Copyright 2013 20 Minutes Tous droits réservés",
        load_date="April 25, 2013",
    ),
)


def source(data: bytes, name="Files(3).DOCX") -> Source:
    return Source.of_bytes(data, name)


def read(data: bytes):
    return list(read_nexis_docx(source(data), IngestSettings()))


def test_every_field_of_every_record():
    assert read(word_file(*COVER, *FIRST, *SECOND, *THIRD)) == [
        FIRST_READ,
        SECOND_READ,
        Rejected(
            "cut off: 2 of 3 documents",
            3,
            "Cut The Harbour Gazette July 2, 2019 Body This is how far it",
        ),
    ]


def test_one_article_without_a_cover_is_read():
    found = read(word_file(*SECOND))
    assert [one.text for one in found] == ["La digue tient."]


def test_a_cover_without_the_outline_of_headlines_is_left_out():
    plain = (part.replace('<w:outlineLvl w:val="0"/>', "") for part in (*COVER, *FIRST, *SECOND))
    found = read(word_file(*plain))
    assert [one.title for one in found[:2]] == ["The sea wall of March 12, 2004; It holds", None]


def test_fewer_records_than_the_cover_says_are_cut_off():
    found = read(word_file(*COVER, *FIRST, *SECOND))
    assert found[2] == Rejected("cut off: 2 of 3 documents", 3)


def test_a_record_without_text_is_rejected_and_the_others_are_kept():
    empty = (paragraph("A picture", headline=True), paragraph("\nEnd of Document"))
    found = read(word_file(*empty, *SECOND))
    assert found[0] == Rejected("no text", 1, "A picture")
    assert found[1].text == "La digue tient."


def test_a_correction_above_the_date_is_no_outlet():
    corrected = (SECOND[0], paragraph("Correction Appended"), *SECOND[1:])
    found = read(word_file(*corrected))[0]
    assert (found.outlet, found.extra["notes"]) == ("20 Minutes", "Correction Appended")


@pytest.mark.parametrize("name", ["Files(3).DOCX", "renamed.txt", "export"])
def test_exports_are_told_by_their_content(name):
    assert looks_like_nexis_docx(source(word_file(*SECOND), name))
    assert looks_like_nexis_docx(source(word_file(*SECOND, properties=""), name))


def test_what_is_no_zip_or_another_document_is_not_taken():
    assert not looks_like_nexis_docx(source(b"End of Document Length: 3 words"))
    assert not looks_like_nexis_docx(source(word_file(paragraph("Body"), properties="")))
    assert not looks_like_nexis_docx(source(word_file(*SECOND)[:300]))


def test_the_whole_corpus_path_reads_exports(tmp_path):
    (tmp_path / "Files(3).DOCX").write_bytes(word_file(*COVER, *FIRST, *SECOND))
    documents, rejected = read_corpus(tmp_path, IngestSettings(max_rejected_share=0.5))
    assert documents["source_id"].to_list() == ["5ABC-1DE1-00000-00", None]
    assert rejected["reason"].to_list() == ["cut off: 2 of 3 documents"]


@settings(max_examples=50)
@given(at=st.integers(0), noise=st.binary(min_size=1, max_size=20))
def test_a_damaged_file_ends_in_records(at, noise):
    data = word_file(*COVER, *FIRST)
    at %= len(data)
    for one in read(data[:at] + noise + data[at + len(noise) :]):
        assert isinstance(one, Document | Rejected)


@settings(max_examples=50)
@given(st.integers(0))
def test_a_cut_file_is_not_taken_or_rejected(cut):
    data = word_file(*COVER, *FIRST)
    cut %= len(data)
    assert not looks_like_nexis_docx(source(data[:cut]))
    (found,) = read(data[:cut])
    assert found.reason.startswith("not a readable Word document")
