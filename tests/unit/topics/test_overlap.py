import numpy as np
import pytest

from geostance.topics.overlap import jaccard, matched, word_overlap


def labels(text):
    """One sign a document: a digit is a topic, - an outlier, . a document that was not seen."""
    return np.array([{"-": -1, ".": -2}.get(sign, ord(sign) - 48) for sign in text])


def test_overlap_is_shared_documents_over_all_of_both():
    np.testing.assert_allclose(
        jaccard(labels("0001"), labels("0011")), [[2 / 3, 1 / 4], [0, 1 / 2]]
    )


def test_documents_that_one_fit_did_not_see_are_no_disagreement():
    np.testing.assert_allclose(jaccard(labels("0011"), labels("0.1.")), np.eye(2))


def test_outliers_belong_to_no_topic_but_count_in_the_union():
    np.testing.assert_allclose(jaccard(labels("000-"), labels("0--0")), [[1 / 4]])


def test_a_topic_whose_documents_the_other_never_saw_overlaps_with_none():
    assert jaccard(labels("0011"), labels("00..")).tolist() == [[1.0], [0.0]]


def test_fits_without_a_topic_have_no_overlap():
    assert jaccard(labels("--"), labels("01")).shape == (0, 2)
    assert matched(np.zeros((3, 0)), 0.5).tolist() == [-1, -1, -1]


def test_each_topic_is_taken_once():
    # Both rows are nearest to the first column; the second row has a counterpart left.
    assert matched(np.array([[0.9, 0.1], [0.8, 0.2]]), 0.5).tolist() == [0, 1]


def test_a_topic_that_recurs_is_never_given_up_for_a_greater_sum():
    # The sum would be greatest crosswise, with no counterpart at the level.
    overlap = np.array([[0.52, 0.49], [0.49, 0.0]])
    assert matched(overlap, 0.5)[0] == 0


def test_what_has_no_document_in_common_is_not_matched():
    assert matched(np.array([[0.0, 0.0], [0.0, 0.6]]), 0.5).tolist() == [-1, 1]


def test_words_decide_between_equals():
    overlap = np.array([[0.5, 0.5]])
    assert matched(overlap, 0.6, np.array([[0.0, 1.0]])).tolist() == [1]
    assert matched(overlap, 0.6, np.array([[1.0, 0.0]])).tolist() == [0]


@pytest.mark.parametrize(
    ("first", "second", "share"), [({"a", "b"}, {"b", "c"}, 1 / 3), (set(), set(), 0)]
)
def test_words_overlap_by_jaccard(first, second, share):
    assert word_overlap([first], [second]).tolist() == [[pytest.approx(share)]]
