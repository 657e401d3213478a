import re
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geostance.ingest import Document, Rejected, Source, read_corpus
from geostance.ingest.nexis import looks_like_nexis_txt, read_nexis_txt
from geostance.ingest.nexis.heads import read_head, split_section
from geostance.settings.corpus import IngestSettings

CASES = Path(__file__).parents[2] / "cases" / "exports" / "nexis-txt"
FILES = ("english.txt", "french.txt", "german.txt")
EXTRAS = (
    *("author", "section", "page", "word_count", "source_id", "edition", "copyright"),
    *("load_date", "publication_type", "dateline", "subjects", "companies", "regions", "notes"),
)


def read(data: bytes | str):
    data = data.encode() if isinstance(data, str) else data
    return list(read_nexis_txt(Source.of_bytes(data, "export.txt"), IngestSettings()))


def case(name: str) -> bytes:
    return (CASES / name).read_bytes()


def extra(**given_by_the_source):
    return {**dict.fromkeys(EXTRAS), **given_by_the_source}


EXPECTED = {
    "english.txt": [
        Document(
            text="The council found the money in the budget for the summer fair, and nobody in the "
            "hall spoke against it.\n"
            "The wall that keeps the old town dry will be half a metre higher by the spring, the "
            "mayor said on Monday, and no family will have to move for it while the work goes on.\n"
            "Three measures were named in the hall. The plan says of the new gate that it has the "
            "right size for the boats:\n"
            "LENGTH: 19.43 metres. WIDTH: 7 metres. The mayor read both figures out twice.\n"
            "Tides above four metres:\n1998 3\n2005 7\n2009 11\n"
            "ANNOUNCER: The gate opens at noon.\n"
            "The last word of the evening was left to the harbour master, who has kept the book of "
            "tides for thirty years and knows every one of them.",
            position=1,
            key="1",
            outlet="The Harbour Gazette (Port Ellery)",
            title="The sea wall of 1998 will be raised again; Fishing families had asked for it "
            "since the storm, and the council gave way in the end",
            date=date(2010, 1, 11),
            date_precision="day",
            language="en",
            extra=extra(
                author="Ada Quill, Tom Brook, Mira Sand, Otto Lang, Ines Field, Louis Stone, "
                "Vera Hill, Paul Reed",
                section="NEWS",
                page="3",
                word_count="1234",
                edition="Edition 1; North Shore",
                copyright="Copyright 2010 Harbour Press Ltd. All Rights Reserved",
                load_date="January 12, 2010",
                publication_type="Newspaper",
                notes="The harbour master, second from left, shows the mark that the storm of 1998 "
                "left on the door of the old custom house COAST PICTURES; JOURNAL-CODE: HGZ",
            ),
        ),
        Rejected("an error document of Nexis: it was not possible to display it", 2),
        Document(
            text="The ferry to the islands sailed again on Sunday, nine days after its engine had "
            "failed in the middle of the sound.\nIt was full. cna ab",
            position=3,
            key="3",
            outlet="Coast News Agency",
            title="LEADALL: Ferry back in service after nine days",
            date=date(2003, 4, 20),
            date_precision="day",
            language="en",
            extra=extra(
                section="Politics",
                word_count="49",
                copyright="Copyright 2003 Coast News Agency",
                load_date="April 20, 2003",
                dateline="Sundhaven",
            ),
        ),
        Document(
            text="Cranes were few.\nNo port of the coast ordered a new one, and two of the old "
            "ones were sold to a yard abroad.",
            position=4,
            key="4",
            outlet="Quarterly Reports on Ports, Harbours, Canals and the Transportation of Goods",
            title="Cranes - Q1 2009",
            date=date(2009, 1, 1),
            date_precision="month",
            url="https://www.harbour-gazette.com/2009/cranes.html",
            extra=extra(
                copyright="Copyright 2009 Northern Market Monitor International Ltd., All Rights "
                "Reserved",
                load_date="January 28, 2011",
            ),
        ),
        Rejected("no text", 5, "Out on the pier"),
    ],
    "french.txt": [
        Document(
            text="Tandis que les bateaux rentraient au port, les élus de la côte ont reçu les "
            "pêcheurs dans la salle des fêtes, où chacun avait apporté sa chaise.\n"
            "Le vote aura lieu dimanche.\nPersonne ne sait qui l'emportera.",
            position=1,
            key="1",
            outlet="Le Phare du Nord",
            title="À quelques jours du vote, la rencontre des pêcheurs et des élus de la côte; "
            "La digue des Vingt-Cinq",
            date=date(2003, 5, 17),
            date_precision="day",
            language="fr",
            extra=extra(
                author="Sophie LARIVE",
                section="CULTURE",
                page="EPH8",
                word_count="1543",
                copyright="Copyright 2003 Le Phare du Nord Tous Droits Réservés",
                load_date="04 novembre 2003",
                publication_type="Quotidien",
                subjects="PÊCHE (90%); DIGUE ET PORT (88%)",
                companies="PHARE ET FILS SA (57%)",
                regions="EUROPE DE L'OUEST (90%); FRANCE (55%)",
                notes="CODE-REVUE: PHARE",
            ),
        ),
        Document(
            text="La course des îles partira vendredi comme prévu, malgré les doutes qui avaient "
            "couru sur les quais toute la semaine.\n"
            "LE VENT ne fait peur à personne ici. La course partira donc à l'heure, avec "
            "vingt-huit bateaux, dont trois venus de l'autre rive.\n"
            "Rien ne changera plus, dit le président.",
            position=2,
            key="2",
            outlet="La Marée",
            title="La course des îles partira à l'heure; Le vent est tombé dans la nuit, et les "
            "organisateurs ont confirmé le départ des vingt-huit bateaux inscrits",
            date=date(2003, 3, 27),
            date_precision="day",
            language="fr",
            extra=extra(
                author="Gaëlle Dune, Frédéric Potier, Olivier Zéphyr (avec P. G. à Port-aux-Moines)",
                section="Sports",
                word_count="876",
                copyright="Copyright 2003 La Marée",
            ),
        ),
        Document(
            text="Les quais sont vides.",
            position=3,
            key="3",
            outlet="Revue des ports",
            title="Les quais d'hiver",
            date=date(2011, 4, 1),
            date_precision="month",
            extra=extra(
                word_count="42",
                copyright="Copyright 2011 Revue des ports Tous droits réservés",
                load_date="11 avril 2011",
                notes="LANGUE: BRETON; BREZHONEG",
            ),
        ),
    ],
    "german.txt": [
        Document(
            text="Im Juli ist der Deich leicht ins Rutschen geraten. Die Ausbesserungsarbeiten "
            "stiegen überraschend um ein Zehntel, und die Gemeinde zahlt nun mehr, als sie im "
            "Frühjahr beschlossen hatte.",
            position=1,
            key="1",
            outlet="Küsten-Zeitung",
            title="Der Deich wird höher; Gemeinde zahlt mehr als erwartet",
            date=date(2011, 8, 31),
            date_precision="day",
            language="de",
            extra=extra(
                author="MF Nordhafen",
                section="Ausg. 167",
                page="7",
                word_count="306",
                copyright="Copyright 2011 Herausgebergemeinschaft Küsten-Mitteilungen Kehrwieder, "
                "Lehmkuhl GmbH & Co. KG Alle Rechte Vorbehalten",
                load_date="2. September 2011",
                publication_type="Zeitung",
            ),
        ),
        Document(
            text="Eine Fähre vor zwei Jahren hätte die Inseln zum größten Empfänger der Küste "
            "gemacht.\n"
            "Wieden. Wäre die Fähre im Jahr 2001 gebaut worden, so wäre sie heute die größte der "
            "Küste, allerdings dicht gefolgt von zwei anderen.\nDie Kosten sind hoch.",
            position=2,
            key="2",
            outlet="Hafenblatt",
            title="NEUE FÄHRE FÜR DIE INSELN",
            date=date(2003, 4, 15),
            date_precision="day",
            language="de",
            extra=extra(
                author="Silvia Meier",
                section="WIRTSCHAFT",
                page="3",
                word_count="382",
                copyright="Copyright 2003 Hafenblatt Verlag AG",
                load_date="14. April 2003",
                dateline="Wieden",
                notes="Die Fähre hat seit dem Winter drastisch an Wert verloren",
            ),
        ),
    ],
}


