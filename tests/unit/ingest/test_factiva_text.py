"""Factiva's articles as plain text."""

from datetime import date
from pathlib import Path

import pytest

from geostance.ingest import Document, Rejected, Source
from geostance.ingest.factiva import looks_like_factiva_text, read_factiva_text
from geostance.settings.corpus import IngestSettings

CASES = Path(__file__).parents[2] / "cases" / "exports" / "factiva-text"
RTF_CASES = CASES.parent / "factiva-rtf"


def read(data: bytes | str) -> list[Document | Rejected]:
    data = data.encode() if isinstance(data, str) else data
    return list(read_factiva_text(Source.of_bytes(data, "x.txt"), IngestSettings()))


def starred(*lines: str) -> str:
    head = ["*HD* \tTitle", "*WC* \t9 words", "*PD* \t1 May 2020", "*SN* \tCourier"]
    return "\n".join(
        [*head, "*LA* \tEnglish", "", "*LP* ", "", *lines, "", "*AN* \t", "Document X", ""]
    )


def test_every_field_of_a_page_saved_as_text():
    first, second = read((CASES / "saved-page.html").read_bytes())
    assert first == Document(
        text="Fermé depuis la tempête de janvier, le port accueille de nouveau des navires "
        "venus de tout l'océan, et les « dockers embauchés » s'affairent.\n"
        "Les compagnies se demandent si les nouveaux tarifs de l'autorité seront-elles "
        "durables.\n"
        "SMR : trois lettres peintes sur la coque.\n"
        "Quai  Navires\n"
        "Nord  12\n"
        "Sud   7\n"
        "Note 5* et note 6* : prix hors taxes.",
        position=1,
        key="LAGZTE0020220315ei3f0003o",
        outlet="La Gazette de Brume",
        title="Le port de Brume rouvre enfin ses quais aux grands navires et aux petits bateaux",
        date=date(2022, 3, 15),
        date_precision="day",
        language="fr",
        extra={
            "author": "Anne Delmas",
            "section": "Économie",
            "page": "5",
            "word_count": "718",
            "source_id": "LAGZTE0020220315ei3f0003o",
            "edition": "E",
            "volume": "24124",
            "copyright": "(c) Copyright 2022 La Gazette de Brume.",
            "subjects": "gpol : Domestic Politics | gvexe : Executive Branch"
            " | gengsc : Energy Security | m14 : Commodity Markets",
            "regions": "fra : France",
            "publisher": "Éditions de Brume",
        },
    )
    assert (second.title, second.text) == ("海邊的燈塔重開", "燈塔今天重開。")
    assert (second.language, second.position) == ("zh-Hant", 2)


def test_the_text_behind_an_rtf_file_gives_what_the_rtf_gives():
    from geostance.ingest.factiva import read_factiva_rtf

    rtf = Source.of_bytes((RTF_CASES / "textedit.rtf").read_bytes(), "x.rtf")
    assert read((CASES / "after-rtf.txt").read_bytes()) == list(
        read_factiva_rtf(rtf, IngestSettings())
    )


def test_articles_without_codes_end_with_their_ids():
    first, second = read((CASES / "uncoded.txt").read_bytes())
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
            "page": "5",
            "word_count": "664",
            "source_id": "ECHOFL0020220315ei3f0003o",
            "copyright": "© L'Écho du Fleuve",
        },
    )
    assert (second.title, second.text) == ("Ferry fares rise", "Fares rise in spring.")


@pytest.mark.parametrize(
    ("written", "read_as"),
    [
        ("The *S-**Train* stops, the *Bus*.", "The S-Train stops, the Bus."),
        ("A 5* hotel and a 4* one, 2 * 3 * 4.", "A 5* hotel and a 4* one, 2 * 3 * 4."),
        ("* One point\n\n* Another point", "* One point\n* Another point"),
    ],
)
def test_stars_around_search_hits_go_and_other_stars_stay(written: str, read_as: str):
    assert read(starred(*written.split("\n")))[0].text == read_as


def test_a_text_in_tabs_and_cp1252():
    lines = [
        "HD\tL'été",
        "WC\t9 mots",
        "PD\t1 août 2020",
        "SN\tÉcho",
        "LA\tFrançais",
        "LP\tUn.",
        "Deux.",
    ]
    text = "\r\n".join([*lines, "AN\tDocument ECHO00020200801eg8100001", ""])
    (record,) = read(text.encode("cp1252"))
    assert (record.title, record.outlet, record.language) == ("L'été", "Écho", "fr")
    assert record.text == "Un.\nDeux."
    assert record.date == date(2020, 8, 1)


def test_a_record_that_never_got_its_id_ends_where_the_next_begins():
    text = starred("One.").replace("*AN* \t\nDocument X\n", "") + starred("Two.")
    first, second = read(text)
    assert (first.text, first.key) == ("One.", "1")
    assert (second.text, second.key) == ("Two.", "X")


def test_an_unfinished_article_and_a_text_without_articles_are_rejected():
    text = starred("One.") + starred("Two.")
    whole, cut = read(text[: text.rfind("Two") + 2])
    assert whole.text == "One."
    assert cut == Rejected("cut off: the file ends inside article 2", 2, "Title")
    assert read("Only prose.") == [
        Rejected("no article in this Factiva text", excerpt="Only prose.")
    ]


@pytest.mark.parametrize(
    "text",
    [
        "Only prose.\nWith 12 words\nof 1 May 2020.",
        "1 of 2 DOCUMENTS\n\nThe Courier\n\nMay 1, 2020\n\nTitle\n\nLENGTH: 12 words\n\nText.",
        '{"text": "HD\\nWC\\nPD\\nSN\\nLA\\n"}',
        "id,HD,WC,PD,SN,LA\n1,a,b,c,d,e\n",
        "HD\nWC\nPD\n",
        "",
    ],
)
def test_other_texts_are_not_taken(text: str):
    assert not looks_like_factiva_text(Source.of_bytes(text.encode(), "x.txt"))
