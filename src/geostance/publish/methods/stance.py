"""What the methods say of the measurement of stance."""

import polars as pl

from geostance.publish.methods.study import Facts, Section, Study
from geostance.validate.portrayal import CLASSES


def _stance(study: Study) -> Facts:
    stance, mentions = study.tables["stance"], study.tables["mentions"]
    counts = stance.group_by("target").agg(pl.len().alias("n"), pl.col("n_mentions").sum())
    relevant = mentions.filter("relevant")
    return {
        "card": study.card("scorer"),
        "own": study.config.stance,
        "scale": {"low": min(CLASSES), "high": max(CLASSES)},
        "targets": counts.sort("n", "target", descending=[True, False]).rows(named=True),
        "n_mentions": len(mentions),
        "n_relevant": len(relevant),
        "quoted_share": float((relevant["voice"] == "quoted").mean() or 0),
        "n_scores": len(stance),
        "n_unmeasured": int((~stance["measured_language"]).sum()),
    }


STANCE = Section("stance", _stance, ("stance", "mentions"))
