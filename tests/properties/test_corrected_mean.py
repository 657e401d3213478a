import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geostance.validate.correction import Evidence, corrected_mean
from geostance.validate.reliability import alpha, coincidences

documents = st.lists(
    st.tuples(
        st.floats(-1, 1, width=32),
        st.sampled_from([-1.0, 0.0, 1.0]),
        st.sampled_from([0.5, 1.0]),
        st.sampled_from([0.0, 1.0, 2.0, 4.0]),
    ),
    min_size=6,
    max_size=40,
).filter(lambda rows: sum(row[3] > 0 for row in rows) > 2)


def corrected(rows, *, sign=1.0, shift=0.0, power=None):
    predictions, label, relevant, weights = np.array(rows).T
    seen = relevant * (weights > 0)
    columns = sign * predictions + shift, sign * label * seen, seen, weights
    known = Evidence(*columns, np.arange(len(rows)), np.zeros(len(rows), int))
    return corrected_mean(known, power)


@given(documents, st.floats(-2, 2, width=32), st.sampled_from([0.0, 0.5, 1.0]))
def test_a_scorer_s_constant_bias_changes_nothing(rows, shift, power):
    plain, shifted = corrected(rows, power=power), corrected(rows, shift=shift, power=power)
    assert shifted.estimate == pytest.approx(plain.estimate, abs=1e-9)
    assert shifted.standard_error == pytest.approx(plain.standard_error, abs=1e-9)


@given(documents, st.sampled_from([0.0, 0.5, 1.0]))
def test_swapping_favourable_and_unfavourable_swaps_the_sign(rows, power):
    plain, swapped = corrected(rows, power=power), corrected(rows, sign=-1, power=power)
    assert swapped.estimate == pytest.approx(-plain.estimate, abs=1e-9)
    assert swapped.standard_error == pytest.approx(plain.standard_error, abs=1e-9)


@given(st.lists(st.tuples(*[st.integers(0, 4)] * 3), min_size=1, max_size=30))
def test_alpha_is_at_most_one_and_blind_to_the_direction_of_the_scale(units):
    matrix = coincidences(np.array(units)).sum(axis=0)
    forward, backward = alpha(matrix, "ordinal"), alpha(matrix[::-1, ::-1], "ordinal")
    assert backward == pytest.approx(forward, nan_ok=True)
    assert np.isnan(forward) or forward <= 1 + 1e-12
