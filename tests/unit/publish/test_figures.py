import functools
import itertools
import warnings

import numpy as np
import polars as pl
import pytest
from matplotlib.colors import to_hex
from matplotlib.text import Text

from geostance.publish.figures import APART, FIGURES
from geostance.publish.style import styled, target_colours
from geostance.schema import TABLES, empty_table
from geostance.settings.publishing import FigureSettings

pytestmark = pytest.mark.filterwarnings("error::UserWarning")

ALL = FIGURES | APART
STANCE = ("stance-over-time", "stance-by-outlet", "stance-by-topic", "stance-distribution")


def draw(figure_id, tables, language="en", names=None, **settings):
    spec = ALL[figure_id]
    return spec.draw(
        **{name: tables[name] for name in (*spec.tables, *spec.optional) if name in tables},
        settings=FigureSettings(**settings),
        language=language,
        **({"names": names} if names else {}),
    )


def render(plot):
    with styled():
        plot.figure.canvas.draw()
    return plot.figure.canvas.get_renderer()


def words_on(plot):
    """Every visible text of a drawn figure with its box, in pixels."""
    renderer = render(plot)
    return [
        (text.get_text(), text.get_window_extent(renderer))
        for text in plot.figure.findobj(Text)
        if text.get_visible() and text.get_text().strip() and text.get_figure() is not None
    ]


def said(plot):
    return [text for text, _ in words_on(plot)]


@pytest.mark.parametrize("figure_id", ALL)
def test_names_tables_that_exist(figure_id):
    assert set(ALL[figure_id].tables) <= set(TABLES)


@pytest.mark.parametrize("figure_id", ALL)
@pytest.mark.parametrize("language", ["en", "fr"])
def test_caption_says_what_the_figure_rests_on(figure_id, language, study):
    plot = draw(figure_id, study, language)
    documents = {"en": "Based on", "fr": "Base :"}[language]
    assert documents in plot.caption
    assert {"en": "opies", "fr": "opies"}[language] in plot.caption
    assert any(
        word in plot.caption
        for word in ("calibrated", "calibré", "not corrected", "sans correction")
    )
    assert plot.n_documents > 0
    assert plot.numbers.height > 0
    assert "{" not in plot.caption


@pytest.mark.parametrize("figure_id", ALL)
def test_without_rows_says_why_instead_of_failing(figure_id):
    tables = {name: empty_table(name) for name in TABLES}
    plot = draw(figure_id, tables)
    assert plot.caption.startswith("No data: ")
    assert plot.caption in said(plot)
    assert plot.n_documents == 0


@pytest.mark.parametrize("figure_id", ALL)
def test_draws_a_single_document(figure_id, lone):
    render(draw(figure_id, lone))


@pytest.fixture(scope="session")
def crowded_plot(crowded):
    return functools.cache(lambda figure_id: draw(figure_id, crowded))


@pytest.mark.parametrize("figure_id", ALL)
def test_crowded_study_stays_on_the_page(figure_id, crowded_plot):
    figure = crowded_plot(figure_id).figure
    drawn = figure.get_tightbbox(render(crowded_plot(figure_id)))
    width, height = figure.get_size_inches()
    assert drawn.x0 >= -0.02
    assert drawn.y0 >= -0.02
    assert drawn.x1 <= width + 0.02
    assert drawn.y1 <= height + 0.02
    assert height * 25.4 <= 235.1


@pytest.mark.parametrize("figure_id", ALL)
def test_axis_labels_of_a_crowded_study_do_not_overlap(figure_id, crowded_plot):
    plot = crowded_plot(figure_id)
    renderer = render(plot)
    for axes in plot.figure.axes:
        for ticks, side in ((axes.get_xticklabels(), "x"), (axes.get_yticklabels(), "y")):
            boxes = sorted(
                (box.intervalx if side == "x" else box.intervaly).tolist()
                for tick in ticks
                if tick.get_visible() and tick.get_text()
                for box in [tick.get_window_extent(renderer)]
            )
            # The height of a line is that of its highest script, so lines may touch a little.
            slack = 0 if side == "x" else 3
            assert all(a[1] <= b[0] + slack for a, b in itertools.pairwise(boxes))


def test_no_label_of_the_map_covers_another(crowded_plot):
    plot = crowded_plot("topic-map")
    boxes = np.array([box.extents for _, box in words_on(plot)])
    assert len(boxes) > 30
    a, b = boxes[:, None], boxes[None]
    apart = (a[..., 0] >= b[..., 2]) | (b[..., 0] >= a[..., 2])
    apart |= (a[..., 1] >= b[..., 3]) | (b[..., 1] >= a[..., 3])
    assert (apart | np.eye(len(boxes), dtype=bool)).all()


