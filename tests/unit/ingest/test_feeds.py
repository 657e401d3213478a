from datetime import date
from pathlib import Path

import pytest

from geostance.ingest import feeds
from geostance.ingest.feeds import looks_like_feed, read_feed
from geostance.ingest.records import Document, Rejected
from geostance.ingest.sources import Source
from geostance.settings.corpus import IngestSettings

SAMPLES = Path(__file__).parents[2] / "cases" / "exports" / "feed"
ITEM = "<item><title>Titre {0}</title><guid>g{0}</guid><description>Texte {0}.</description></item>"


def read(data: str | bytes) -> list[Document | Rejected]:
    data = data.encode() if isinstance(data, str) else data
    return list(read_feed(Source.of_bytes(data, "a.xml"), IngestSettings()))


def rss(items: str, before: str = "") -> str:
    return (
        f"<?xml version='1.0'?>{before}<rss version='2.0'><channel><title>Le Phare</title>{items}"
    )


def test_items_of_rss():
    first, second = read(SAMPLES.joinpath("rss.xml").read_bytes())
    assert first == Document(
        text="La digue de Montclavel a tenu toute la nuit.\nLes pompiers parlent d’un miracle.",
        position=1,
        key="phare-1",
        outlet="Le Phare & la Rade",
        title="La digue tient",
        date=date(2024, 3, 12),
        date_precision="day",
        url="https://phare.example/digue",
        language="fr-FR",
        extra={"author": "Anne Roux", "section": "Régions; Météo", "source_id": "phare-1"},
    )
    assert second.text == "Le port ferme ses portes lundi, après trente ans de service."
    assert second.extra == {"author": None, "section": None, "source_id": "phare-2"}


def test_entries_of_atom():
    (entry,) = read(SAMPLES.joinpath("atom.xml").read_bytes())
    assert entry.text == "Вчера в Каменоборске закрыли мост.\nГород остался без хлеба."
    assert (entry.key, entry.url) == ("urn:mayak:1", "https://mayak.example/most")
    # The day as it is printed there, not as it was in Greenwich.
    assert (entry.date, entry.language) == (date(2024, 3, 14), "ru")


@pytest.mark.parametrize("encoding", ["windows-1251", "koi8-r", "utf-16", "utf-8"])
def test_feeds_are_read_in_the_encoding_that_they_declare(encoding):
    feed = rss("<item><title>Мост закрыт</title></item>")
    feed = feed.replace("?>", f" encoding='{encoding}'?>", 1).encode(encoding)
    assert [item.title for item in read(feed)] == ["Мост закрыт"]


def test_one_bad_byte_leaves_the_rest_as_it_is():
    feed = rss("<item><title>L’été</title></item>").encode() + b"<item><title>\xff</title></item>"
    assert read(feed)[0].title == "L’été"


def test_rdf_feeds_are_feeds_and_other_rdf_is_not():
    feed = (
        '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" '
        'xmlns="http://purl.org/rss/1.0/"><channel><title>La Rade</title></channel>'
        "<item><title>Un</title><description>Un texte.</description></item></rdf:RDF>"
    )
    assert looks_like_feed(Source.of_bytes(feed.encode(), "a.txt"))
    assert [item.outlet for item in read(feed)] == ["La Rade"]
    assert not looks_like_feed(Source.of_bytes(b"<rdf:RDF><x/></rdf:RDF>", "a.rdf"))


def test_links_lose_their_proxy():
    item = "<item><title>Un</title><link>https://www-phare-fr.proxy.univ-rade.fr/a</link></item>"
    assert read(rss(item))[0].url == "https://www.phare.fr/a"


def test_an_item_with_a_headline_only_is_kept_and_an_empty_one_is_not():
    first, second = read(rss("<item><title>Un</title></item><item><guid>2</guid></item>"))
    assert (first.title, first.text) == ("Un", "")
    assert second == Rejected("empty", 2)


def test_a_date_that_is_none_is_kept_as_written():
    (item,) = read(rss("<item><title>Un</title><pubDate>avant-hier</pubDate></item>"))
    assert (item.date, item.extra["unread_date"]) == (None, "avant-hier")


def test_a_cut_feed_gives_the_items_before_the_cut():
    found = read(rss("".join(map(ITEM.format, range(5))))[:-30])
    assert [item.title for item in found][:4] == [f"Titre {n}" for n in range(4)]


BOMB = "<!DOCTYPE rss [<!ENTITY a 'aaaaaaaaaa'>{}]>".format(
    "".join(f"<!ENTITY {chr(98 + n)} '{f'&{chr(97 + n)};' * 10}'>" for n in range(9))
)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
@pytest.mark.parametrize(
    "declared", [BOMB, "<!DOCTYPE rss [<!ENTITY x SYSTEM 'file:///etc/passwd'>]>"]
)
def test_feeds_that_declare_entities_are_refused(declared, encoding):
    feed = rss("<item><title>&j;&x;</title></item>", declared)
    assert read(feed.encode(encoding)) == [Rejected("a feed that declares entities of its own")]


def test_a_tower_of_elements_is_refused():
    feed = rss("<item><description>" + "<a>" * 100_000)
    assert read(feed) == [Rejected("elements too deep in one another")]


def test_a_feed_too_large_for_the_parser_is_refused(monkeypatch):
    monkeypatch.setattr(feeds, "MAX_BYTES", 2**20)
    (record,) = read(rss(ITEM.format("x" * 2**20)))
    assert record.reason == "a feed of more than 1 MB"


def test_a_feed_without_items_says_so():
    assert read(rss("")) == [Rejected("a feed without items")]
