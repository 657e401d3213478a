import numpy as np
import polars as pl
import pytest

from geostance.settings.topics import StabilitySettings
from geostance.topics import NamedTheme, Passages, TopicDocuments, TopicFit
from geostance.topics.consensus import consensus, consensus_fit
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


IDS = ["a", "b", "c", "d"]


def documents(ids=IDS):
    return TopicDocuments.of(ids, [""] * len(ids), ["fr"] * len(ids), np.eye(len(ids), 4))


def fitted(topics, **columns):
    frame = {"topic": topics, "probability": 0.1, "x": range(len(topics)), "y": 0.0}
    return pl.DataFrame({**columns, **frame, "topic_found": topics})


def assignments(topics, ids=IDS, passages=None):
    columns = {"doc_id": ids, "passage": passages, "topic": topics}
    types = {"doc_id": pl.String, "passage": pl.Int64, "topic": pl.Int64}
    return pl.DataFrame(columns, schema=types)


def test_the_consensus_takes_the_place_of_topics_and_the_map_stays():
    fit = TopicFit(fitted([1, 1, 0, -1], doc_id=IDS), {}, ())
    made = [assignments([3, 3, 3, -1])] * 2
    agreed, found = consensus_fit(fit, documents(), None, made, StabilitySettings())
    assert agreed.topics["topic"].to_list() == [0, 0, 0, -1]
    assert agreed.topics["probability"].to_list() == [1.0] * 4
    kept = ["doc_id", "x", "y", "topic_found"]
    assert agreed.topics.select(kept).equals(fit.topics.select(kept))
    assert found.support.tolist() == [1.0]


def test_a_theme_follows_its_documents_into_the_consensus_or_is_said_to_be_lost():
    themes = (NamedTheme("gas", "zero_shot", 1, 2), NamedTheme("sea", "guided", 0, 1),
              NamedTheme("sun", "guided", None, 0))  # fmt: skip
    fit = TopicFit(fitted([1, 1, 0, -1], doc_id=IDS), {}, ("before",), themes=themes)
    made = [assignments([2, 2, -1, -1])] * 2
    agreed, _ = consensus_fit(fit, documents(), None, made, StabilitySettings())
    assert [theme.topic for theme in agreed.themes] == [0, None, None]
    lost = "the theme sea has a topic in one fit, but none in the consensus"
    assert agreed.messages == ("before", lost)


def test_fits_agree_on_passages_and_a_document_follows_most_of_its_words():
    # Each of two documents has a long passage and a short one.
    table = pl.DataFrame({"doc_id": ["a", "a", "b", "b"], "passage": [0, 1, 0, 1],
                          "start": [0, 9] * 2, "end": [8, 12] * 2, "n_words": [8, 3] * 2})  # fmt: skip
    units = documents(["a-0000", "a-0001", "b-0000", "b-0001"])
    passages = Passages(units, table)
    topics = fitted([0, 0, 0, 1], doc_id=["a", "a", "b", "b"])
    cut = table.hstack(topics.drop("doc_id"))
    fit = TopicFit(fitted([0, 0], doc_id=["a", "b"]), {}, (), passages=cut)
    of_passages = assignments([5, 4, 5, 4], ["a", "a", "b", "b"], [0, 1, 0, 1])
    # What a fit says of whole documents has no vote.
    made = [pl.concat([assignments([4, 4], ["a", "b"]), of_passages])] * 2
    agreed, _ = consensus_fit(fit, documents(["a", "b"]), passages, made, StabilitySettings())
    assert agreed.passages["topic"].to_list() == [0, 1, 0, 1]
    assert agreed.passages.columns == cut.columns
    assert agreed.passages["doc_id"].to_list() == ["a", "a", "b", "b"]
    assert agreed.topics["topic"].to_list() == [0, 0]
