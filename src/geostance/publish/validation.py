"""What the report says of coders and of the scorer held against them."""

from collections.abc import Mapping
from typing import Any

import polars as pl

from geostance.publish.figures.scorers import blocks_of, group_label
from geostance.publish.listings import shortened
from geostance.publish.words import Words

Rows = list[tuple[str, ...]]

_GROUPINGS = ("all", "target", "language", "outlet", "words", "voice")
_COLUMNS = ("macro_f1", "correlation", "rank_correlation", "calibration_error", "brier")
# Groups shown of a grouping, and examples of errors and disagreements.
_MOST_GROUPS, _MOST_EXAMPLES = 40, 12
_MOST_CHARACTERS = 220


def validation_section(frames: Mapping[str, pl.DataFrame], say: Words) -> dict[str, Any]:
    """Return what the section on labels, coders and scorer shows.

    ``frames`` are the tables scorer_quality, agreement, disagreements and scorer_errors.
    """
    quality, agreement = frames["scorer_quality"], frames["agreement"]
    return {
        "sentences": _sentences(frames, say),
        "groups": _groups(quality, say),
        "measures": _measures(quality, say),
        "coders": _coders(agreement, say),
        "errors": _errors(frames["scorer_errors"].head(_MOST_EXAMPLES), say),
        "disagreements": _disagreements(frames["disagreements"].head(_MOST_EXAMPLES), say),
    }


def _sentences(frames: Mapping[str, pl.DataFrame], say: Words) -> list[str]:
    quality, disagreements = frames["scorer_quality"], frames["disagreements"]
    if quality.is_empty():
        return [say("told_no_labels")]
    whole = quality.filter(grouping="all", measure="macro_f1").row(0, named=True)
    told = [
        say("told_macro_f1", value=_with_interval(whole, say), n=say.count(whole["n_labels"]))
        if whole["estimate"] is not None
        else say("told_too_few", n=say.count(whole["n_labels"])),
        say("labels_weighted" if whole["weighted"] else "labels_unweighted"),
    ]
    if (frames["agreement"]["reason"] == "one coder").any():
        told.append(say("told_one_coder"))
    elif len(disagreements):
        told.append(
            say(
                "told_disagreements",
                n=say.count(len(disagreements)),
                share=say.share(float(disagreements["adjudicated"].mean() or 0)),
            )
        )
    return told


def _groups(quality: pl.DataFrame, say: Words) -> Rows:
    """Return the measures of each group side by side, or that its labels are too few."""
    rows = []
    for grouping, groups in blocks_of(quality, _GROUPINGS, _MOST_GROUPS).items():
        for group in groups:
            own = {
                row["measure"]: row
                for row in quality.filter(grouping=grouping, group=group).iter_rows(named=True)
            }
            values = [_with_interval(own[measure], say) for measure in _COLUMNS]
            rows.append(
                (
                    group_label(grouping, group, say),
                    say(f"scorers_by_{grouping}"),
                    *values,
                    say.count(own["macro_f1"]["n_labels"]),
                )
            )
    return rows


def _measures(quality: pl.DataFrame, say: Words) -> Rows:
    """Return the other measures over all labels and over each target."""
    return [
        (
            say("all_targets") if row["grouping"] == "all" else say.target(row["group"]),
            say.known("measure", row["measure"]),
            say.number(row["estimate"]),
            "–" if row["low"] is None else _interval(row, say),
            say.count(row["n_labels"]),
        )
        for row in quality.filter(
            pl.col("grouping").is_in(["all", "target"]), ~pl.col("measure").is_in(_COLUMNS)
        )
        .drop_nulls("estimate")
        .iter_rows(named=True)
    ]


def _coders(agreement: pl.DataFrame, say: Words) -> Rows:
    return [
        (
            say(f"variable_{row['variable']}"),
            say("all_targets") if row["target"] == "all" else say.target(row["target"]),
            say("all_coders") if row["coder"] is None else f"{row['coder']} – {row['other']}",
            "–" if row["estimate"] is None else say.number(row["estimate"]),
            "–" if row["low"] is None else _interval(row, say),
            "–" if row["agreed_share"] is None else say.share(row["agreed_share"]),
            say.count(row["n_documents"]),
        )
        for row in agreement.filter(pl.col("reason").ne_missing("one coder")).iter_rows(named=True)
    ]


def _errors(errors: pl.DataFrame, say: Words) -> Rows:
    return [
        (
            say.target(row["target"]),
            say.known("error", row["kind"]),
            _class(row["label"], say),
            "–" if row["stance"] is None else say.signed(row["stance"]),
            "–" if row["p_label"] is None else say.number(row["p_label"]),
            row["title"] or say("page_untitled"),
            shortened(row["sentence"] or "–", _MOST_CHARACTERS),
        )
        for row in errors.iter_rows(named=True)
    ]


def _disagreements(disagreements: pl.DataFrame, say: Words) -> Rows:
    return [
        (
            say.target(row["target"]),
            "; ".join(_answer(answer, say) for answer in row["answers"]),
            say("decided" if row["adjudicated"] else "undecided"),
            row["title"] or say("page_untitled"),
        )
        for row in disagreements.iter_rows(named=True)
    ]


def _answer(answer: dict[str, Any], say: Words) -> str:
    parts = [_class(answer["stance"] if answer["relevant"] else None, say)]
    if answer["voice"] not in (None, "none"):
        parts.append(say.known("voice", answer["voice"]))
    return f"{answer['coder']}: {', '.join(parts)}"


def _class(label: int | None, say: Words) -> str:
    if label is None:
        return say("not_relevant")
    return say(("unfavourable", "neutral", "favourable")[label + 1])


def _with_interval(row: dict[str, Any], say: Words) -> str:
    if row["estimate"] is None:
        return say("few_labels") if str(row["reason"]).startswith("too few") else "–"
    value = say.number(row["estimate"])
    return value if row["low"] is None else f"{value} {_interval(row, say)}"


def _interval(row: dict[str, Any], say: Words) -> str:
    return f"[{say.number(row['low'])}; {say.number(row['high'])}]"
