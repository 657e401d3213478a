import numpy as np
import pytest

from geostance.validate.reliability import alpha, coincidences

# The reliability data of Krippendorff 2011, section C: four observers, twelve units,
# values 1 to 5, 0 for a missing one.
OBSERVERS = np.array(
    [
        [1, 2, 3, 3, 2, 1, 4, 1, 2, 0, 0, 0],
        [1, 2, 3, 3, 2, 2, 4, 1, 2, 5, 0, 3],
        [0, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, 0],
        [1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, 0],
    ]
)


@pytest.mark.parametrize(("metric", "published"), [("nominal", 0.743), ("ordinal", 0.815)])
def test_the_published_example(metric, published):
    counts = (OBSERVERS.T[:, :, None] == np.arange(1, 6)).sum(axis=1)
    assert alpha(coincidences(counts).sum(axis=0), metric) == pytest.approx(published, abs=5e-4)


def test_the_published_coincidence_matrix():
    counts = (OBSERVERS.T[:, :, None] == np.arange(1, 6)).sum(axis=1)
    marginals = coincidences(counts).sum(axis=0).sum(axis=0)
    assert marginals == pytest.approx([9, 13, 10, 5, 3])


def test_without_pairs_or_without_difference_there_is_no_alpha():
    assert np.isnan(alpha(coincidences(np.array([[1, 0], [0, 1]])).sum(axis=0), "nominal"))
    assert np.isnan(alpha(coincidences(np.array([[2, 0], [2, 0]])).sum(axis=0), "ordinal"))
