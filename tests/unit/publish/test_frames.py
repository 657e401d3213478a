"""Each figure on a frame of one's own: the columns it says it needs are enough, and each is asked."""

import polars as pl
import pytest

from geostance.errors import InputError, SchemaError
from geostance.publish.events import read_events
from geostance.publish.figures import APART, FIGURES
from geostance.publish.figures.columns import COLUMNS

ALL = FIGURES | APART


def given(figure_id, tables):
    spec = ALL[figure_id]
    return {name: tables[name].select(spec.needs(name)) for name in (*spec.tables, *spec.optional)}


def test_only_known_figures_and_tables_have_columns():
    for figure_id, tables in COLUMNS.items():
        assert set(tables) == {*ALL[figure_id].tables, *ALL[figure_id].optional}


@pytest.mark.parametrize("figure_id", COLUMNS)
def test_the_columns_listed_are_enough(figure_id, study):
    plot = ALL[figure_id].draw(**given(figure_id, study))
    assert plot.numbers.height > 0 and plot.n_documents > 0


@pytest.mark.parametrize("figure_id", COLUMNS)
def test_a_missing_column_is_named(figure_id, study):
    frames = given(figure_id, study)
    for name, frame in frames.items():
        absent = frame.columns[-1]
        with pytest.raises(SchemaError, match=f"columns of {name}: {absent}"):
            ALL[figure_id].draw(**frames | {name: frame.drop(absent)})


@pytest.mark.parametrize("figure_id", ALL)
def test_a_missing_table_is_named(figure_id):
    with pytest.raises(SchemaError, match=f"the figure {figure_id} lacks the table"):
        ALL[figure_id].draw()


@pytest.mark.parametrize(
    "figure_id",
    ["stance-trajectories", "outlet-map", "stance-by-topic-and-outlet", "evidence-wall"],
)
def test_optional_tables_may_be_left_out(figure_id, study):
    spec = ALL[figure_id]
    plot = spec.draw(**{name: study[name] for name in spec.tables})
    assert plot.numbers.height > 0
    assert "Based on" in plot.caption


def test_one_target_alone_makes_a_list_of_outlets(study):
    estimates = study["estimates"].filter(target="russia")
    plot = FIGURES["outlet-map"].draw(estimates=estimates)
    assert plot.caption.startswith("Mean stance of each outlet")
    assert plot.numbers["target"].unique().to_list() == ["russia"]


def test_the_axes_of_the_outlet_map_can_be_chosen(study):
    plot = FIGURES["outlet-map"].draw(estimates=study["estimates"], targets=("india", "russia"))
    assert plot.figure.axes[0].get_xlabel() == "Stance toward India"
    assert plot.figure.axes[0].get_ylabel() == "Stance toward Russia"


def test_an_evidence_wall_shows_the_heaviest_sentence_first(study):
    numbers = (
        FIGURES["evidence-wall"]
        .draw(**{name: study[name] for name in ("mentions", "sentences", "documents", "unique")})
        .numbers
    )
    for (_, side), cards in numbers.group_by("target", "side"):
        weights = cards["weight"].abs().to_list()
        assert weights == sorted(weights, reverse=True)
        assert ((cards["weight"] > 0) == (side == "favourable")).all()
        assert cards["text"].n_unique() == len(cards)


def test_arrows_count_the_texts_printed_after_another(study):
    texts = pl.DataFrame(
        {"n_printed": [2, 3, 2], "outlets": [["A", "B"], ["A", "C", "B"], ["B", "A"]]}
    )
    plot = FIGURES["syndication-network"].draw(syndication=texts)
    assert plot.numbers.rows() == [("A", "B", 2), ("A", "C", 1), ("B", "A", 1)]
    assert "3 texts" in plot.caption and "7 documents" in plot.caption


def test_a_correction_is_drawn_only_where_there_is_one(study):
    plot = FIGURES["corrected-estimates"].draw(estimates=study["estimates"])
    assert plot.numbers["grouping"].unique().to_list() == ["all"]
    assert set(plot.numbers["method"]) == {"model", "ppi"}
    without = study["estimates"].filter(method="model")
    assert (
        "no estimate is corrected" in FIGURES["corrected-estimates"].draw(estimates=without).caption
    )


def test_small_cells_of_topic_and_outlet_have_no_interval(study):
    spec = FIGURES["stance-by-topic-and-outlet"]
    numbers = spec.draw(**{name: study[name] for name in (*spec.tables, "unique")}).numbers
    few = numbers["n_documents"] < 5
    assert few.any() and not few.all()
    assert numbers.filter(few)["low"].null_count() == few.sum()
    sure = numbers.drop_nulls("low")
    assert ((sure["low"] <= sure["estimate"]) & (sure["estimate"] <= sure["high"])).all()


def test_events_are_read_and_marked_where_they_lie(tmp_path, study):
    path = tmp_path / "events.csv"
    path.write_text("date,label\n2023-03-16,A vote\n2031-01-01,Too late\n", encoding="utf-8")
    events = read_events(path)
    assert events["target"].null_count() == 2
    spec = FIGURES["stance-trajectories"]
    plot = spec.draw(estimates=study["estimates"], events=events)
    assert "events (1)" in plot.caption and "beyond that number: 1" in plot.caption
    # The sixteenth of March is half-way through the third month from January.
    dashed = [line for line in plot.figure.axes[0].lines if line.get_linestyle() == "--"]
    assert dashed[0].get_xdata()[0] == pytest.approx(2, abs=0.03)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("day,label\n2024-01-01,A\n", "lack the column date"),
        ("date,label\n1 March,A\n", '"1 March" is no date'),
        ("date,label\n2024-01-01,\n", "has no label"),
        ("", "cannot be read"),
    ],
)
def test_events_that_cannot_be_read_say_why(tmp_path, text, told):
    path = tmp_path / "events.csv"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match=told):
        read_events(path)
