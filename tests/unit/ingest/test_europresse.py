from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geostance.ingest import Document, Rejected, Source, read_corpus
from geostance.ingest.europresse import looks_like_europresse, read_europresse
from geostance.settings.corpus import IngestSettings

CASES = Path(__file__).parents[2] / "cases" / "exports" / "europresse"
FILES = ("before-2013.html", "2015.html", "2021.html", "2023.html")
SETTINGS = IngestSettings()


def read(data: bytes | str, name: str = "export.html", settings=SETTINGS):
    data = data.encode() if isinstance(data, str) else data
    return list(read_europresse(Source.of_bytes(data, name), settings))


def case(name: str) -> bytes:
    return (CASES / name).read_bytes()


def text_of(name: str) -> str:
    return case(name).decode()


def extra(**given_by_the_source):
    names = ("author", "section", "page", "word_count", "source_id")
    names += ("edition", "kicker", "subtitle", "notes")
    return {**dict.fromkeys(names), **given_by_the_source}


EXPECTED = {
    "before-2013.html": [
        Document(
            text="La jetée sera relevée au printemps : c'est dit. Le vote fut serré.\n"
            "Les pêcheurs attendaient cela depuis l'été.",
            position=1,
            key="news·20121002·EPH·2040056",
            outlet="L'Écho du Phare",
            title="Le port garde sa digue",
            date=date(2012, 10, 2),
            date_precision="day",
            extra=extra(section="Politique", source_id="news·20121002·EPH·2040056"),
        ),
        Document(
            text="Le chenal s'envase. Voir http://www.marees.example.com/chenal pour la carte.\n"
            "Le reste attendra.",
            position=2,
            key="news·20121004·LMA·1856190",
            outlet="La Lettre des Marées",
            title="Pourquoi il faut draguer",
            date=date(2012, 10, 4),
            date_precision="day",
            extra=extra(
                author="Ysolde Kermoran",
                section="Éditorial",
                page="03",
                source_id="news·20121004·LMA·1856190",
                edition="no. 5968",
                kicker="Chronique d'automne",
                notes="Note(s) :\n(1) Levé de mars.",
            ),
        ),
    ],
    "2015.html": [
        Document(
            text="La criée a rouvert lundi.",
            position=1,
            key="news·20060315·EPH·0q1503_1256",
            outlet="L'Écho du Phare",
            title="La criée rouvre",
            # As printed; the id bears the day on the paper's front page.
            date=date(2006, 3, 14),
            date_precision="day",
            extra=extra(
                author="Maël Tanguy",
                section="Mer",
                page="16",
                source_id="news·20060315·EPH·0q1503_1256",
                kicker="PÊCHE",
                notes="Illustration(s) :\nLe quai nord.",
            ),
        ),
        Document(
            text="Both sides met on Thursday.",
            position=2,
            key="web·20151113·HPO·77_12",
            outlet="The Harbour Post (web site)",
            title="Ferry talks resume",
            date=date(2015, 11, 13),
            date_precision="day",
            url="http://www.harbourpost.example.com/ferry",
            extra=extra(
                section="World",
                source_id="web·20151113·HPO·77_12",
                edition="The Harbour Post",
                notes="Note(s) :\nUpdated at noon.",
            ),
        ),
    ],
    "2021.html": [
        Document(
            text="Un essai de six mois.\n"
            "Les riverains restent partagés.\n"
            "Le maire, non.\n"
            "La machine produit de l'hydrogène « au cours des essais » en mer, pour 75 €. "
            "Écrire à ou lire http://www.phare.example.com/essai.\n"
            "Première phase.\n"
            "Seconde phase.\n"
            "Mois | Tours\n"
            "mai | 12\n"
            "Fin.",
            position=1,
            key="news·20070212·EPH·842×20×241",
            outlet="L'Écho du Phare",
            title="L'hydrolienne tourne « enfin »",
            date=date(2007, 2, 12),
            date_precision="day",
            extra=extra(
                author="Ysolde Kermoran; Paol Riou",
                section="Ports | Que faire ? ; Suite",
                page="EPH8",
                word_count="441",
                source_id="news·20070212·EPH·842×20×241",
                edition="no. 19424; 1e EDITION",
                kicker="Entreprises | Énergie",
                subtitle="Un essai de six mois.",
                notes="Encadré(s) :\nRepères\nTrois pales.\nNote(s) :\nLire page 2",
            ),
        ),
        Document(
            text="Rendez-vous samedi.",
            position=2,
            key="news·20180801·JUS·rade1",
            outlet="Le Jusant",
            title="La fête des quais",
            date=date(2018, 8, 1),
            date_precision="day",
            extra=extra(
                page="4,5,6,8",
                word_count="83",
                source_id="news·20180801·JUS·rade1",
                edition="Rade Nord ; Rade Sud; Presqu'île",
            ),
        ),
        Document(
            text="Rendez-vous samedi.",
            position=3,
            key="news·20180801·JUS·estuaire1",
            outlet="Le Jusant",
            title="La fête des quais",
            date=date(2018, 8, 1),
            date_precision="month",
            extra=extra(
                word_count="83", source_id="news·20180801·JUS·estuaire1", edition="Estuaire"
            ),
        ),
        Rejected("no text, only a link", 4, "Marée noire évitée"),
    ],
    "2023.html": [
        Document(
            text="Les navires attendent au large.\nLe trafic a repris mardi.",
            position=1,
            key="news·20231023·JUSW·1158326_80496",
            outlet="Le Jusant (site web) - Jusant",
            title="Cap Brume, le détroit change de main",
            date=date(2023, 10, 23),
            date_precision="day",
            url="https://www.jusant.fr/monde/detroit.html",
            extra=extra(
                author="Azenor Le Goff",
                section="Monde",
                word_count="1455",
                source_id="news·20231023·JUSW·1158326_80496",
                kicker="Le large vu d'ici",
                subtitle="Les navires attendent au large.",
                notes="Illustration(s) :\nLe phare, mardi.",
            ),
        ),
        Document(
            text="Abstract only.",
            position=2,
            key="news·20221222·HRV·4",
            outlet="Reports - Harbour Review",
            title="Tides and trade",
            date=date(2022, 12, 22),
            date_precision="day",
            extra=extra(page="819(40)", word_count="13887", source_id="news·20221222·HRV·4"),
        ),
        Rejected("no text", 3, "Sommaire"),
    ],
}


