import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from geostance.validate.correction import Corrected
from geostance.validate.intervals import family, holm, interval, p_value


def found(estimate, error, degrees=np.inf):
    return Corrected(estimate, error, degrees, 1.0)


def test_student_s_interval():
    low, high = interval(found(0.2, 0.1, 9), 0.95)
    assert (low, high) == pytest.approx((0.2 - 0.2262157, 0.2 + 0.2262157), abs=1e-6)


def test_wilson_s_interval_of_a_share():
    # 5 of 50: Wilson's interval is [.0435, .2136].
    low, high = interval(found(0.1, np.sqrt(0.1 * 0.9 / 50)), 0.95, (0.0, 1.0))
    assert (low, high) == pytest.approx((0.0435, 0.2136), abs=1e-4)


def test_an_interval_stays_within_what_can_be():
    assert interval(found(0.9, 0.2), 0.95, (-1.0, 1.0))[1] == 1


@pytest.mark.parametrize("error", [0.0, np.nan])
def test_no_width_is_no_interval(error):
    assert interval(found(0.5, error), 0.95, (0.0, 1.0)) == (None, None)
    assert p_value(found(0.5, error)) is None


def test_p_value_is_student_s():
    assert p_value(found(0.2, 0.1, 9)) == pytest.approx(2 * stats.t.sf(2, 9))


def test_holm_s_adjustment():
    # 3 × .01, then 2 × .02, then 1 × .03 raised to the one before.
    assert holm([0.03, None, 0.01, 0.02]) == [0.04, None, 0.03, 0.04]
    assert holm([None]) == [None]


@given(st.lists(st.floats(0, 1), max_size=8))
def test_adjusted_values_are_larger_and_keep_their_order(values):
    adjusted = holm(values)
    assert all(value <= raised <= 1 for value, raised in zip(values, adjusted, strict=True))
    order = np.argsort(values, kind="stable")
    assert (np.diff(np.array(adjusted)[order]) >= 0).all()


def test_a_family_counts_what_could_be_tested():
    sure, unsure = Corrected(0.5, 0.1, 60, 1.0), Corrected(0.1, 0.1, 60, 1.0)
    same = Corrected(0.0, 0.0, 60, 1.0)
    one, other, untested = family([sure, unsure, same], 0.95)
    assert one.n_compared == other.n_compared == 2
    assert one.p_adjusted == 2 * one.p_value and other.p_adjusted == other.p_value
    # All at once at 95 % is each at 97.5 %.
    assert (one.low_all, one.high_all) == interval(sure, 0.975)
    assert one.low_all < one.low < one.high < one.high_all
    assert (untested.low_all, untested.p_value) == (None, None)


def test_the_only_comparison_is_its_own_family():
    (one,) = family([Corrected(0.5, 0.1, 60, 1.0)], 0.95)
    assert (one.low_all, one.high_all, one.p_adjusted) == (one.low, one.high, one.p_value)
