"""Factiva's XML."""

from datetime import date
from pathlib import Path

import pytest

from geostance.ingest import Document, Rejected, Source
from geostance.ingest.factiva import looks_like_factiva_xml, read_factiva_xml
from geostance.settings.corpus import IngestSettings

CASE = Path(__file__).parents[2] / "cases" / "exports" / "factiva-xml" / "articles.xml"
HEAD = '<?xml version="1.0"?>%s<PPSResponse xmlns:f="http://global.factiva.com/pps/2.0">'


def read(data: bytes | str) -> list[Document | Rejected]:
    data = data.encode() if isinstance(data, str) else data
    return list(read_factiva_xml(Source.of_bytes(data, "x.xml"), IngestSettings()))


def article(inside: str, prefix: str = "") -> str:
    inside = f"<{prefix}headline>Title</{prefix}headline>{inside}"
    return f"<{prefix}article>{inside}</{prefix}article>"


LEAD = "<leadParagraph><paragraph>Text.</paragraph></leadParagraph>"


def file(*articles: str, dtd: str = "") -> str:
    return HEAD % dtd + "".join(articles) + "</PPSResponse>"


def test_every_field_of_an_article():
    assert read(CASE.read_bytes())[0] == Document(
        text="Le gardien part après trente ans.\n"
        "Le phare restera ouvert.\n"
        "Port    Navires\n"
        "Nord         12",
        position=1,
        key="ECHOFL0020220315ei3f0003o",
        outlet="L'Écho du Fleuve",
        title="Le phare s'éteint & se tait",
        date=date(2022, 3, 15),
        date_precision="day",
        language="fr",
        extra={
            "author": "Paul Lenoir",
            "section": "Économie",
            "page": "5, A6",
            "word_count": "1024",
            "source_id": "ECHOFL0020220315ei3f0003o",
            "edition": "Nord",
            "volume": "24124",
            "copyright": "(c) 2022 L'Écho du Fleuve",
            "subjects": "gcat : Political/General News | ecat : Economic News | Phares | MER",
            "regions": "fra : France",
            "companies": "marees : Marées SA",
            "industries": "i74 : Shipping",
            "kicker": "Au fil de l'eau",
            "credit": "Agence Brume",
            "publisher": "Éditions du Fleuve",
        },
    )


def test_the_articles_count_and_not_what_the_file_says_of_them():
    second, third, fourth = read(CASE.read_bytes())[1:]
    assert second == Document(
        text="Fares rise in spring.\nThe council said so on Monday.",
        position=2,
        key="EXCOUR0020120109e8190000a",
        outlet="The Example Courier",
        title="Ferry fares rise",
        date=date(2012, 1, 9),
        date_precision="day",
        url="https://courier.example/2012/01/09/ferry",
        language="en",
        extra={"source_id": "EXCOUR0020120109e8190000a"},
    )
    assert third == Rejected("no text", 3, "A drawing without words")
    assert (fourth.language, fourth.text) == ("zh-Hant", "燈塔今天重開。")


def test_utf16_and_a_prefix_for_the_namespace():
    prefixed = article("<f:leadParagraph><f:paragraph>Été.</f:paragraph></f:leadParagraph>", "f:")
    assert read(file(prefixed).encode("utf-16"))[0].text == "Été."


@pytest.mark.parametrize(
    "dtd",
    [
        '<!DOCTYPE r [<!ENTITY a "aa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]>',
        '<!DOCTYPE r [<!ENTITY x SYSTEM "file:///etc/hostname">]>',
    ],
)
def test_a_file_that_declares_entities_is_refused(dtd: str):
    (record,) = read(file(article(LEAD), dtd=dtd))
    assert record.reason == "declares entities, as no export does: refused"


def test_one_broken_article_is_rejected_and_the_others_are_kept():
    unknown = article("<leadParagraph>&bomb;</leadParagraph>")
    crossed = article("<leadParagraph><paragraph>Text.</leadParagraph></paragraph>")
    records = read(file(article(LEAD), unknown, crossed, article(LEAD)))
    assert [type(record) for record in records] == [Document, Rejected, Rejected, Document]
    assert records[1].reason.startswith("not well-formed: Entity 'bomb' not defined")
    assert records[2].reason.startswith("not well-formed: Opening and ending tag mismatch")
    assert [record.excerpt for record in records[1:3]] == ["Title", "Title"]


def test_a_file_that_ends_early_says_so():
    text = file(article(LEAD), article(LEAD))
    inside = read(text[: text.rfind("</leadParagraph>")])
    assert inside[1] == Rejected("cut off: the file ends inside article 2", 2, "Title")
    between = read(text.removesuffix("</PPSResponse>"))
    assert [type(record) for record in between] == [Document, Document, Rejected]
    assert between[2].reason.startswith("cut off")


def test_other_xml_is_not_taken():
    feed = b'<?xml version="1.0"?><rss><channel><item><title>T</title></item></channel></rss>'
    journal = b"<article><front><journal-meta/></front><body><p>Text.</p></body></article>"
    assert not looks_like_factiva_xml(Source.of_bytes(feed, "x.xml"))
    assert not looks_like_factiva_xml(Source.of_bytes(journal, "x.xml"))
    assert looks_like_factiva_xml(Source.of_bytes(file().encode("utf-16"), "x.xml"))
