"""Laws of matching topics across fits, and of their consensus."""

import numpy as np
import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from geostance.topics.consensus import consensus
from geostance.topics.fits import Ensemble, FitPlan, renumbered
from geostance.topics.overlap import jaccard, matched
from geostance.topics.stability import Solution, assess_stability

LABELS = st.lists(st.integers(-1, 4), min_size=1, max_size=30)
FITS = st.integers(2, 12).flatmap(
    lambda n: st.lists(st.lists(st.integers(-2, 3), min_size=n, max_size=n), min_size=1, max_size=5)
)
NO_WORDS = pl.DataFrame(schema={"topic": pl.Int64, "language": pl.String, "word": pl.String})


def frame(labels):
    rows = [(f"d{n:02}", topic) for n, topic in enumerate(labels) if topic != -2]
    return pl.DataFrame(rows, schema={"doc_id": pl.String, "topic": pl.Int64}, orient="row")


def ensemble(fits):
    return Ensemble.of([f"d{n:02}" for n in range(len(fits[0]))], list(map(frame, fits)))


def assess(labels, fits):
    topics = frame(labels)
    info = (
        topics.group_by("topic")
        .agg(n_documents=pl.len().cast(pl.Int64))
        .with_columns(label=pl.lit("un thème"))
    )
    plans = [FitPlan("seed", n) for n in range(len(fits))]
    return assess_stability(
        Solution(topics, info, {}), plans, list(map(frame, fits)), [NO_WORDS] * len(fits), 0.5, 0.95
    )


@given(LABELS)
def test_a_fit_held_against_itself_recurs(labels):
    found = assess(labels, [labels])
    assert set(found.topics["recurrence"]) <= {1.0}
    assert set(found.topics["overlap"]) <= {1.0}
    assert set(found.documents["consensus"]) == {1.0}
    assert found.fits["ari"].to_list() == [1.0]


@given(LABELS, LABELS, st.permutations(range(5)))
def test_the_numbers_of_topics_count_for_nothing(labels, other, permuted):
    n = min(len(labels), len(other))
    renamed = [permuted[topic] if topic >= 0 else topic for topic in other[:n]]
    one, two = assess(labels[:n], [other[:n]]), assess(labels[:n], [renamed])
    assert one.topics.equals(two.topics)
    assert one.documents.equals(two.documents)
    assert one.fits.equals(two.fits)


@given(LABELS, LABELS)
def test_overlap_is_symmetric_and_a_share(first, second):
    n = min(len(first), len(second))
    one, two = renumbered(np.array(first[:n])), renumbered(np.array(second[:n]))
    overlap = jaccard(one, two)
    np.testing.assert_array_equal(overlap, jaccard(two, one).T)
    assert ((overlap >= 0) & (overlap <= 1)).all()
    chosen = matched(overlap, 0.5)
    taken = chosen[chosen >= 0]
    assert len(set(taken)) == len(taken)


@given(LABELS, st.integers(1, 4))
def test_the_consensus_of_identical_fits_is_that_fit(labels, times):
    found = consensus(ensemble([labels] * times), 0.5, 0.9)
    assert renumbered(found.topics).tolist() == renumbered(np.array(labels)).tolist()
    assert set(found.votes) == {1.0}


@given(FITS, st.randoms(use_true_random=False))
def test_the_consensus_knows_neither_the_order_of_rows_nor_the_numbers(fits, chance):
    found = consensus(ensemble(fits), 0.5, 0.6)
    doc_ids = [f"d{n:02}" for n in range(len(fits[0]))]
    shuffled = []
    for fit in fits:
        rows = frame([3 - topic if topic >= 0 else topic for topic in fit]).rows()
        chance.shuffle(rows)
        shuffled.append(pl.DataFrame(rows, schema={"doc_id": pl.String, "topic": pl.Int64},
                                     orient="row"))  # fmt: skip
    again = consensus(Ensemble.of(doc_ids, shuffled), 0.5, 0.6)
    assert again.topics.tolist() == found.topics.tolist()
    assert again.votes.tolist() == found.votes.tolist()


@given(FITS)
def test_a_topic_of_the_consensus_has_the_support_it_asks_for(fits):
    found = consensus(ensemble(fits), 0.5, 0.6)
    assert (found.support >= 0.6 - 1e-9).all()
    assert len(found.support) == found.topics.max() + 1
    assert (found.votes[found.topics >= 0] > 0.5).all()
    # Topics by size.
    assert (np.diff(np.bincount(found.topics[found.topics >= 0])) <= 0).all()
