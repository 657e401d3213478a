import csv
import io
import json
import zipfile
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from geostance.errors import InputError
from geostance.ingest import fields
from geostance.ingest.json_lines import read_json
from geostance.ingest.parquet import read_parquet
from geostance.ingest.records import Document, Rejected
from geostance.ingest.sources import Source
from geostance.ingest.tables import read_csv
from geostance.ingest.texts import lines, read_text
from geostance.ingest.workbooks import read_workbook
from geostance.settings.corpus import Columns, IngestSettings

SAMPLES = Path(__file__).parents[2] / "cases" / "exports"
SETTINGS = IngestSettings()


def source(data: str | bytes, name: str = "a.csv") -> Source:
    return Source.of_bytes(data.encode() if isinstance(data, str) else data, name)


def csv_of(data: str | bytes, settings: IngestSettings = SETTINGS) -> list[Document | Rejected]:
    return list(read_csv(source(data), settings))


def json_of(data: str) -> list[Document | Rejected]:
    return list(read_json(source(data, "a.jsonl"), SETTINGS))


def texts(records: list[Document | Rejected]) -> list[str]:
    return [record.text if isinstance(record, Document) else record.reason for record in records]


@pytest.fixture
def short(monkeypatch):
    """Let a thousand characters be too long, so that nothing of some gigabyte is made."""
    monkeypatch.setattr(fields, "MAX_CHARACTERS", 1000)


# Text and lines


def test_lines_are_the_same_however_they_come_in(monkeypatch):
    data = "un\r\ndeux\n\ntrois\rquatre\u2028cinq".encode()
    for size in (1, 2, 3, 64):
        stream = Source("a", lambda: io.BufferedReader(Trickle(data, size)))  # noqa: B023
        assert list(lines(stream)) == ["un", "deux", "", "trois", "quatre\u2028cinq"]


class Trickle(io.RawIOBase):
    """A stream that gives few bytes at a time."""

    def __init__(self, data: bytes, size: int) -> None:
        self._data, self._size = data, size

    def readable(self) -> bool:
        return True

    def readinto(self, buffer) -> int:
        piece, self._data = self._data[: self._size], self._data[self._size :]
        buffer[: len(piece)] = piece
        return len(piece)


class Endless(io.RawIOBase):
    """Many megabytes on one line that are nowhere in memory."""

    def __init__(self, size: int) -> None:
        self._left = size

    def readable(self) -> bool:
        return True

    def readinto(self, buffer) -> int:
        n = min(len(buffer), self._left)
        buffer[:n] = b"x" * n
        self._left -= n
        return n


def endless() -> Source:
    return Source("endless.txt", lambda: io.BufferedReader(Endless(40 * 2**20)))


def test_a_line_without_end_is_none_and_never_held(short):
    import tracemalloc

    tracemalloc.start()
    assert list(lines(endless())) == [None]
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 20 * 2**20


def test_a_text_without_end_is_refused(short):
    (record,) = read_text(endless(), SETTINGS)
    assert record.reason == "one text of more than 0.000953674 million characters"


# JSON


def test_json_lines_too_long_are_refused_and_reading_goes_on(short):
    rows = [json.dumps({"text": text}) for text in ("Un.", "x" * 2000, "Deux.")]
    assert [text[:11] for text in texts(json_of("\n".join(rows)))] == [
        "Un.",
        "a line of m",
        "Deux.",
    ]


def test_a_list_of_objects_is_read_like_lines():
    objects = [{"text": "Un."}, {"text": "Deux, [x] {y}."}, {"text": "Trois."}]
    for indent in (None, 2):
        found = json_of(json.dumps(objects, indent=indent))
        assert texts(found) == ["Un.", "Deux, [x] {y}.", "Trois."]
        assert [record.key for record in found] == ["1", "2", "3"]


def test_a_long_list_is_read_piece_by_piece():
    rows = [{"text": f"Texte {n} " * 50} for n in range(4000)]
    found = json_of(json.dumps(rows))
    assert texts(found) == [row["text"] for row in rows]


def test_damage_in_a_list_costs_its_item_only():
    found = json_of('[{"text": "Un."}, {"text": Deux}, {"text": "Trois."}, 4, {"text": "cou')
    assert [text[:8] for text in texts(found)] == [
        "Un.",
        "not JSON",
        "Trois.",
        "not a JS",
        "not JSON",
    ]
    assert texts(json_of('[{"text": "Un."}'))[1] == "the list is cut"


def test_one_object_over_several_lines_says_how_to_write_it():
    assert texts(json_of('{\n "articles": []\n}')) == [
        "one JSON object over several lines: write one object a line, or a list"
    ]


@pytest.mark.parametrize("data", ['{"body": "Un."}', '[{"body": "Un."}]'])
def test_json_without_the_text_column_names_those_there(data):
    with pytest.raises(InputError, match=r'no column "text".*are body'):
        json_of(data)


# csv and tsv


def test_the_column_map_reaches_every_field():
    settings = IngestSettings(
        columns=Columns(text="corps", author="signature", section="rubrique", page="p")
    )
    (record,) = csv_of(
        "corps,signature,rubrique,p,word_count,author\nUn.,Anne Roux,Monde,A3,12,x\n", settings
    )
    assert record.extra == {
        "author": "Anne Roux",
        "section": "Monde",
        "page": "A3",
        "word_count": "12",
        "source_author": "x",
    }


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("encoding", ["utf-8-sig", "cp1252", "utf-16"])
def test_delimiters_and_encodings_are_found(delimiter, encoding):
    stream = io.StringIO()
    rows = [["id", "text"], ["a", "Été, déjà ; vu | lu\tet « relu »"]]
    csv.writer(stream, delimiter=delimiter).writerows(rows)
    assert texts(csv_of(stream.getvalue().encode(encoding))) == [rows[1][1]]


