import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geostance.errors import InputError
from geostance.schema import check_table
from geostance.validate.sampling import draw, expected_widths, sampling_frame


@pytest.fixture
def pairs(make_stance):
    """200 documents toward nato, one in ten favourable; half of them in the Herald."""
    ids = [f"d{n:03}" for n in range(200)]
    stance = make_stance(*((ids[n], "nato", 1 if n % 10 == 0 else 0) for n in range(200)))
    groups = pl.DataFrame({"doc_id": ids, "outlet": ["Courier", "Herald"] * 100})
    return stance, groups


def drawn(frame):
    return frame.filter(pl.col("round").is_not_null())


def test_a_simple_sample(pairs):
    frame = draw(sampling_frame(*pairs, [], seed=1), None, 50)
    check_table(frame, "frame", where="here")
    assert drawn(frame).height == 50
    assert drawn(frame)["inclusion_probability"].unique().to_list() == [0.25]
    assert frame["stratum"].unique().to_list() == ["all"]


def test_strata_share_in_proportion(pairs):
    frame = draw(sampling_frame(*pairs, ["outlet"], seed=1), None, 40)
    assert drawn(frame)["stratum"].value_counts().sort("stratum")["count"].to_list() == [20, 20]


def test_equal_allocation_finds_the_rare(pairs):
    frame = draw(sampling_frame(*pairs, ["score"], seed=1), None, 30, "equal")
    sizes = dict(drawn(frame).group_by("stratum").len().iter_rows())
    assert sizes == {"favourable": 15, "neutral": 15}
    chances = dict(
        drawn(frame).group_by("stratum").agg(pl.col("inclusion_probability").first()).iter_rows()
    )
    assert chances == {"favourable": 15 / 20, "neutral": 15 / 180}


def test_a_small_stratum_gives_all_it_has(pairs):
    frame = draw(sampling_frame(*pairs, ["score"], seed=1), None, 100, "equal")
    sizes = dict(drawn(frame).group_by("stratum").len().iter_rows())
    assert sizes == {"favourable": 20, "neutral": 80}


def test_a_second_round_keeps_the_first_and_raises_its_chances(pairs):
    whole = sampling_frame(*pairs, ["score"], seed=1)
    first = draw(whole, None, 30)
    second = draw(whole, first, 60)
    kept = drawn(first).join(drawn(second), on=["doc_id", "target"])
    assert kept.height == 30 and set(kept["round_right"]) == {1}
    assert (kept["inclusion_probability_right"] > kept["inclusion_probability"]).all()
    at_once = draw(whole, None, 60)
    assert drawn(second).select("doc_id").equals(drawn(at_once).select("doc_id"))


def test_new_documents_are_strata_of_their_own(pairs, make_stance):
    stance, groups = pairs
    first = draw(sampling_frame(stance, groups, [], seed=1), None, 50)
    more = [f"e{n:03}" for n in range(100)]
    grown = sampling_frame(
        pl.concat([stance, make_stance(*((doc_id, "nato", 0) for doc_id in more))]),
        pl.concat([groups, pl.DataFrame({"doc_id": more, "outlet": ["Mail"] * 100})]),
        [],
        seed=1,
    )
    second = draw(grown, first, 75)
    chances = dict(
        drawn(second).group_by("stratum").agg(pl.col("inclusion_probability").first()).iter_rows()
    )
    assert chances == {"all": 0.25, "all (round 2)": 0.25}


def test_documents_that_left_leave_the_frame(pairs):
    stance, groups = pairs
    first = draw(sampling_frame(stance, groups, [], seed=1), None, 50)
    left = sampling_frame(stance.head(100), groups, [], seed=1)
    second = draw(left, first, 10)
    assert second.height == 100
    assert drawn(second)["inclusion_probability"].unique().item() == drawn(second).height / 100


def test_what_is_drawn_hangs_on_the_seed_and_not_on_the_order_of_rows(pairs):
    stance, groups = pairs
    one = draw(sampling_frame(stance, groups, [], seed=1), None, 20)
    again = draw(sampling_frame(stance.reverse(), groups.reverse(), [], seed=1), None, 20)
    other = draw(sampling_frame(stance, groups, [], seed=2), None, 20)
    assert one.equals(again)
    assert not drawn(one).select("doc_id").equals(drawn(other).select("doc_id"))


def test_nothing_to_draw_is_a_clear_error(pairs):
    stance, groups = pairs
    with pytest.raises(InputError, match="nothing to draw"):
        sampling_frame(stance.clear(), groups, [], seed=1)


@given(st.lists(st.integers(1, 40), min_size=1, max_size=6), st.integers(1, 80), st.booleans())
def test_weights_of_the_drawn_give_back_the_documents(sizes, size, equal):
    names = [f"s{stratum}" for stratum, n in enumerate(sizes) for _ in range(n)]
    frame = pl.DataFrame(
        {
            "doc_id": [f"d{n}" for n in range(len(names))],
            "target": "nato",
            "stratum": names,
            "number": np.linspace(0, 1, len(names)),
            "round": pl.Series([None] * len(names), dtype=pl.Int64),
            "inclusion_probability": pl.Series([None] * len(names), dtype=pl.Float64),
        }
    )
    found = drawn(draw(frame, None, size, "equal" if equal else "proportional"))
    assert (1 / found["inclusion_probability"]).sum() == pytest.approx(len(names))
    assert found.height >= min(size, len(names))


def test_expected_widths(pairs):
    stance, _ = pairs
    table = expected_widths(stance, {"nato": [0.0, 0.7]}, (50, 100, 500), 0.95)
    assert table["n_labels"].to_list() == [50, 100, 50, 100]
    useless = table.filter(correlation=0.0)
    assert (useless["width"] == useless["width_labels"]).all()
    # 2 × 2.0106 × .3 × √(1/50): the spread of a tenth of ones.
    assert useless["width"][0] == pytest.approx(2 * 2.0106 * 0.3 * np.sqrt(1 / 50), rel=1e-4)
    helped = table.filter(correlation=0.7)
    assert (helped["width"] < 0.88 * helped["width_labels"]).all()