@pytest.mark.parametrize("name", FILES)
def test_every_field_of_every_layout(name):
    assert read(case(name)) == EXPECTED[name]


@pytest.mark.parametrize("name", FILES)
def test_an_export_is_told_by_its_markup_and_read_as_such(name, tmp_path):
    (tmp_path / name).write_bytes(case(name))
    documents, rejected = read_corpus(tmp_path, IngestSettings(max_rejected_share=0.5))
    kept = [record for record in EXPECTED[name] if isinstance(record, Document)]
    assert documents["title"].to_list() == [document.title for document in kept]
    assert documents["doc_id"].n_unique() == len(kept)
    assert len(rejected) == len(EXPECTED[name]) - len(kept)


@pytest.mark.parametrize(
    "page",
    [
        "<html><body><article><header><h1>Titre</h1></header><p>Texte.</p></article></body></html>",
        # A page about these exports shows their markup, but has none of it.
        "<pre>&lt;span class=&quot;DocPublicationName&quot;&gt;</pre><p>Écrire un lecteur.</p>",
        '<div id="article-PHARE0020240312" class="article"><div class="article frArticle">'
        "<b>HD</b>&nbsp;Titre</div></div>",
        '<a name="DOC_ID_0_0"></a><div class="c0"><p class="c1">1 of 2 DOCUMENTS</p></div>',
        # Such markup as a field of a table or inside an archive is that format's.
        '{"text": "<span class=\'DocPublicationName\'>Le Phare</span>"}',
        "WARC/1.0\r\n\r\n<span class='DocPublicationName'>Le Phare</span>",
        "",
    ],
)
def test_other_pages_are_not_taken(page):
    assert not looks_like_europresse(Source.of_bytes(page.encode(), "a.html"))


@pytest.mark.parametrize("name", FILES)
def test_nothing_tells_where_the_reader_studies(name):
    written = repr(read(case(name))).lower()
    for trace in ("brume.fr", "université de brume", "universite-de-brume", "mist", "proxy"):
        assert trace not in written


def test_the_declared_encoding_does_not_count():
    name = "before-2013.html"
    # Declared as ISO-8859-1, it is UTF-8; here it is what it says.
    assert read(text_of(name).encode("cp1252")) == EXPECTED[name]