@pytest.mark.parametrize("above", ["sep=;\n", "\n\n", 'Revue de presse\n"Mars; 2024"\n'])
def test_the_header_may_stand_below_a_title(above):
    assert texts(csv_of(f"{above}id;text\n1;Un.\n")) == ["Un."]


def test_cells_may_have_lines_and_quotes():
    assert texts(csv_of('text,id\n"Un ""mot"".\r\nDeux.",1\n')) == ['Un "mot".\nDeux.']


def test_a_cell_without_end_is_refused_and_reading_goes_on(short):
    row = '"' + "x" * 400 + "\n" + "y" * 700 + '"'
    found = csv_of(f"text\nUn.\n{row}\nDeux.\n{'z' * 2000}\nTrois.\n")
    assert texts(found)[0] == "Un." and texts(found)[-1] == "Trois."
    assert "Deux." in texts(found)
    assert {text.split(" of ")[0] for text in texts(found)} >= {"a cell", "a line"}


def test_rows_wider_than_the_header_and_short_ones():
    found = csv_of("text,id\nUn.,1,x\nDeux.\n\nTrois.,3\n")
    assert texts(found) == ["3 fields under a header of 2", "Deux.", "Trois."]
    assert [record.position for record in found] == [1, 2, 4]


def test_a_header_alone_gives_nothing_and_nothing_is_empty():
    assert csv_of("id,text\n") == []
    assert texts(csv_of("\n \n")) == ["empty"]


def test_proxied_links_lose_their_proxy():
    (record,) = csv_of("text,url\nUn.,https://www-phare-fr.proxy.univ-rade.fr/a\n")
    assert record.url == "https://www.phare.fr/a"


# Parquet


def test_parquet_is_read_in_parts_from_disk_and_from_memory(tmp_path, monkeypatch):
    monkeypatch.setattr("geostance.ingest.parquet._ROWS", 3)
    rows = [f"Texte {n}." for n in range(10)]
    pl.DataFrame({"text": rows, "page": range(10)}).write_parquet(tmp_path / "a.parquet")
    on_disk = Source.of_file(tmp_path / "a.parquet", "a.parquet")
    in_memory = source(tmp_path.joinpath("a.parquet").read_bytes(), "a.parquet")
    for given in (on_disk, in_memory):
        found = list(read_parquet(given, SETTINGS))
        assert texts(found) == rows
        assert found[3].extra == {"page": "3"}


def test_damage_in_parquet_ends_no_process_and_keeps_what_precedes_it(tmp_path, monkeypatch):
    monkeypatch.setattr("geostance.ingest.parquet._ROWS", 100)
    rows = [f"Texte {n} {n * 7919 % 1009}" for n in range(1000)]
    pl.DataFrame({"text": rows}).write_parquet(tmp_path / "a.parquet", row_group_size=100)
    data = bytearray(tmp_path.joinpath("a.parquet").read_bytes())
    at = len(data) // 2
    data[at : at + 2000] = bytes(2000)
    found = list(read_parquet(source(bytes(data), "a.parquet"), SETTINGS))
    whole = len(found) - 1
    assert whole in range(100, 1000, 100) and texts(found)[:whole] == rows[:whole]
    assert found[-1] == Rejected("the Parquet file is damaged from here on", whole + 1)


# Workbooks


def test_a_workbook_gives_the_rows_of_all_sheets_that_have_a_text():
    data = SAMPLES.joinpath("workbook", "presse.xlsx").read_bytes()
    found = list(read_workbook(source(data, "a.xlsx"), SETTINGS))
    assert texts(found) == [
        "La digue a tenu.\nUn miracle.",
        "Le port ferme lundi.",
        "Вчера закрыли мост.",
        'a sheet has no column "text"',
    ]
    first, second, third, _ = found
    assert (first.key, first.title, first.date) == ("1042", "La digue tient", date(2024, 3, 12))
    assert first.extra == {
        "author": "Anne Roux",
        "page": "3",
        "sheet": "Presse",
        "source_id": "1042",
    }
    assert (second.position, third.position, third.extra) == (2, 3, {"sheet": "Mars"})


def test_a_workbook_without_the_text_column_names_those_there():
    data = SAMPLES.joinpath("workbook", "presse.xlsx").read_bytes()
    settings = IngestSettings(columns=Columns(text="corps"))
    with pytest.raises(InputError, match='no column "corps"'):
        list(read_workbook(source(data, "a.xlsx"), settings))


@pytest.mark.parametrize(
    "sheet",
    [
        b"<x",
        b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
        b'<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>1</v></c>'
        b"</row></sheetData></worksheet>",
    ],
)
def test_a_damaged_workbook_is_rejected(sheet):
    whole = SAMPLES.joinpath("workbook", "presse.xlsx").read_bytes()
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(whole)) as given, zipfile.ZipFile(stream, "w") as made:
        for name in given.namelist():
            made.writestr(name, sheet if name.endswith("sheet1.xml") else given.read(name))
    (record,) = read_workbook(source(stream.getvalue(), "a.xlsx"), SETTINGS)
    assert record.reason.startswith("a damaged workbook")
