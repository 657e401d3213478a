"""What a figure of stance rests on: which estimates, how many documents, which corrections."""

from dataclasses import dataclass

import polars as pl

from geostance.publish.figures.plot import caption, distinct
from geostance.publish.style import TARGET_COLOURS
from geostance.publish.words import Words

# Corrected by human labels first; labels alone only where nothing else is there.
_METHODS = ("ppi", "model", "labels")
_UNITS = ("distinct", "printed")


def ordered(targets: pl.Series) -> list[str]:
    """Return the targets present: the project's own in their order, then others by name."""
    own = list(TARGET_COLOURS)
    rank = {target: at for at, target in enumerate(own)}
    return sorted(targets.unique(), key=lambda target: (rank.get(target, len(own)), target))


def choose(
    estimates: pl.DataFrame, grouping: str, quantity: str = "stance", unit: str | None = None
) -> pl.DataFrame:
    """Return one estimate for each target and group.

    A target is shown by the corrected method where it has one for every group, else by the
    model's scores throughout: groups of one target are never compared across methods.
    ``unit`` is distinct unless it is printed; the other serves where a table has only that.
    """
    rows = estimates.filter(
        (pl.col("grouping") == grouping)
        & (pl.col("quantity") == quantity)
        & pl.col("estimate").is_finite()
    )
    for wanted in (unit, *_UNITS):
        if wanted and (rows["unit"] == wanted).any():
            rows = rows.filter(pl.col("unit") == wanted)
            break
    chosen = []
    for target in ordered(rows["target"]):
        own = rows.filter(pl.col("target") == target)
        groups = own["group"].n_unique()
        complete = [
            method
            for method in _METHODS
            if own.filter(pl.col("method") == method)["group"].n_unique() == groups
        ]
        method = complete[0] if complete else own["method"].mode().sort()[0]
        chosen.append(own.filter(pl.col("method") == method).unique("group", maintain_order=True))
    return pl.concat(chosen) if chosen else rows


def by_size(chosen: pl.DataFrame) -> list[str]:
    """Return the groups of ``chosen``, the one with most documents first."""
    return (
        chosen.group_by("group")
        .agg(pl.col("n_documents").sum())
        .sort(["n_documents", "group"], descending=[True, False])["group"]
        .to_list()
    )


def numbers_of(shown: pl.DataFrame, groups: list[str], column: str) -> pl.DataFrame:
    """Return the numbers of ``shown`` in the order of ``groups``, which are named ``column``."""
    order = pl.DataFrame({"group": groups, "at": range(len(groups))})
    return (
        shown.join(order, on="group")
        .sort("at", "target")
        .select(
            pl.col("group").alias(column),
            "target",
            "estimate",
            "low",
            "high",
            "n_documents",
            "n_labels",
            "method",
            "unit",
        )
    )


@dataclass(frozen=True)
class Basis:
    """The last sentences of a stance caption, and the facts in them."""

    text: str
    n_documents: int
    calibrated: bool | None


def basis(
    say: Words,
    chosen: pl.DataFrame | None,
    stance: pl.DataFrame | None,
    unique: pl.DataFrame | None,
    unit: str | None = None,
) -> Basis:
    """Say how many documents, how copies count, which method, and whether scores are calibrated.

    ``unit`` is that of the documents where no estimate is ``chosen``. Without ``stance`` the
    estimates alone say how many documents there are.
    """
    printed = unit == "printed" if chosen is None else (chosen["unit"] == "printed").any()
    if stance is None:
        return _alone(say, chosen, printed)
    scored = stance if printed or unique is None else distinct(stance, unique)
    if chosen is not None:
        scored = scored.filter(pl.col("target").is_in(chosen["target"].unique().to_list()))
    documents = scored["doc_id"].n_unique()
    calibrated = bool(scored["calibrated"].all()) if scored.height else None
    marked = scored.filter(~pl.col("measured_language"))["doc_id"].n_unique()
    if calibrated:
        told = say("calibrated")
    elif calibrated is None:
        told = ""
    else:
        told = say("partly_calibrated" if scored["calibrated"].any() else "not_calibrated")
    text = caption(
        say("rests_on", documents=say.documents(documents)),
        say("copies_printed" if printed else "copies_once"),
        say("unmeasured", documents=say.documents(marked)) if marked else "",
        _methods(say, chosen) if chosen is not None else "",
        told,
    )
    return Basis(text, documents, calibrated)


def _alone(say: Words, chosen: pl.DataFrame, printed: bool) -> Basis:
    documents = int(chosen.group_by("target").agg(pl.col("n_documents").sum())["n_documents"].max())
    text = caption(
        say("rests_on_target", documents=say.documents(documents)),
        say("copies_printed" if printed else "copies_once"),
        _methods(say, chosen),
        say("calibration_unknown"),
    )
    return Basis(text, documents, None)


def _methods(say: Words, chosen: pl.DataFrame) -> str:
    used = [method for method in _METHODS if (chosen["method"] == method).any()]
    if len(used) == 1:
        return say("method_all", method=say(f"method_{used[0]}"))
    parts = []
    for method in used:
        targets = ordered(chosen.filter(pl.col("method") == method)["target"])
        names = say.joined([say.target(target) for target in targets])
        parts.append(say("method_of", targets=names, method=say(f"method_{method}")))
    return say("method_each", parts="; ".join(parts))


def level(say: Words, chosen: pl.DataFrame) -> str:
    """Name the confidence level where the table carries it."""
    if "confidence" in chosen.columns and chosen["confidence"].drop_nulls().n_unique() == 1:
        return say("interval_level", level=say.share(chosen["confidence"].drop_nulls()[0]))
    return say("interval")
