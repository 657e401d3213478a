"""What the methods say of checks that are goals of their own: stability, multiverse, intrusion."""

import polars as pl

from geostance.publish.methods.study import Facts, Section, Study


def _stability(study: Study) -> Facts | None:
    if not {"topic_stability", "topic_fits"} <= set(study.tables):
        return None
    held = study.tables["topic_stability"]
    fits = study.tables["topic_fits"].filter(pl.col("kind").is_in(["seed", "subsample"]))
    if held.is_empty() or fits.is_empty():
        return None
    own = study.config.topics.stability
    overall = held.filter(fits="all")
    return {
        "own": own,
        "level": held["level"][0],
        "confidence": held["confidence"][0],
        "n_fits": {kind: len(fits.filter(kind=kind)) for kind in ("seed", "subsample")},
        "n_topics": len(overall),
        "n_recurrent": len(overall.filter(pl.col("recurrence") >= own.support)),
        "recurrence": overall["recurrence"].mean(),
        "least": overall["recurrence"].min(),
        "ari": fits["ari_others"].mean(),
        "ari_low": fits["ari_others_min"].min(),
        "ari_high": fits["ari_others_max"].max(),
    }


def _multiverse(study: Study) -> Facts | None:
    if "multiverse" not in study.tables:
        return None
    run = study.tables["multiverse"].filter(pl.col("universe") > 0, state="run")
    if run.is_empty():
        return None
    drawn = run.group_by("conclusion", "topic", "other").agg(pl.col("holds").all())
    return {
        "n_universes": run["universe"].n_unique(),
        "n_conclusions": len(drawn),
        "n_holding": int(drawn["holds"].sum()),
        "share": float(run["holds"].mean() or 0),
    }


def _intrusion(study: Study) -> Facts | None:
    if "topic_intrusion" not in study.tables:
        return None
    rows = study.tables["topic_intrusion"].filter(
        pl.col("topic").is_null(), pl.col("estimate").is_not_null(), language="mul"
    )
    measured = {(row["kind"], row["measure"]): row for row in rows.iter_rows(named=True)}
    tests = [
        {"kind": kind, **row, "alpha": measured.get((kind, "coder_alpha"))}
        for (kind, measure), row in measured.items()
        if measure == "model_precision"
    ]
    return {"tests": tests, "confidence": study.config.validation.confidence} if tests else None


STABILITY = Section("stability", _stability, optional=("topic_stability", "topic_fits"))
MULTIVERSE = Section("multiverse", _multiverse, optional=("multiverse",))
INTRUSION = Section("intrusion", _intrusion, optional=("topic_intrusion",))
