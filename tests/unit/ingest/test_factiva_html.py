"""Factiva's pages: coded and uncoded, in the languages of its interface."""

from datetime import date
from pathlib import Path

import pytest

from geostance.ingest import Document, Rejected, Source
from geostance.ingest.factiva import read_factiva_html
from geostance.settings.corpus import IngestSettings

CASES = Path(__file__).parents[2] / "cases" / "exports" / "factiva-html"


def read(name: str) -> list[Document | Rejected]:
    source = Source.of_file(CASES / name, name)
    return list(read_factiva_html(source, IngestSettings()))


def read_page(page: str) -> list[Document | Rejected]:
    return list(read_factiva_html(Source.of_bytes(page.encode(), "x.html"), IngestSettings()))


def article(inside: str, opening: str = '<div class="article frArticle">') -> str:
    return f"{opening}{inside}</div>"


def coded(**fields: str) -> str:
    rows = "".join(
        f'<tr><td class="index"><b>{code}</b>&nbsp;</td><td>{value}</td></tr>'
        for code, value in fields.items()
    )
    return article(f"<table>{rows}</table>")


def test_every_field_of_a_coded_article():
    first = read("coded-english.html")[0]
    assert first == Document(
        text="Fermé depuis la tempête, le port accueille de nouveau des navires.\n"
        "La compagnie Marées SA y a amarré le premier.\n"
        "HD : le sigle peint sur la coque a fait sourire les dockers.\n"
        "Quai | Navires\n"
        "Nord | 12\n"
        "Les sous-marins de plaisance attendront le printemps.",
        position=1,
        key="LAGZTE0020230913ej9d0001i",
        outlet="La Gazette de Brume",
        title="Le port de Brume rouvre ses quais",
        date=date(2023, 9, 13),
        date_precision="day",
        language="fr",
        extra={
            "author": "Anne Delmas; adelmas@gazette.example",
            "section": "LA GAZETTE Économie",
            "page": "EPH8",
            "word_count": "1285",
            "source_id": "LAGZTE0020230913ej9d0001i",
            "edition": "C",
            "volume": "24590",
            "copyright": "(c) Copyright 2023 La Gazette de Brume.",
            "subjects": "gcat : Political/General News | ecat : Economic News"
            " | Port de Brume | Dockers | PORT | MER",
            "regions": "fra : France | eurz : Europe",
            "companies": "marees : Marées SA",
            "industries": "i74 : Shipping | itsp : Transportation/Logistics",
            "credit": "avec l'agence Brume",
            "publisher": "Éditions de Brume",
        },
    )


def test_languages_repeated_leads_empty_records_and_copies_of_one_article():
    first, second, third, fourth = read("coded-english.html")
    assert second == Document(
        text="Печи завода остановлены до весны.\n"
        "Рабочих отправили в отпуск.\n"
        "Директор обещает вернуть всех.",
        position=2,
        key="VESZAR0020220302ei3200011",
        outlet="Вестник Заречья",
        title="Завод у реки остановил печи",
        date=date(2022, 3, 2),
        date_precision="day",
        language="ru",
        extra={
            "page": "3",
            "word_count": "61",
            "source_id": "VESZAR0020220302ei3200011",
            "copyright": "© 2022 Вестник Заречья",
        },
    )
    assert third == Rejected("no text", 3, "A drawing without words")
    assert (fourth.key, fourth.text) == (first.key, first.text)
    assert (first.position, fourth.position) == (1, 4)


def test_cp1252_under_a_declaration_of_utf8_in_an_older_page():
    first, second = read("coded-french-cp1252.html")
    assert first == Document(
        text="Près de dix mille personnes ont suivi la fête.\n"
        "Le maire espère « une année apaisée ».",
        position=1,
        key="ECHOFL0020111229e7ct0001r",
        outlet="L'Écho du Fleuve",
        title="La fête du fleuve attire la foule",
        date=date(2011, 12, 29),
        date_precision="day",
        language="fr",
        extra={
            "section": "Vie locale",
            "page": "26",
            "word_count": "1295",
            "source_id": "ECHOFL0020111229e7ct0001r",
            "edition": "Nord",
            "copyright": "© Écho du Fleuve 2011.",
            "subjects": "gcat : Informations générales",
            "regions": "fra : France",
        },
    )
    assert (second.language, second.date) == ("de", date(2011, 8, 1))
    assert second.extra["author"] == "Jörg Müller"