def test_the_map_of_one_document_shows_it_with_its_label(lone):
    topics = lone["topics"].with_columns(topic=pl.lit(0, pl.Int64), x=pl.lit(0.0), y=pl.lit(0.0))
    plot = draw("topic-map", lone | {"topics": topics})
    inside = [plot.figure.bbox.contains(*box.min) for _, box in words_on(plot)]
    assert inside == [True]


@pytest.mark.parametrize(
    "figure_id", ["documents-over-time", "topics-over-time", "stance-over-time"]
)
def test_undated_corpus_has_a_reason_in_place_of_a_time_axis(figure_id, make_study):
    plot = draw(figure_id, make_study(40, dated=False))
    assert "date" in plot.caption
    assert plot.numbers.columns == ["reason"]


@pytest.mark.parametrize("figure_id", STANCE)
def test_without_stance_rows_says_so(figure_id, study_without):
    tables = study_without("stance", "estimates")
    assert "no document speaks of a target" in draw(figure_id, tables).caption


@pytest.mark.parametrize("figure_id", ["label-agreement", "scorer-quality", "reliability"])
def test_without_labels_says_so(figure_id, study_without):
    tables = study_without("labelled", "agreement", "scorer_quality", "reliability")
    assert "no human labels" in draw(figure_id, tables).caption.replace("too few", "no")


def test_flow_draws_its_numbers_and_they_add_up(study):
    plot = draw("corpus-flow", study)
    drawn = [round(bar.get_width()) for bar in plot.figure.axes[0].patches]
    assert drawn == plot.numbers["n"].to_list()
    n = dict(plot.numbers.select("step", "n").rows())
    lost = sum(value for step, value in n.items() if step.startswith(("rejected", "dropped")))
    assert n["read"] - lost == n["kept"]
    assert n["kept"] - n["copies"] == n["distinct"]
    assert n["kept"] == plot.n_documents


def test_documents_over_time_counts_every_printed_document(study):
    plot = draw("documents-over-time", study)
    kept = study["cleaned"].filter(pl.col("dropped_reason").is_null()).height
    assert plot.numbers["n"].sum() == kept
    bars = plot.figure.axes[0].patches
    assert sum(bar.get_height() for bar in bars if hasattr(bar, "get_height")) == kept


@pytest.mark.parametrize("precision", ["year", "season"])
def test_a_date_known_to_the_year_or_season_only_is_in_no_month(study, precision):
    documents = study["documents"].with_columns(date_precision=pl.lit(precision))
    plot = draw("documents-over-time", study | {"documents": documents})
    assert "known to the month" in plot.caption
    assert plot.n_documents == 0


def test_stance_over_time_draws_its_numbers(study):
    plot = draw("stance-over-time", study)
    axes = plot.figure.axes[0]
    drawn = next(line for line in axes.lines if len(line.get_xdata()) > 10)
    series = plot.numbers.filter(pl.col("target") == "russia", pl.col("low").is_not_null())
    values = drawn.get_ydata()
    assert np.allclose(values[np.isfinite(values)], series["estimate"])
    assert to_hex(drawn.get_color()).upper() == target_colours(["russia"])["russia"]


def test_quarters_show_their_own_estimates():
    rows = [
        ("russia", "month", "2024-01", "distinct", "stance", "model", 0.2, 0.1, 0.3, 30, 0, None),
        ("russia", "month", "2024-02", "distinct", "stance", "model", -0.1, -0.3, 0.1, 10, 0, None),
        (
            "russia",
            "quarter",
            "2024-Q1",
            "distinct",
            "stance",
            "model",
            0.12,
            0.05,
            0.2,
            40,
            0,
            None,
        ),
    ]
    estimates = pl.DataFrame(rows, schema=TABLES["estimates"], orient="row")
    tables = {
        "estimates": estimates,
        "stance": empty_table("stance"),
        "unique": empty_table("unique"),
    }
    row = draw("stance-over-time", tables, period="quarter").numbers.row(0, named=True)
    assert row["period"] == "2024-Q1"
    assert (row["estimate"], row["low"], row["high"]) == (0.12, 0.05, 0.2)


def test_small_groups_are_hollow_and_have_no_interval(study):
    estimates = study["estimates"].with_columns(
        low=pl.when(pl.col("group") == "Le Phare").then(None).otherwise("low")
    )
    plot = draw("stance-by-outlet", study | {"estimates": estimates})
    assert "too few documents" in plot.caption
    hollow = [line for line in plot.figure.axes[0].lines if line.get_markerfacecolor() == "white"]
    assert len(hollow) == 1


