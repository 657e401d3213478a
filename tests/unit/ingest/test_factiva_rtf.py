"""Factiva's RTF: as it comes, as TextEdit saves it again, and without codes."""

from datetime import date
from pathlib import Path

import pytest

from geostance.ingest import Document, Rejected, Source
from geostance.ingest.factiva import looks_like_factiva_rtf, read_factiva_rtf
from geostance.settings.corpus import IngestSettings

CASES = Path(__file__).parents[2] / "cases" / "exports" / "factiva-rtf"
TABLE = r"{\rtf1\ansi\ansicpg1252%s %s}"


def read(data: bytes) -> list[Document | Rejected]:
    return list(read_factiva_rtf(Source.of_bytes(data, "x.rtf"), IngestSettings()))


def row(code: str, value: str) -> str:
    return rf"\trowd\cellx1\cellx2\pard\intbl {{\b {code}}}\cell {value}\cell\row" + "\n"


def rows(value: str) -> str:
    return row("HD", "Title") + row("LP", value) + row("AN", "Document EXCOUR0020220303ei330000a")


@pytest.mark.parametrize("name", ["coded.rtf", "textedit.rtf"])
def test_every_field_of_a_coded_article(name: str):
    first, second, *_ = read((CASES / name).read_bytes())
    assert first == Document(
        text="Le gardien part – après trente ans.\n"
        "Le phare {éteint} restera ouvert.\n"
        "Voir la page du musée.\n"
        "Port Navires\n"
        "Nord 12",
        position=1,
        key="ECHOFL0020220315ei3f0003o",
        outlet="L'Écho du Fleuve",
        title="Le phare « Étoile » s'éteint",
        date=date(2022, 3, 15),
        date_precision="day",
        language="fr",
        extra={
            "author": "Paul Lenoir",
            "section": "Économie",
            "page": "5",
            "word_count": "1024",
            "source_id": "ECHOFL0020220315ei3f0003o",
            "edition": "E",
            "volume": "24124",
            "copyright": "(c) Copyright 2022 L'Écho du Fleuve.",
            "subjects": "gcat : Political/General News",
            "regions": "fra : France | eurz : Europe",
            "companies": "marees : Marées SA",
            "industries": "i74 : Shipping | itsp : Transportation",
            "publisher": "Éditions du Fleuve",
        },
    )
    assert second == Document(
        text="Міст відкрито.\nIN\nУсі раді.",
        position=2,
        key="SLOVOX0020170403ed4300003",
        outlet="Слово",
        title="Мост открыт 🌉",
        date=date(2017, 4, 3),
        date_precision="day",
        language="uk",
        extra={
            "word_count": "40",
            "source_id": "SLOVOX0020170403ed4300003",
            "copyright": "(c) 2017",
        },
    )


def test_an_article_without_text_is_rejected_under_its_title():
    last = read((CASES / "coded.rtf").read_bytes())[-1]
    assert last == Rejected("no text", 3, "A drawing without words")


def test_articles_without_codes_begin_with_their_bold_title():
    first, second = read((CASES / "uncoded.rtf").read_bytes())
    assert first == Document(
        text="Le gardien part.\nLe phare restera ouvert.",
        position=1,
        key="ECHOFL0020220315ei3f0003o",
        outlet="L'Écho du Fleuve",
        title="Le phare s'éteint",
        date=date(1993, 1, 9),
        date_precision="day",
        language="fr",
        extra={
            "author": "Paul Lenoir",
            "section": "Économie",
            "page": "5",
            "word_count": "664",
            "source_id": "ECHOFL0020220315ei3f0003o",
            "copyright": "© L'Écho du Fleuve",
            "credit": "Agence Brume",
        },
    )
    assert (second.title, second.text) == ("Ferry fares rise", "Fares rise in spring.")


def test_letters_in_the_character_set_of_their_font_in_a_file_of_many_pieces():
    fonts = r"{\fonttbl{\f0\fcharset0 Arial;}{\f1\fcharset204 Arial Cyr;}}"
    letters = rows(r"\f1 \'cc\'ee\'f1\'f2")
    many = TABLE % (fonts, letters * 300)
    records = read(many.encode())
    assert len(many) > 2 * 2**15
    assert len(records) == 300
    assert {record.text for record in records} == {"Мост"}


def test_tables_in_the_text_keep_their_rows():
    table = r"Before\par Quay\nestcell Ships\nestcell\nestrow North\nestcell 12\nestcell\nestrow"
    assert read((TABLE % ("", rows(table))).encode())[0].text == "Before\nQuay|Ships|\nNorth|12|"


def test_an_unknown_code_does_not_run_into_the_field_above():
    coded = {"HD": "T", "CY": "(c) A", "ZZ": "new", "LP": "Text.", "AN": "Document X"}
    inside = "".join(row(code, value) for code, value in coded.items())
    (record,) = read((TABLE % ("", inside)).encode())
    assert (record.extra["copyright"], record.text, record.key) == ("(c) A", "Text.", "X")


@pytest.mark.parametrize("odd", [r"\uc Text", r"\u99999999999?Text", r"{\pict\bin Text}Text"])
def test_control_words_that_no_writer_writes_do_no_harm(odd: str):
    records = read((TABLE % ("", rows("Text") + rows(odd) + rows("Text"))).encode())
    assert len(records) == 3
    assert records[0].text == records[2].text == "Text"


def test_a_file_without_its_closing_brace_was_cut():
    whole, cut = read((TABLE % ("", rows("Text"))).encode()[:-1])
    assert whole.text == "Text"
    assert cut.reason.startswith("cut off")


def test_a_file_that_lost_its_makers_name_is_known_by_its_cells():
    named = row("HD", "T") + row("WC", "1 word") + row("PD", "1 May 2020") + row("SN", "Courier")
    assert looks_like_factiva_rtf(Source.of_bytes((TABLE % ("", named)).encode(), "x.rtf"))
    letter = TABLE % ("", r"\pard Dear HD, WC and PD,\par the SN\cell is here")
    assert not looks_like_factiva_rtf(Source.of_bytes(letter.encode(), "x.rtf"))
