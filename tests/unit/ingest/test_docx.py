import io
from datetime import date
from zipfile import ZIP_DEFLATED, ZipFile

import docx
import pytest

from geostance.ingest import Document, Rejected, Source, read_corpus
from geostance.ingest.docx import looks_like_docx, read_docx
from geostance.settings.corpus import IngestSettings

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"


def packed(word) -> bytes:
    stream = io.BytesIO()
    word.save(stream)
    return stream.getvalue()


def zipped(**parts: str) -> bytes:
    stream = io.BytesIO()
    with ZipFile(stream, "w", ZIP_DEFLATED) as package:
        for name, text in parts.items():
            package.writestr(name.replace("__", "/") + ".xml", text)
    return stream.getvalue()


def body(xml: str, namespace=W) -> bytes:
    return zipped(
        word__document=f'<w:document xmlns:w="{namespace}"><w:body>{xml}</w:body></w:document>'
    )


def read(data: bytes, name="a.docx"):
    return list(read_docx(Source.of_bytes(data, name), IngestSettings()))


def test_an_ordinary_document_is_one_article():
    word = docx.Document()
    word.core_properties.title = "Of the properties"
    word.add_paragraph("Le Phare du Nord")
    word.add_heading("La digue tient", level=1)
    word.add_paragraph("Pour combien\tde temps ?\nPersonne ne le sait.")
    word.add_paragraph("")
    grid = word.add_table(rows=1, cols=2)
    grid.cell(0, 0).text, grid.cell(0, 1).text = "1998", "3 mètres"
    word.add_heading("La suite", level=2)
    word.add_paragraph("Rien.")
    assert read(packed(word), "Le Phare/2024-03_digue.docx") == [
        Document(
            text="Le Phare du Nord\nPour combien de temps ?\nPersonne ne le sait.\n"
            "1998 | 3 mètres\nLa suite\nRien.",
            title="La digue tient",
            date=date(2024, 3, 1),
            date_precision="month",
        )
    ]


def test_the_title_is_of_its_style_before_a_heading_and_the_properties():
    word = docx.Document()
    word.core_properties.title = "Of the properties"
    word.add_paragraph("Du texte.")
    assert read(packed(word))[0].title == "Of the properties"
    word.add_heading("A heading", level=2)
    assert read(packed(word))[0].title == "A heading"
    word.add_heading("The title", level=0)
    (found,) = read(packed(word))
    assert (found.title, found.text) == ("The title", "Du texte.\nA heading")


def test_insertions_controls_and_text_boxes_are_read_once_and_deletions_are_not():
    run = "<w:r><w:t>{}</w:t></w:r>"
    (found,) = read(
        body(
            f"<w:p>{run.format('Une ')}<w:ins>{run.format('grande ')}</w:ins>"
            f"<w:del><w:r><w:delText>petite </w:delText></w:r></w:del>{run.format('digue')}</w:p>"
            f"<w:sdt><w:sdtContent><w:p>{run.format('Un champ')}</w:p></w:sdtContent></w:sdt>"
            f"<w:p><w:moveFrom>{run.format('Déplacé')}</w:moveFrom></w:p>"
            f"<w:p><w:moveTo>{run.format('Déplacé')}</w:moveTo></w:p>"
            "<w:p><w:r><w:t>non</w:t><w:noBreakHyphen/><w:t>lieu</w:t></w:r></w:p>"
        )
    )
    assert found.text == "Une grande digue\nUn champ\nDéplacé\nnon-lieu"


def test_a_table_in_a_table_is_read_once():
    word = docx.Document()
    outer = word.add_table(rows=1, cols=2)
    outer.cell(0, 0).text = "Année"
    outer.cell(0, 1).add_table(rows=1, cols=1).cell(0, 0).text = "1998"
    assert read(packed(word))[0].text == "Année | 1998"


def test_the_strict_format_and_a_missing_picture_are_read():
    strict = "http://purl.oclc.org/ooxml/wordprocessingml/main"
    (found,) = read(body("<w:p><w:r><w:t>Du texte.</w:t></w:r></w:p>", strict))
    assert found.text == "Du texte."
    word = docx.Document()
    word.add_paragraph("Du texte.")
    dangling = io.BytesIO()
    with ZipFile(io.BytesIO(packed(word))) as whole, ZipFile(dangling, "w") as package:
        for name in whole.namelist():
            missing = b'<Relationship Id="rId99" Type="image" Target="NULL"/></Relationships>'
            package.writestr(name, whole.read(name).replace(b"</Relationships>", missing))
    assert read(dangling.getvalue())[0].text == "Du texte."


def test_empty_documents_are_rejected():
    assert read(packed(docx.Document())) == [Rejected("empty")]
    word = docx.Document()
    word.add_heading("Only a title", level=0)
    assert read(packed(word)) == [Rejected("no text", excerpt="Only a title")]
    assert read(zipped(word__document=f'<w:document xmlns:w="{W}"/>')) == [Rejected("empty")]


def test_a_bomb_is_refused_before_it_is_unpacked():
    bomb = body(" " * (65 * 2**20))
    assert len(bomb) < 100_000
    assert looks_like_docx(Source.of_bytes(bomb, "a.docx"))
    assert read(bomb) == [Rejected("too large when unpacked: split the Word document")]


def test_entities_are_not_expanded():
    entities = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 9))
    xml = (
        f'<!DOCTYPE d [<!ENTITY e0 "boom">{entities}]>'
        f'<w:document xmlns:w="{W}"><w:body><w:p><w:r><w:t>A&e8;</w:t></w:r></w:p></w:body>'
        "</w:document>"
    )
    for one in read(zipped(word__document=xml)):
        assert isinstance(one, Rejected) or len(one.text) < 100


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"PK\x03\x04 and nothing more",
        zipped(word__document="<w:document"),
        zipped(word__document="<a>" * 10_000),
        zipped(
            word__document=f'<w:document xmlns:w="{W}"><w:body/></w:document>', word__styles="<"
        ),
    ],
)
def test_damaged_documents_are_rejected_with_the_reason(data):
    (found,) = read(data)
    assert found.reason.startswith("not a readable Word document: ")


def test_documents_are_told_by_their_content():
    word = packed(docx.Document())
    assert looks_like_docx(Source.of_bytes(word, "renamed.txt"))
    assert not looks_like_docx(Source.of_bytes(b"Un texte.", "a.docx"))
    assert not looks_like_docx(Source.of_bytes(word[: len(word) // 2], "a.docx"))
    assert not looks_like_docx(Source.of_bytes(zipped(xl__workbook="<a/>"), "a.docx"))


def test_a_word_document_is_told_by_its_content(tmp_path):
    word = docx.Document()
    word.add_paragraph("Du texte.")
    (tmp_path / "Le Phare").mkdir()
    (tmp_path / "Le Phare" / "2024-03-12.txt").write_bytes(packed(word))
    (tmp_path / "b.docx").write_bytes(b"Un texte.")
    documents, rejected = read_corpus(tmp_path)
    assert documents.select("outlet", "date", "text").rows() == [
        ("Le Phare", date(2024, 3, 12), "Du texte."),
        # Plain text under a Word document's name is an article all the same.
        (None, None, "Un texte."),
    ]
    assert rejected.is_empty()
