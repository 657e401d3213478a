import zipfile
from datetime import date
from io import BytesIO
from pathlib import Path
from xml.sax.saxutils import escape

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geostance.ingest import Document, Rejected, Source, read_corpus
from geostance.ingest.integrum import looks_like_integrum, read_integrum
from geostance.ingest.integrum_tables import looks_like_integrum_table, read_integrum_table
from geostance.ingest.sources import TooLargeError
from geostance.settings.corpus import IngestSettings

REPORT = Path(__file__).parents[2] / "cases" / "exports" / "integrum" / "report.html"
SETTINGS = IngestSettings()

EXPECTED = [
    Document(
        text="Лед стоит третью неделю, и суда не выходят из гавани, хотя припасы на островах "
        "подходят к концу.\n"
        "Капитаны совещались всю ночь и решили послать за ледоколом на юг, если ветер не "
        "переменится.\n"
        "ЧТО ДАЛЬШЕ\n"
        "Ответа пока нет.",
        position=1,
        key="1",
        outlet="Вестник маяка",
        title="ПОРТ ЖДЕТ ВЕСНЫ",
        date=date(1994, 2, 9),
        date_precision="day",
        extra={"author": "Береговой Савва, Волнова Инна", "section": "ГАВАНЬ", "page": "6"},
    ),
    Document(
        text="Первая строка.\nВторая строка, которая идет после пустой.",
        position=2,
        key="2",
        outlet="Вестник маяка",
        title="ТУМАН",
        extra={"author": None, "section": None, "page": None, "unread_date": "весна"},
    ),
    Document(
        text="Ответа пока нет.",
        position=3,
        key="3",
        outlet="Вестник маяка",
        title="ПОРТ ЖДЕТ ВЕСНЫ",
        date=date(1994, 2, 9),
        date_precision="day",
        extra={"author": None, "section": "ГАВАНЬ", "page": "6"},
    ),
]


def read(data: bytes):
    return list(read_integrum(Source.of_bytes(data, "report.html"), SETTINGS))


@pytest.mark.parametrize("encoding", ["cp1251", "utf-8"])
def test_every_field_of_a_report(encoding, tmp_path):
    data = REPORT.read_bytes().decode("cp1251").encode(encoding)
    assert looks_like_integrum(Source.of_bytes(data, "a"))
    assert read(data) == EXPECTED
    (tmp_path / "report.html").write_bytes(data)
    documents, rejected = read_corpus(tmp_path)
    assert documents["title"].to_list() == [document.title for document in EXPECTED]
    assert rejected.is_empty()


def test_a_long_report_is_told_by_its_list():
    head = REPORT.read_bytes().split("^ИС:".encode("cp1251"))[0]
    assert looks_like_integrum(Source.of_bytes(head, "a"))
    page = "<h3>Report 12.05.2021</h3><p>1. <a href='#1'>Sommaire</a></p>"
    assert not looks_like_integrum(Source.of_bytes(page.encode(), "a"))


def test_records_without_text_or_end_are_rejected_alone():
    page = REPORT.read_bytes().decode("cp1251")
    before, after = page.split("Первая строка.", 1)
    broken = f"{before}{'<i>' * 300}{after}".encode("cp1251")
    assert [record.position for record in read(broken) if isinstance(record, Rejected)] == [2]
    empty = page.replace("Первая строка.", "").replace(
        "Вторая строка, которая идет после пустой.", ""
    )
    assert read(empty.encode("cp1251"))[1] == Rejected("no text", 2, "ТУМАН")


def test_a_report_whose_last_articles_are_missing_says_so():
    data = REPORT.read_bytes()
    *_, last = read(data[: data.index(b'<a name="3">')])
    assert last == Rejected("cut off: 2 of the 3 articles of its list are whole", 3)


@given(st.floats(0, 1))
def test_a_cut_at_any_byte_keeps_the_records_that_were_whole(share):
    data = REPORT.read_bytes()
    cut = data[: round(share * len(data))]
    whole = cut.count(b"</pre")
    records = read(cut)
    assert records[:whole] == EXPECTED[:whole]
    if whole < len(EXPECTED):
        (last,) = records[whole:]
        assert last.reason.startswith(("cut off", "no article"))
    else:
        assert len(records) == whole