@pytest.mark.parametrize("name", FILES)
def test_every_field_of_every_record(name):
    assert read(case(name)) == EXPECTED[name]


@pytest.mark.parametrize("name", FILES)
def test_exports_are_told_by_their_content(name):
    assert looks_like_nexis_txt(Source.of_bytes(case(name), "renamed.dat"))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "La digue tient.\n\nPour combien de temps ?\n",
        "The clerk found 3 of 5 DOCUMENTS in the box.\n\nLENGTH: nobody knows.\n",
        "The box is empty.\n\n    3 of 5 documents\n\nThe rest is lost.\n",
        "LENGTH: 300 words\n\nBYLINE: Ada Quill\n\nA text that only has the labels.\n",
        "<html><body><p>1 of 2 DOCUMENTS</p><p>LENGTH: 5 words</p></body></html>",
    ],
)
def test_ordinary_texts_and_pages_are_not_taken(text):
    assert not looks_like_nexis_txt(Source.of_bytes(text.encode(), "a.txt"))


def test_the_whole_corpus_path_reads_exports(tmp_path):
    for name in FILES:
        (tmp_path / name).write_bytes(case(name))
    documents, rejected = read_corpus(tmp_path, IngestSettings(max_rejected_share=0.5))
    assert documents["position"].to_list() == [1, 3, 4, 1, 2, 3, 1, 2]
    assert rejected["reason"].to_list()[1] == "no text"


