import numpy as np
import polars as pl
import pytest

from geostance.schema import empty_table
from geostance.settings.topics import StabilitySettings, TopicSettings
from geostance.topics import Passages, TopicDocuments, TopicFit
from geostance.topics import fits as module
from geostance.topics.fits import (
    Ensemble,
    FitPlan,
    carried_out,
    of_documents,
    of_units,
    planned,
    renumbered,
)


@pytest.fixture
def documents():
    ids = [f"d{n}" for n in range(10)]
    vectors = np.eye(10, dtype=np.float32)
    return TopicDocuments.of(ids, [f"texte {n}" for n in range(10)], ["fr"] * 10, vectors)


@pytest.fixture
def seen(monkeypatch):
    """What each fit is given, in place of a fit."""
    given = []

    def fit(documents, settings, seed, guidance, passages, *, mapped):
        given.append((documents, seed, mapped))
        cut = empty_table("topic_passages")
        if passages:
            given[-1] = (*given[-1], passages)
            cut = passages.table.with_columns(topic=pl.lit(1, pl.Int64))
        topics = pl.DataFrame({"doc_id": documents.doc_ids, "topic": [0] * len(documents)})
        return TopicFit(topics, {}, (), passages=cut)

    monkeypatch.setattr(module, "fit_topics", fit)
    return given


def test_fits_differ_in_seed_and_every_second_is_of_a_part():
    plans = planned(StabilitySettings(fits=4, subsample_share=0.7), 1)
    assert [plan.kind for plan in plans] == ["seed", "subsample"] * 2
    assert [plan.share for plan in plans] == [1.0, 0.7] * 2
    assert len({plan.seed for plan in plans}) == 4


def test_more_fits_leave_those_made_before_as_they_were():
    assert planned(StabilitySettings(fits=9), 1)[:4] == planned(StabilitySettings(fits=4), 1)
    assert planned(StabilitySettings(fits=4), 1) != planned(StabilitySettings(fits=4), 2)


def test_a_part_is_drawn_with_its_seed_and_kept_in_order(documents, seen):
    plan = FitPlan("subsample", 3, 0.6)
    drawn = carried_out(plan, documents, TopicSettings())
    assert len(drawn) == 6 and drawn["doc_id"].is_sorted()
    assert carried_out(plan, documents, TopicSettings()).equals(drawn)
    given, seed, mapped = seen[0]
    assert (seed, mapped) == (3, False)
    # Each document keeps what is its own.
    assert all(given.texts[at] == f"texte {doc[1:]}" for at, doc in enumerate(given.doc_ids))
    assert (given.vectors.argmax(axis=1) == [int(doc[1:]) for doc in given.doc_ids]).all()


def test_shuffled_rows_reach_the_model_in_order(documents, seen):
    carried_out(FitPlan("shuffled", 3), documents, TopicSettings())
    assert seen[0][0].doc_ids == documents.doc_ids
    assert (seen[0][0].vectors == documents.vectors).all()


@pytest.mark.parametrize("plan", [FitPlan("subsample", 3, 0.6), FitPlan("shuffled", 3)])
def test_documents_take_their_passages_along(documents, seen, plan):
    owners = [doc_id for doc_id in documents.doc_ids for _ in range(2)]
    table = pl.DataFrame({"doc_id": owners, "passage": [0, 1] * 10})
    ids = [f"{doc_id}-{passage:04}" for doc_id, passage in table.iter_rows()]
    units = TopicDocuments.of(ids, ids, ["fr"] * 20, np.eye(20, dtype=np.float32))
    fit = carried_out(plan, documents, TopicSettings(), None, Passages(units, table))
    (given, _, _, passages), drawn = seen[0], set(seen[0][0].doc_ids)
    assert passages.table.equals(table.filter(pl.col("doc_id").is_in(list(drawn))))
    assert passages.units.doc_ids == passages.units.texts
    assert passages.units.doc_ids == [one for one in ids if one[:2] in drawn]
    assert of_documents(fit)["doc_id"].to_list() == given.doc_ids
    assert of_documents(fit)["topic"].unique().to_list() == [0]
    assert of_units(fit)["doc_id"].to_list() == passages.units.doc_ids
    assert of_units(fit)["topic"].unique().to_list() == [1]


def test_where_no_passage_was_cut_documents_are_what_is_clustered(documents, seen):
    fit = carried_out(FitPlan("seed", 3), documents, TopicSettings())
    assert of_units(fit).equals(of_documents(fit))


def test_fits_lie_side_by_side_over_the_documents():
    fits = [
        pl.DataFrame({"doc_id": ["b", "a", "c"], "topic": [0, 1, -1]}),
        pl.DataFrame({"doc_id": ["c", "a"], "topic": [5, 5]}),
    ]
    assert Ensemble.of(["a", "b", "c"], fits).labels.tolist() == [[0, 1, -1], [0, -2, 0]]


def test_topics_are_numbered_by_their_first_document():
    assert renumbered(np.array([-1, 7, 2, 7, -2, 0])).tolist() == [-1, 0, 1, 0, -2, 2]
