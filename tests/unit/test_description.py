from datetime import date

import polars as pl
import pytest

from geostance.description import describe, measure
from geostance.schema import TABLES, empty_table

DAY = date(2024, 3, 12)


def block(text, kept=True, reason="body"):
    return {"text": text, "start": 0, "end": len(text), "kept": kept, "reason": reason}


def table(name, rows):
    """Rows of a table as mappings; columns left out are null."""
    schema = TABLES[name]
    return pl.DataFrame([dict.fromkeys(schema) | row for row in rows], schema=schema)


def cleaned(doc_id, text, *, title="T", language="fr", dropped=None, blocks=()):
    return {
        "doc_id": doc_id,
        "title": title,
        "text": text,
        "language": language,
        "dropped_reason": dropped,
        "blocks": [block(text), *blocks],
    }


@pytest.fixture
def corpus():
    """Two printings of one text, an undated Russian one, one set aside, one rejected."""
    advert = block("S'abonner", kept=False, reason="paywall")
    documents = table(
        "documents",
        [
            {"doc_id": "a", "outlet": "Le Phare", "title": "T", "date": DAY},
            {"doc_id": "b", "outlet": "L'Écho", "title": "T", "date": date(2025, 1, 2)},
            {"doc_id": "c", "outlet": "Le Phare"},
            {"doc_id": "d", "outlet": "Le Phare", "date": DAY},
        ],
    ).with_columns(section=pl.Series(["Monde", None, None, None]))
    return {
        "documents": documents,
        "rejected": table("rejected", [{"source": "x", "position": 1, "reason": "empty"}]),
        "cleaned": table(
            "cleaned",
            [
                cleaned("a", "Trois mots ici", blocks=[advert, advert]),
                cleaned("b", "Trois mots ici", blocks=[advert]),
                cleaned("c", "Семь раз отмерь, один раз отрежь", title=None, language="ru"),
                cleaned("d", "", dropped="empty", blocks=[advert]),
            ],
        ),
        "unique": table(
            "unique",
            [
                {"doc_id": "a", "cluster_id": "a", "cluster_size": 2, "is_representative": True},
                {"doc_id": "b", "cluster_id": "a", "cluster_size": 2, "is_representative": False},
                {"doc_id": "c", "cluster_id": "c", "cluster_size": 1, "is_representative": True},
            ],
        ),
    }


def described(corpus):
    return describe(
        corpus["documents"], corpus["rejected"], measure([corpus["cleaned"]]), corpus["unique"]
    )


def test_the_whole_is_counted_as_printed_and_once(corpus):
    groups = described(corpus).groups.filter(grouping="all")
    assert groups.row(0, named=True) == {
        "grouping": "all",
        "group": "all",
        "n_documents": 3,
        "n_distinct": 2,
        "n_outlets": 2,
        "first_date": DAY,
        "last_date": date(2025, 1, 2),
        "n_undated": 1,
        "n_untitled": 1,
        "n_words": 12,
        "median_words": 3.0,
    }


@pytest.mark.parametrize(
    ("grouping", "wanted"),
    [
        ("outlet", [("Le Phare", 2, 2), ("L'Écho", 1, 0)]),
        ("language", [("fr", 2, 1), ("ru", 1, 1)]),
        # The undated article belongs to no year.
        ("year", [("2024", 1, 1), ("2025", 1, 0)]),
        ("words", [("2", 2, 1), ("4", 1, 1)]),
    ],
)
def test_groups_stand_by_size(corpus, grouping, wanted):
    groups = described(corpus).groups.filter(grouping=grouping)
    assert groups.select("group", "n_documents", "n_distinct").rows() == wanted


@pytest.mark.parametrize(
    ("n_words", "low"),
    [(0, "0"), (1, "1"), (2, "2"), (3, "2"), (4, "4"), (1023, "512"), (1024, "1024")],
)
def test_a_length_class_begins_at_a_power_of_two(corpus, n_words, low):
    corpus["cleaned"] = table("cleaned", [cleaned("a", "mot " * n_words)])
    groups = described(corpus).groups.filter(grouping="words")
    assert groups["group"].to_list() == [low]


def test_a_field_is_missing_where_the_source_did_not_give_it(corpus):
    missing = described(corpus).missing
    rows = dict(missing.select("field", "n_missing").rows())
    assert rows == {"outlet": 0, "title": 1, "date": 1, "url": 3, "language": 3, "section": 2}
    assert missing.filter(field="section")["missing_share"][0] == pytest.approx(2 / 3)


def test_every_loss_has_its_reason_and_its_share(corpus):
    losses = described(corpus).losses
    assert losses.rows() == [
        ("rejected", "empty", 1, 1, 1 / 5),
        ("set_aside", "empty", 1, 1, 1 / 4),
        ("copy", "copy", 1, 1, 1 / 3),
        ("block", "paywall", 4, 3, 4 / 8),
    ]


def test_parts_give_the_same_as_the_whole(corpus):
    whole = described(corpus)
    parts = measure(corpus["cleaned"][n : n + 1] for n in range(4))
    again = describe(corpus["documents"], corpus["rejected"], parts, corpus["unique"])
    assert all(one.equals(other) for one, other in zip(whole, again, strict=True))


def test_an_empty_corpus_is_described_by_empty_tables():
    names = ("documents", "rejected", "unique")
    documents, rejected, unique = map(empty_table, names)
    found = describe(documents, rejected, measure([empty_table("cleaned")]), unique)
    assert found.groups.is_empty() and found.losses.is_empty()
    assert found.missing["missing_share"].null_count() == len(found.missing)