RECORD = "\n\n".join(
    [
        "{mark}",
        "                                   La Marée",
        "                                  {date}",
        "Un titre",
        "LONGUEUR: 2 mots",
        "Un texte.",
        "LANGUE: FRENCH",
        "\n",
    ]
)


def record(mark="1 of 1 DOCUMENTS", date="12 mars 2004"):
    return RECORD.format(mark=mark, date=date)


def test_fewer_records_than_the_numbering_says_are_cut_off():
    found = read(record("1 of 3 DOCUMENTS") + record("2 of 3 DOCUMENTS"))
    assert [type(one) for one in found] == [Document, Document, Rejected]
    assert found[2].reason == "cut off: 2 of 3 documents"
    assert found[2].position == 3


def test_a_range_of_a_larger_search_is_whole():
    assert len(read(record("2,001 of 2,002 DOCUMENTS") + record("2,002 of 2,002 DOCUMENTS"))) == 2


def test_the_cover_says_how_many_were_asked_for():
    cover = "Print Request: Selected Items: 1, 3-4\nTime Of Request: Friday 16:51:31\n\n\n"
    one, two = record("1 of 900 DOCUMENTS"), record("3 of 900 DOCUMENTS")
    assert read(cover + one + two)[2].reason == "cut off: 2 of 3 documents"
    assert len(read(cover + one + two + record("4 of 900 DOCUMENTS"))) == 3


def test_exports_put_together_are_read_without_the_covers_between_them():
    cover = "Print Request: All Documents: 1-1\nTime Of Request: Friday 16:51:31\n\nSend To: me\n\n"
    found = read(cover + record() + cover + record())
    assert [one.text for one in found] == ["Un texte."] * 2


def test_a_last_record_without_its_closing_fields_is_cut_off():
    whole = record("1 of 2 DOCUMENTS") + record("2 of 2 DOCUMENTS")
    found = read(whole[: whole.rindex("texte")])
    assert [type(one) for one in found] == [Document, Rejected]
    assert found[1].reason == "cut off: 1 of 2 documents"
    assert found[1].excerpt.endswith("Un")


def test_labels_within_the_text_are_of_the_text():
    body = "\n\n".join(
        [
            "UPDATE: 3 people died in 2010, the mayor said.",
            "TEXT: of the treaty.",
            "CLASSIFICATION: SECRET",
            "LANGUAGE: French or English, nobody knew.",
            "Fin.",
        ]
    )
    found = read(record().replace("Un texte.", f"Un texte.\n\n{body}"))[0]
    assert found.text.split("\n") == ["Un texte.", *body.split("\n\n")]
    assert found.language == "fr"


def test_closing_fields_above_the_text_do_not_hide_it():
    fields = "LANGUE: FRENCH\n\nDATE-CHARGEMENT: 12 mars 2004\n\nUn texte."
    found = read(record().replace("Un texte.", fields))[0]
    assert (found.text, found.extra["load_date"]) == ("Un texte.", "12 mars 2004")