def table(*rows: tuple[str, ...]) -> bytes:
    """Return an XLSX file whose first sheet has these cells."""

    def cell(value: str) -> str:
        # A number with the style 1 is a date.
        if value.isdigit():
            return f'<c s="1"><v>{value}</v></c>'
        return f'<c t="inlineStr"><is><t xml:space="preserve">{escape(value)}</t></is></c>'

    main = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    package = "http://schemas.openxmlformats.org/package/2006"
    sheet = "".join(f"<row>{''.join(map(cell, row))}</row>" for row in rows)
    parts = {
        "[Content_Types].xml": f'<Types xmlns="{package}/content-types"/>',
        "_rels/.rels": f'<Relationships xmlns="{package}/relationships"><Relationship Id="r1" '
        f'Type="{office}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook {main} xmlns:r="{office}"><sheets>'
        '<sheet name="1" sheetId="1" r:id="r1"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{package}/relationships">'
        f'<Relationship Id="r1" Type="{office}/worksheet" Target="worksheets/sheet1.xml"/>'
        f'<Relationship Id="r2" Type="{office}/styles" Target="styles.xml"/></Relationships>',
        "xl/styles.xml": f'<styleSheet {main}><cellXfs><xf numFmtId="0"/><xf numFmtId="14"/>'
        "</cellXfs></styleSheet>",
        "xl/worksheets/sheet1.xml": f"<worksheet {main}><sheetData>{sheet}</sheetData></worksheet>",
    }
    stream = BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as book:
        for name, content in parts.items():
            book.writestr(name, content)
    return stream.getvalue()


COLUMNS = ("Источник", "Дата", "Время", "Заголовок", "Анонс", "Оригинал", "Автор")
ROWS = (
    ("Первый маяк", "01.12.12", "21:00", "Туман", "Строка.\r\n\r\nДругая строка.", "", "Волнова"),
    ("Первый маяк", "41245", "", "Лед", "Кратко.", "Длинный текст о льде.", ""),
    ("", "", "", "", "", "", ""),
    ("Второй маяк", "3 декабря 1994", "", "Ветер", "Кратко.", "http://mayak.example.ru/1", ""),
    ("Второй маяк", "", "", "Пусто", "", "", ""),
)


def read_table(data: bytes):
    return list(read_integrum_table(Source.of_bytes(data, "a.xlsx"), SETTINGS))


def test_every_field_of_a_table(tmp_path):
    first, second, third, empty = read_table(table(("Отчет",), COLUMNS, *ROWS))
    assert first == Document(
        text="Строка.\nДругая строка.",
        position=1,
        key="1",
        outlet="Первый маяк",
        title="Туман",
        date=date(2012, 12, 1),
        date_precision="day",
        extra={"author": "Волнова", "notes": None},
    )
    assert (second.text, second.date) == ("Длинный текст о льде.", date(2012, 12, 2))
    assert second.extra == {"author": None, "notes": "Кратко."}
    assert (third.text, third.url) == ("Кратко.", "http://mayak.example.ru/1")
    assert (third.date, third.position) == (date(1994, 12, 3), 3)
    assert empty == Rejected("no text", 4, "Пусто")
    (tmp_path / "a.xlsx").write_bytes(table(COLUMNS, *ROWS))
    documents, _ = read_corpus(tmp_path, IngestSettings(max_rejected_share=0.5))
    assert documents["title"].to_list() == ["Туман", "Лед", "Ветер"]


def test_other_tables_are_not_taken():
    other = table(("outlet", "date", "title"), ("Phare", "2024", "Titre"))
    assert not looks_like_integrum_table(Source.of_bytes(other, "a.xlsx"))
    assert not looks_like_integrum_table(Source.of_bytes(b"PK\x03\x04 xl/ no zip", "a.xlsx"))
    assert not looks_like_integrum_table(Source.of_bytes(b"Titre,Texte", "a.csv"))


@pytest.mark.parametrize("share", [0, 0.3, 0.6, 0.99])
def test_a_broken_table_is_one_rejected_record(share):
    data = table(COLUMNS, *ROWS)
    (record,) = read_table(data[: int(share * len(data))])
    assert record.reason.startswith("a damaged workbook")


def test_a_table_that_unpacks_to_too_much_is_refused(monkeypatch):
    monkeypatch.setattr("geostance.ingest.workbooks.MAX_BYTES", 100)
    source = Source.of_bytes(table(COLUMNS, *ROWS), "a.xlsx")
    with pytest.raises(TooLargeError, match="unpacks to more than"):
        list(read_integrum_table(source, SETTINGS))


def test_a_table_in_an_archive_is_told_too(tmp_path):
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr("report.xlsx", table(COLUMNS, *ROWS))
    documents, rejected = read_corpus(tmp_path, IngestSettings(max_rejected_share=0.5))
    alone = read_table(table(COLUMNS, *ROWS))
    assert documents["source"].unique().to_list() == ["a.zip/report.xlsx"]
    assert documents["text"].to_list() == [r.text for r in alone if isinstance(r, Document)]
    assert len(rejected) == sum(isinstance(r, Rejected) for r in alone)
