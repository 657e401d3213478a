import numpy as np

from geostance.stance.passages import TARGET
from geostance.stance.vectors import N_MEANS, WordVectors, mean_vectors, stem_hash


def table(**vectors):
    entries = sorted((stem_hash(word), vector) for word, vector in vectors.items())
    hashes = np.array([number for number, _ in entries], np.uint32)
    return WordVectors.of(hashes, np.array([v for _, v in entries], float), np.zeros(len(entries)))


def test_means_are_of_the_whole_before_after_and_close():
    known = table(left=[1, 0], right=[0, 1])
    whole, before, after, close = mean_vectors([f"left {TARGET} right"], known)[0].reshape(4, 2)
    np.testing.assert_allclose(before, [1, 0])
    np.testing.assert_allclose(after, [0, 1])
    np.testing.assert_allclose(whole, [0.5**0.5] * 2, rtol=1e-6)
    np.testing.assert_allclose(close, whole)


def test_forms_share_a_vector_by_their_beginning():
    known = table(sanctions=[1, 0])
    assert mean_vectors([f"{TARGET} sanctionné"], known).any()


def test_unknown_words_and_empty_texts_are_zero():
    known = table(left=[1, 0])
    assert not mean_vectors(["", "nothing known"], known).any()
    assert mean_vectors([], known).shape == (0, N_MEANS * 2)