@pytest.mark.parametrize(
    ("written", "read_as", "precision"),
    [
        ("Mardi 10 Décembre 2019", date(2019, 12, 10), "day"),
        ("10 décembre 2019 mardi 3:00 AM GMT", date(2019, 12, 10), "day"),
        ("Dienstag 10.Dezember 2019", date(2019, 12, 10), "day"),
        ("2019-12-10", date(2019, 12, 10), "day"),
        ("December 2019", date(2019, 12, 1), "month"),
        ("2019", date(2019, 1, 1), "year"),
    ],
)
def test_dates_are_read_as_sources_write_them(written, read_as, precision):
    found = read(record(date=written))[0]
    assert (found.date, found.date_precision) == (read_as, precision)
    assert found.extra["edition"] is None


def test_a_date_that_cannot_be_is_kept_as_written():
    found = read(record(date="32 mars 2004"))[0]
    assert found.date is None
    assert found.extra["unread_date"] == "32 mars 2004"


def test_a_season_is_told_from_the_outlet_and_the_edition():
    head = read_head(["Revue 2000\nÉdition de Brest", "Printemps 2011", "Tome 4"], date(2026, 1, 1))
    assert (head.outlet, head.written, head.editions) == (
        "Revue 2000",
        "Printemps 2011",
        ["Tome 4"],
    )
    assert head.notes == ["Édition de Brest"]


@pytest.mark.parametrize(
    ("section", "split"),
    [
        ("INTERNATIONAL; Pg. 35", ("INTERNATIONAL", "35")),
        (
            "Section B; Page 22, Column 2; National Desk",
            ("Section B; Column 2; National Desk", "22"),
        ),
        ("ECONOMIE; Blz. 9", ("ECONOMIE", "9")),
        ("Cover Story; Pg.22", ("Cover Story", "22")),
        ("S. 7", (None, "7")),
        ("Pg. EPH8, EPH9", (None, "EPH8, EPH9")),
        ("Page Three Girls", ("Page Three Girls", None)),
        ("", (None, None)),
    ],
)
def test_pages_are_taken_out_of_sections(section, split):
    assert split_section(section) == split


def test_a_head_that_lost_its_layout_is_read():
    found = read(
        "3 of 3 DOCUMENTS\n\n\nLa Marée\n\nhttp://www.maree.fr/2016/\n-a.html\n\n"
        "3 avril 2016 dimanche\n\nUn titre\n\n184 mots\n\n\n   Un texte.\n"
    )[0]
    assert (found.outlet, found.title, found.text) == ("La Marée", "Un titre", "Un texte.")
    assert (found.date, found.url) == (date(2016, 4, 3), "http://www.maree.fr/2016/-a.html")
    assert found.extra["word_count"] == "184"


def test_lines_that_were_never_broken_stay_paragraphs():
    long = "Un long paragraphe que personne n'a coupé, " * 4 + "fin."
    body = f"{long}\n{long}\n\n{long}"
    found = read(record().replace("Un texte.", body))[0]
    assert found.text == "\n".join([long] * 3)


def test_an_article_that_quotes_the_error_message_is_kept():
    message = "There is an error in this document and it is not possible to display it"
    body = f"{message}, the page said. " + "Nobody knew why. " * 20
    assert isinstance(read(record().replace("Un texte.", body))[0], Document)


MARK = re.compile(rb"\d of \d DOCUMENTS?|Dokument \d von \d|Document \d de \d")


@given(name=st.sampled_from(FILES), cut=st.integers(0))
def test_cut_anywhere_the_whole_records_are_kept(name, cut):
    data = case(name)
    cut %= len(data) + 1
    begins = [mark.start() for mark in MARK.finditer(data[:cut])]
    found = read(data[:cut])
    whole = max(len(begins) - 1, 0)
    assert found[:whole] == EXPECTED[name][:whole]
    assert len(found) <= len(begins) + 1


@given(st.binary(max_size=300))
def test_any_bytes_end_in_records(noise):
    data = record().encode()
    at = len(noise) % len(data)
    for one in read(data[:at] + noise + data[at:]):
        assert isinstance(one, Document | Rejected)
