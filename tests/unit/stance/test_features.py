import numpy as np

from geostance.stance.features import VIEWS, feature_matrix, view_slices
from geostance.stance.passages import TARGET


def test_rows_do_not_depend_on_their_neighbours():
    texts = [f"{TARGET} attaque la ville", "rien", f"la ville {TARGET}"]
    together = feature_matrix(texts)
    for n, text in enumerate(texts):
        assert (together[[n]] != feature_matrix([text])).nnz == 0


def test_the_side_of_the_target_counts():
    before, after = feature_matrix([f"{TARGET} attaque", f"attaque {TARGET}"])
    places = view_slices()["places"]
    assert (before[:, places] != after[:, places]).nnz > 0


def test_case_does_not_count():
    assert (feature_matrix(["La Ville"]) != feature_matrix(["la ville"])).nnz == 0


def test_empty_texts_have_empty_rows():
    matrix = feature_matrix(["", "  "])
    assert matrix.shape == (2, sum(1 << bits for bits in VIEWS.values()))
    assert matrix.nnz == 0
    assert feature_matrix([]).shape[0] == 0


def test_values_are_one_plus_the_log_of_counts():
    matrix = feature_matrix(["mot mot mot"])
    assert np.isclose(matrix.max(), 1 + np.log(3))