def test_uncoded_articles_of_a_german_interface():
    first, second, third = read("uncoded-german.html")
    assert first == Document(
        text="Am See wartet man auf den Zug.\nDer U-Bahnhof bleibt leer.",
        position=1,
        key="BOTSEE0020170401ed4100001",
        outlet="Der Bote vom See",
        title="Der Zug kommt später",
        date=date(1993, 1, 9),
        date_precision="day",
        language="de",
        extra={
            "author": "Jörg Müller",
            "section": "Politik",
            "page": "A12",
            "word_count": "1664",
            "source_id": "BOTSEE0020170401ed4100001",
            "edition": "Seeausgabe",
            "volume": "104",
            "copyright": "Copyright 1993. Der Bote vom See",
            "kicker": "Leitartikel",
            "publisher": "Seeverlag GmbH",
        },
    )
    assert (second.title, second.outlet, second.language) == (
        "Ferry fares rise",
        "The Example Courier",
        "en",
    )
    assert second.date == date(2017, 3, 2)
    assert (second.extra["edition"], second.extra["volume"]) == ("11:21:59", "0")
    assert "page" not in second.extra
    assert (third.language, third.text) == ("uk", "Міст через річку відкрито.")
    assert "publisher" not in third.extra


def test_uncoded_articles_of_a_chinese_interface():
    first, second = read("uncoded-chinese.html")
    assert (first.language, first.outlet) == ("fr", "L'Écho du Fleuve")
    assert (first.extra["word_count"], first.extra["page"]) == ("6957", "17")
    assert first.extra["author"] == "Paul Lenoir"
    assert first.key == "ECHOFL0020180918ee9i00001"
    assert (second.language, second.title) == ("zh-Hant", "海邊的燈塔重開")
    assert second.text == "燈塔今天重開。\n遊人很多。"
    assert second.extra["section"] == "要聞"


def test_dates_of_a_chinese_interface():
    dates = [(record.date, record.date_precision) for record in read("uncoded-chinese.html")]
    assert dates == [(date(2018, 9, 18), "day"), (date(2018, 10, 7), "day")]


def test_an_article_without_a_known_language_has_that_of_its_style():
    fields = {"HD": "T", "WC": "3 words", "LA": "Klingon", "LP": "<p>Text.</p>"}
    inside = coded(**fields)
    assert read_page(inside)[0].language == "fr"
    assert read_page(inside.replace("frArticle", "zhtwArticle"))[0].language == "zh-Hant"


def test_a_date_that_cannot_be_read_is_kept_as_written():
    record = read_page(coded(HD="T", PD="someday", LP="<p>Text.</p>"))[0]
    assert record.date is None
    assert record.extra == {"unread_date": "someday", "unread_date_reason": "not a date"}


def test_the_number_before_a_headline_stays_where_the_interface_did_not_count():
    headline = '<div id="hd"><span class="frHeadline">2) Deux choses</span></div>'
    body = '<p class="articleParagraph">Texte.</p>'
    assert read_page(article(headline + body))[0].title == "2) Deux choses"


def test_a_headline_that_links_to_its_page_gives_the_address():
    headline = "<span class='frHeadline'><a href='https://brume.example/1'>Titre</a></span>"
    record = read_page(coded(HD=headline, LP="<p>Voir <a href='https://x.example'>là</a>.</p>"))[0]
    assert record.url == "https://brume.example/1"


def test_lines_between_paragraphs_are_text_and_preformatted_lines_stay_apart():
    inside = (
        '<div id="hd"><span>T</span></div><div>12 words</div><div>1 May 2020</div>'
        "<div>The Courier</div><div>COUR</div><div>English</div><div>(c) 2020</div>"
        '<p class="articleParagraph">One.</p><p>Between.</p>'
        "<pre>Quay  Ships\nNorth   12</pre>"
        '<p class="articleParagraph">Two.</p><p>Press</p><p>Document COUR000020200501eg5100001</p>'
    )
    record = read_page(article(inside))[0]
    assert record.text == "One.\nBetween.\nQuay Ships\nNorth 12\nTwo."
    assert record.extra["publisher"] == "Press"


def test_one_broken_article_is_rejected_and_the_others_are_kept():
    good = coded(HD="Good", LP="<p>Text.</p>", AN="Document EXCOUR0020220303ei330000a")
    deep = coded(HD="Deep", LP="<b>" * 400 + "Text." + "</b>" * 400)
    unclosed = '<div class="article enArticle"><table><tr><td class="index"><b>HD</b></td>'
    records = read_page(good + deep + unclosed + "<td>Lost</td></tr></table>" + good)
    assert [type(record) for record in records] == [Document, Rejected, Rejected, Document]
    assert "too deeply nested" in records[1].reason
    assert records[2].reason.startswith("cut off")
    assert records[2].excerpt == "Lost"
    assert [record.position for record in records] == [1, 2, 3, 4]


@pytest.mark.parametrize(
    ("page", "reason"),
    [
        ("<html><title>Factiva</title></html>", "no article in this Factiva page"),
        ("<html>" + coded(HD="T", LP="<p>Text.</p>"), "cut off"),
    ],
)
def test_a_page_without_articles_or_without_its_end_says_so(page: str, reason: str):
    assert read_page(page)[-1].reason.startswith(reason)