def test_overall_mean_prefers_the_corrected_estimate(study):
    plot = draw("stance-distribution", study)
    assert plot.numbers["method"].unique().to_list() == ["ppi"]
    assert "corrected by human labels" in plot.caption


def test_a_target_keeps_one_method_when_labels_cover_only_some_groups(study):
    one = study["estimates"].filter(pl.col("grouping") == "outlet").head(1)
    estimates = pl.concat([study["estimates"], one.with_columns(method=pl.lit("ppi"))])
    plot = draw("stance-by-outlet", study | {"estimates": estimates})
    assert plot.numbers["method"].unique().to_list() == ["model"]


def test_distribution_counts_each_scored_text_once(study):
    plot = draw("stance-distribution", study)
    copies = study["unique"].filter(~pl.col("is_representative"))["doc_id"].to_list()
    once = study["stance"].filter(~pl.col("doc_id").is_in(copies))
    assert plot.numbers["n"].sum() == once.height


def test_heat_map_writes_each_estimate_with_its_sign(study):
    plot = draw("stance-by-topic", study)
    texts = said(plot)
    for value in plot.numbers["estimate"]:
        assert f"{value:+.2f}".replace("-", "−") in texts or f"{abs(value):.2f}" == "0.00"


@pytest.mark.parametrize("figure_id", [name for name, spec in ALL.items() if spec.named])
def test_the_researchers_own_target_has_its_name(figure_id, make_study):
    tables = make_study(80, targets=("russia", "port-city"))
    names = {"port-city": "Ville du port"}
    texts = said(draw(figure_id, tables, "fr", names))
    assert any("Ville du port" in text for text in texts)
    assert not any("Port City" in text for text in texts)


def test_scorers_are_drawn_with_their_intervals_and_the_counts(study):
    plot = draw("scorer-comparison", study)
    upper, *_ = plot.figure.axes
    macro = study["comparison"].filter(measure="macro_f1")
    assert plot.numbers.height == macro.height
    dots = [line.get_xdata()[0] for line in upper.lines if line.get_marker() not in ("None", "")]
    assert dots == macro.filter(grouping="all")["estimate"].to_list()
    assert "Difference to embedded" in said(plot)
    assert "60" in said(plot)
    assert "too few labels" in plot.caption


def test_only_groups_with_few_labels_are_hollow(study):
    # One scorer says just what the first says: the same in every resample, so without interval.
    bounds = {name: pl.when(pl.col("scorer") != "a service").then(name) for name in
              ("difference_low", "difference_high")}  # fmt: skip
    plot = draw(
        "scorer-comparison", study | {"comparison": study["comparison"].with_columns(**bounds)}
    )
    for axes in plot.figure.axes[:2]:
        assert not any(line.get_markerfacecolor() == "white" for line in axes.lines)
    assert any(line.get_markerfacecolor() == "white" for line in plot.figure.axes[2].lines)


def test_one_scorer_is_compared_with_nothing(study):
    alone = study["comparison"].filter(scorer="embedded")
    plot = draw("scorer-comparison", study | {"comparison": alone})
    assert "ifference" not in plot.caption
    assert not any("ifference" in text for text in said(plot))


def test_the_largest_groups_are_drawn_and_the_others_counted(study):
    plot = draw("scorer-comparison", study, limit=2)
    assert plot.numbers.filter(grouping="language")["group"].unique().sort().to_list() == [
        "fr",
        "ru",
    ]
    assert "Groups with fewer labels not shown: 5." in plot.caption


def test_stability_draws_every_topic_over_seeds_and_over_parts(study):
    plot = draw("topic-stability", study)
    assert plot.numbers.equals(study["topic_stability"])
    left, right = plot.figure.axes
    n_topics = study["topic_info"].filter(pl.col("topic") >= 0).height
    for axes in (left, right):
        dots = [line for line in axes.lines if line.get_marker() in ("o", "s")]
        assert len(dots) == 2 * n_topics
    assert "Rows in another order gave the same topics." in plot.caption
    fits = study["topic_fits"].with_columns(
        identical=pl.when(pl.col("kind") != "shuffled").then("identical").otherwise(False)
    )
    assert "OTHER topics" in draw("topic-stability", study | {"topic_fits": fits}).caption


def test_universes_are_ordered_by_what_holds_and_told_when_not_run(study):
    plot = draw("multiverse", study)
    curve, cells, _ = plot.figure.axes
    heights = curve.lines[0].get_ydata()
    assert (np.diff(heights) >= 0).all() and len(heights) == 5
    assert "Universes not run for want of their encoder (a/b): 1." in plot.caption
    assert set(plot.numbers["universe"]) == {1, 2, 3, 4, 5}
    assert cells.images[0].get_array().shape[1] == 5
    assert not np.isnan(cells.images[0].get_array()).any()


