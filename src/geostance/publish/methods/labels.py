"""What the methods say of the human labels, and of how scorer and coders agree."""

import polars as pl

from geostance.publish.methods.study import Facts, Section, Study

_OF_CODERS = ("relevance", "portrayal", "voice")
_OF_SCORER = ("macro_f1", "alpha_ordinal", "correlation", "detection_recall")


def _labels(study: Study) -> Facts:
    labelled = study.tables["labelled"]
    by_target = labelled.group_by("target").agg(
        pl.len().alias("n"), pl.col("doc_id").n_unique().alias("n_documents")
    )
    return {
        "n_labels": len(labelled),
        "n_documents": labelled["doc_id"].n_unique(),
        "n_coders": labelled["coder"].n_unique(),
        "targets": by_target.sort("target").rows(named=True),
        "is_sample": "ppi" in study.tables["estimates"]["method"],
        "drawn": _drawn(study),
        "annotation": study.config.annotation,
    }


def _drawn(study: Study) -> Facts | None:
    """Return how the documents to label were drawn, where geostance drew them."""
    frame = study.tables.get("frame")
    if frame is None or frame["round"].is_null().all():
        return None
    chosen = frame.filter(pl.col("round").is_not_null())
    return {
        "n_drawn": len(chosen),
        "n_frame": len(frame),
        "n_strata": frame.select("target", "stratum").n_unique(),
        "n_rounds": int(chosen["round"].n_unique()),
        "least": float(chosen["inclusion_probability"].min()),
        "most": float(chosen["inclusion_probability"].max()),
    }


def _agreement(study: Study) -> Facts | None:
    whole = pl.col("coder").is_null(), pl.col("estimate").is_not_null()
    coders = study.tables["agreement"].filter(*whole)
    quality = study.tables["scorer_quality"].filter(pl.col("grouping").is_in(["all", "target"]))
    if not len(coders) and not len(quality):
        return None
    known = quality.drop_nulls("estimate")
    return {
        "confidence": study.config.validation.confidence,
        "samples": study.config.validation.bootstrap_samples,
        "coders": {
            variable: [
                row | {"of": row["target"], "n": row["n_answers"]}
                for row in coders.filter(variable=variable).rows(named=True)
            ]
            for variable in _OF_CODERS
        },
        "n_disagreed": len(study.tables["disagreements"]),
        "n_adjudicated": int(study.tables["disagreements"]["adjudicated"].sum()),
        "scorer": {
            measure: [
                row | {"of": row["group"], "n": row["n_labels"]}
                for row in known.filter(measure=measure).rows(named=True)
            ]
            for measure in _OF_SCORER
        },
        "is_weighted": bool(known["weighted"].any()),
        "least": study.config.validation.min_labels,
    }


LABELS = Section("labels", _labels, ("labelled", "estimates"), ("frame",))
AGREEMENT = Section("agreement", _agreement, ("agreement", "disagreements", "scorer_quality"))
