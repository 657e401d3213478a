import polars as pl
import pytest

from geostance.schema import check_table
from geostance.validate.failures import scorer_errors

TEXTS = pl.DataFrame({"doc_id": list("abcde"), "title": list("ABCDE"), "outlet": "Le Phare"})
SENTENCES = pl.DataFrame({"sentence_id": ["a-1"], "text": ["The alliance kept its promise."]})


@pytest.fixture
def found(make_stance, make_labels):
    """One of each kind of error, and one label that the scorer shares."""
    stance = make_stance(("a", "nato", 1), ("b", "nato", 0), ("d", "nato", 1), ("e", "nato", -1))
    stance = stance.with_columns(
        evidence=pl.when(pl.col("doc_id") == "a").then(pl.lit(["a-1", "a-2"]))
    )
    labels = make_labels(
        ("a", "nato", -1, "ana"),
        ("b", "nato", 1, "ana"),
        ("c", "nato", 1, "ana"),
        ("d", "nato", None, "ana"),
        ("e", "nato", -1, "ana"),
    )
    return scorer_errors(labels, stance, SENTENCES, TEXTS)


def test_errors_come_with_their_kind_the_worst_first(found):
    check_table(found, "scorer_errors", where="here")
    assert found.select("title", "kind", "label", "predicted", "gap").rows() == [
        ("A", "opposite", -1, 1, pytest.approx(1.7)),
        ("B", "class", 1, 0, pytest.approx(1)),
        ("C", "missed", 1, 0, pytest.approx(1)),
        ("D", "invented", None, 1, pytest.approx(0.7)),
    ]


def test_an_error_shows_what_the_scorer_read(found):
    assert found.select("sentence", "p_label").rows() == [
        ("The alliance kept its promise.", pytest.approx(0.1)),
        (None, pytest.approx(0.1)),
        (None, None),
        (None, None),
    ]