def test_a_conclusion_carries_its_sign_and_its_count(study):
    texts = said(draw("multiverse", study))
    assert any(text.endswith("stance, Russia (+)") for text in texts)
    assert any(text.endswith("/5") for text in texts)


def test_each_claim_is_told_in_a_sentence(study):
    plot = draw("sensitivity", study)
    assert (
        "Russia (below zero): holds in 2 of 6 choices; not with scorer a model of inference, "
        "outliers left out and scores uncorrected; not known with author's voice only (too few "
        "labels or texts); in 2 of 6 combinations, least of all with outliers left out and "
        "scores uncorrected." in plot.caption
    )
    assert "Other scorers: uncorrected" in plot.caption
    assert said(plot).count("too few") == len(plot.figure.axes)


def test_a_study_of_one_scorer_without_outliers_says_so(study):
    own = pl.col("scorer") == "embedded", pl.col("outliers") == "kept"
    plain = study["sensitivity"].filter(*own).with_columns(worst=pl.lit(False))
    plot = draw("sensitivity", study | {"sensitivity": plain})
    assert "No other scorer was compared." in plot.caption
    assert "No article is outside the topics" in plot.caption
    assert "worst combination" in said(plot)


def test_claims_beyond_the_limit_are_counted(study):
    plot = draw("sensitivity", study, limit=2)
    assert len([axes for axes in plot.figure.axes if axes.get_visible()]) == 2
    assert "Claims not drawn: 4." in plot.caption


def test_a_claim_without_an_interval_is_no_claim(study):
    bare = study["sensitivity"].with_columns(
        low=pl.lit(None, pl.Float64), high=pl.lit(None, pl.Float64), state=pl.lit("unknown")
    )
    plot = draw("sensitivity", study | {"sensitivity": bare})
    assert "Russia: no interval as published." in plot.caption


def test_confusion_counts_every_label(study):
    plot = draw("label-agreement", study)
    cells = plot.numbers.filter(pl.col("measure").str.starts_with("label "))
    assert cells["n_labels"].sum() == study["labelled"].height
    # Whatever the measures below weigh by.
    assert "in counts, each label once." in plot.caption


def test_coders_stand_among_the_measures(study):
    assert "Alpha between coders, portrayal" in said(draw("label-agreement", study))


def test_a_group_with_too_few_labels_is_named_and_not_drawn(study):
    plot = draw("scorer-quality", study)
    texts = said(plot)
    assert "Russian" in texts and texts.count("too few labels") == 1
    assert "nothing is known of the scorer there" in plot.caption
    assert plot.numbers.filter(group="ru")["estimate"].null_count() == 3
    assert texts.index("64 to 127 words") < texts.index("128 to 255 words")


def test_the_scorers_quality_fits_one_column_by_one_measure(study):
    plot = draw("scorer-quality", study, width="single")
    assert plot.numbers["measure"].unique().to_list() == ["macro_f1"]


def test_reliability_counts_its_labels_and_is_hollow_without_interval(study):
    plot = draw("reliability", study)
    upper, lower = plot.figure.axes[0], plot.figure.axes[4]
    assert [bar.get_height() for bar in lower.patches] == [3, 20, 17]
    fills = [line.get_markerfacecolor() for line in upper.lines[1:]]
    assert fills.count("white") == 1 and len(fills) == 3
    assert "Expected calibration error" in plot.caption


def test_topic_sizes_count_each_distinct_text(study):
    plot = draw("topic-sizes", study, limit=2)
    distinct = study["unique"].filter("is_representative").height
    assert plot.numbers["n"].sum() == distinct
    assert "4 smaller topics" in said(plot)


def test_topic_shares_lie_in_their_intervals(study):
    numbers = draw("topics-over-time", study).numbers
    assert numbers.filter(
        (pl.col("low") > pl.col("share")) | (pl.col("share") > pl.col("high"))
    ).is_empty()


@pytest.mark.parametrize("figure_id", ["topics-over-time", "topics-by-outlet", "topic-hierarchy"])
def test_without_topics_says_so(figure_id, study_without):
    tables = study_without("topic_trends", "topic_hierarchy")
    assert "no topic was fitted" in draw(figure_id, tables).caption


