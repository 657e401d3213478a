import numpy as np
import polars as pl
import pytest

from geostance.topics.consensus import consensus, consensus_topics
from geostance.topics.fits import Ensemble, renumbered


def ensemble(*fits):
    """A fit a line: a digit is a topic, - an outlier, . a document that was not seen."""
    rows = [[{"-": -1, ".": -2}.get(sign, ord(sign) - 48) for sign in fit] for fit in fits]
    labels = np.array([renumbered(np.array(row)) for row in rows])
    return Ensemble([f"d{n}" for n in range(labels.shape[1])], labels)


def test_a_document_goes_where_most_fits_put_it():
    found = consensus(ensemble("00001111", "00001111", "00011111"), 0.5, 0.9)
    assert found.topics.tolist() == [0, 0, 0, 0, 1, 1, 1, 1]
    assert found.votes.tolist() == [1, 1, 1, pytest.approx(2 / 3), 1, 1, 1, 1]
    assert found.support.tolist() == [1, 1]


def test_where_no_majority_agrees_a_document_is_an_outlier():
    found = consensus(ensemble("0000-111", "0000-111", "00001111", "00000111"), 0.5, 0.9)
    assert found.topics.tolist() == [0, 0, 0, 0, -1, 1, 1, 1]
    # Half of the fits say so.
    assert found.votes[4] == 0.5


def test_a_topic_of_few_fits_is_none_of_the_consensus():
    fits = ensemble("000111", "000111", "000111", "000---")
    assert consensus(fits, 0.5, 1.0).topics.tolist() == [0, 0, 0, -1, -1, -1]
    assert consensus(fits, 0.5, 0.75).topics.tolist() == [0, 0, 0, 1, 1, 1]


def test_only_the_fits_that_saw_a_document_vote_on_it():
    found = consensus(ensemble("0000111", "000.111", "000.111"), 0.5, 0.9)
    assert found.topics.tolist() == [0, 0, 0, 0, 1, 1, 1]
    assert found.votes[3] == 1


def test_topics_are_numbered_by_size():
    assert consensus(ensemble("001111"), 0.5, 0.9).topics.tolist() == [1, 1, 0, 0, 0, 0]


@pytest.mark.parametrize("fits", [["----"], ["....", "----"], ["0011", "0101"]])
def test_fits_with_nothing_in_common_have_no_topic(fits):
    found = consensus(ensemble(*fits), 0.6, 0.9)
    assert set(found.topics) == {-1}
    assert len(found.support) == 0


def test_the_map_of_the_fit_stays():
    fit = pl.DataFrame(
        {"doc_id": ["a", "b"], "topic": [4, -1], "probability": [0.1, 0.0], "x": [1.0, 2.0],
         "y": [3.0, 4.0]}
    )  # fmt: skip
    table = consensus_topics(fit, consensus(ensemble("00", "00"), 0.5, 0.9))
    assert table["topic"].to_list() == [0, 0] and table["probability"].to_list() == [1.0, 1.0]
    assert table.select("x", "y").equals(fit.select("x", "y"))