def test_tags_in_capitals_and_missing_ids():
    page = (
        text_of("2015.html").replace("<article>", "<ARTICLE >").replace("</article>", "</ARTICLE>")
    )
    page = page.replace("news·20060315·EPH·0q1503_1256", "")
    first, second = read(page)
    assert (first.key, first.extra["source_id"]) == ("1", None)
    assert second == EXPECTED["2015.html"][1]


@pytest.mark.parametrize(
    ("header", "section", "day", "precision", "words", "page"),
    [
        (
            "Spécial 2 mars 2006, mercredi 15 mars 2006, p. 2",
            "Spécial 2 mars 2006",
            15,
            "day",
            None,
            "2",
        ),
        ("Hiver 2006 412 mots", None, 15, "day", "412", None),
        ("Mer, mars 2006 - 01:00 441 mots, p. 17, 21", "Mer", 1, "month", "441", "17, 21"),
        ("Mer, 14 mars 2006 - 09:12 +0200 1 455 mots", "Mer", 14, "day", "1455", None),
        ("World, March 14, 2006 1,455 words, p. A1", "World", 14, "day", "1455", "A1"),
        ("", None, 15, "day", None, None),
    ],
)
def test_the_header_line(header, section, day, precision, words, page):
    written = "Mer, mardi 14 mars 2006, p. 16"
    found = read(text_of("2015.html").replace(written, header))[0]
    assert (found.date, found.date_precision) == (date(2006, 3, day), precision)
    assert [found.extra[name] for name in ("section", "word_count", "page")] == [
        section,
        words,
        page,
    ]


def test_a_date_beyond_the_latest_is_none_and_kept_as_written():
    first = read(case("2015.html"), settings=IngestSettings(latest_date=date(2000, 1, 1)))[0]
    assert (first.date, first.date_precision) == (None, None)
    assert first.extra["unread_date"] == "Mer, mardi 14 mars 2006, p. 16"


@pytest.mark.parametrize("damage", ["<!-- left open ", "<div>" * 300])
def test_a_record_that_cannot_be_parsed_is_rejected_alone(damage):
    before, after = text_of("2021.html").split("Rendez-vous samedi.", 1)
    records = read(f"{before}{damage}Rendez-vous samedi.{after}")
    assert records[0] == EXPECTED["2021.html"][0]
    assert records[2:] == EXPECTED["2021.html"][2:]
    assert records[1].reason.startswith("cannot be parsed to its end")
    assert records[1].excerpt.startswith("Le Jusant Rade Nord")


def test_a_page_without_articles_is_rejected():
    page = "<style>.DocPublicationName{}.titreArticleVisu{}</style><p>0 résultat</p>"
    assert looks_like_europresse(Source.of_bytes(page.encode(), "a.html"))
    assert [record.reason for record in read(page)] == ["no article in this Europresse page"]


def test_the_excerpt_of_a_cut_record_stops_before_the_certificate():
    page = text_of("2023.html")
    end = page.index("UNIVERSITE-DE-BRUME </b>") + 24
    (cut,) = read(page[:end])
    assert cut.reason == "cut off: the record ends before its document number"
    assert cut.excerpt.startswith("Le Jusant (site web) - Jusant Monde, lundi 23 octobre 2023")
    assert "BRUME" not in cut.excerpt


def ends_of_records(name: str) -> list[int]:
    data = case(name)
    end = b"</article>"
    if name == "before-2013.html":
        end = b"<br><br><br>"  # It stands behind the document number only.
    parts = data.split(end)[:-1]
    return [sum(len(part) + len(end) for part in parts[: n + 1]) for n in range(len(parts))]


@given(name=st.sampled_from(FILES), share=st.floats(0, 1))
def test_a_cut_at_any_byte_keeps_the_records_that_were_whole(name, share):
    data = case(name)
    cut = round(share * len(data))
    whole = sum(end <= cut for end in ends_of_records(name))
    records = read(data[:cut])
    assert records[:whole] == EXPECTED[name][:whole]
    for last in records[whole:]:
        complete_but_for_its_end = last == EXPECTED[name][min(whole, len(EXPECTED[name]) - 1)]
        assert complete_but_for_its_end or last.reason.startswith(("cut off", "no article"))
    assert len(records) <= whole + 1