def test_shares_of_an_outlet_are_of_its_texts(study):
    plot = draw("topics-by-outlet", study)
    texts = study["unique"].filter("is_representative").join(study["documents"], on="doc_id")
    counts = dict(texts["outlet"].value_counts().iter_rows())
    shown = dict(plot.numbers.select("outlet", "n_outlet").unique().iter_rows())
    assert shown == {name: n for name, n in counts.items() if name is not None}
    assert "fewer than 20" in plot.caption


def test_the_tree_shows_each_topic_with_its_size(study):
    plot = draw("topic-hierarchy", study)
    labels = [text for text, _ in words_on(plot)]
    for label, n in study["topic_info"].select("label", "n_documents").iter_rows():
        assert f"{label} ({n})" in labels


def test_a_tree_of_too_many_topics_joins_the_nearest(study):
    plot = draw("topic-hierarchy", study, limit=4)
    labels = [text for text, _ in words_on(plot)]
    assert "Topics drawn as part of a group: 3." in plot.caption
    assert len([text for text in labels if text.startswith("3 topics: gaz")]) == 1


ONCE, AS_PRINTED = "Copies of one text are counted once.", "as often as they were printed"


def test_documents_over_time_can_count_each_distinct_text_alone(study):
    plot = draw("documents-over-time", study, unit="distinct")
    texts = study["unique"].filter("is_representative").height
    assert plot.numbers["n"].sum() == plot.n_documents == texts
    assert (
        plot.numbers.group_by("period")
        .agg(pl.col("n").sum(), pl.col("n_distinct").first())
        .select((pl.col("n") == pl.col("n_distinct")).all())
        .item()
    )
    assert ONCE in plot.caption and "line" not in plot.caption


@pytest.mark.parametrize(
    "figure_id", ["topic-sizes", "topics-over-time", "topics-by-outlet", "stance-distribution"]
)
def test_figures_that_count_can_count_articles_as_printed(figure_id, study):
    plots = {unit: draw(figure_id, study, unit=unit) for unit in (None, "distinct", "printed")}
    assert plots["distinct"].caption == plots[None].caption
    assert ONCE in plots["distinct"].caption and AS_PRINTED in plots["printed"].caption
    assert "istinct" not in plots["printed"].caption
    n = {unit: plot.numbers["n"].sum() for unit, plot in plots.items()}
    assert n["printed"] > n["distinct"] == n[None]


def test_the_distribution_counts_every_scored_article_as_printed(study):
    plot = draw("stance-distribution", study, unit="printed")
    assert plot.numbers["n"].sum() == study["stance"].height


@pytest.mark.parametrize("figure_id", STANCE)
def test_figures_of_stance_take_the_estimates_of_their_unit(figure_id, study):
    once = study["estimates"].with_columns(unit=pl.lit("distinct"))
    printed = once.with_columns(pl.col("estimate") * 0.5, unit=pl.lit("printed"))
    both = study | {"estimates": pl.concat([once, printed])}
    plots = {unit: draw(figure_id, both, unit=unit) for unit in (None, "printed")}
    estimates = {unit: plot.numbers["estimate"].drop_nulls() for unit, plot in plots.items()}
    assert estimates["printed"].to_list() == (estimates[None] * 0.5).to_list()
    assert ONCE in plots[None].caption and AS_PRINTED in plots["printed"].caption


def test_every_script_is_drawn(study):
    documents = study["documents"].with_columns(
        outlet=pl.lit("Əlaqə Россия Қазақ रूस Հայ ქართული روسيا می‌خواهم $x_1$")
    )
    estimates = study["estimates"].with_columns(
        group=pl.when(pl.col("grouping") == "outlet")
        .then(pl.lit("Əlaqə Россия Қазақ रूस Հայ ქართული روسيا می‌خواهم $x_1$"))
        .otherwise("group")
    )
    plot = draw("stance-by-outlet", study | {"documents": documents, "estimates": estimates})
    with warnings.catch_warnings():
        # matplotlib warns where a glyph is missing and a box would be drawn.
        warnings.simplefilter("error")
        render(plot)


def test_the_line_of_all_outlets_is_of_the_outlets_own_method(study):
    """Outlets have uncorrected estimates here; the whole corpus has corrected ones too."""
    corrected = (pl.col("grouping") == "all") & (pl.col("method") == "ppi")
    estimates = study["estimates"].with_columns(
        estimate=pl.when(corrected).then(0.9).otherwise("estimate")
    )
    plot = draw("stance-by-outlet", study | {"estimates": estimates})
    means = estimates.filter(grouping="all", method="model").sort("target")["estimate"].to_list()
    dashed = [
        line.get_xdata()[0]
        for axes in plot.figure.axes
        for line in axes.get_lines()
        if line.get_linestyle() == "--"
    ]
    assert sorted(dashed) == pytest.approx(sorted(means))
