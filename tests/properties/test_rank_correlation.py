import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import spearmanr

from geostance.validate.measures import rank_correlation

ROWS = st.tuples(st.integers(-1, 1), st.integers(0, 5), st.integers(0, 3))


@given(st.lists(ROWS, min_size=3, max_size=30))
def test_a_weight_counts_as_so_many_observations(rows):
    label, score, times = np.array(rows, dtype=float).T
    repeated = [np.repeat(values, times.astype(int)) for values in (label, score)]
    (found,) = rank_correlation(label, score, times[:, None])
    if any(len(np.unique(values)) < 2 for values in repeated):
        assert np.isnan(found)
    else:
        assert found == pytest.approx(spearmanr(*repeated).statistic)
