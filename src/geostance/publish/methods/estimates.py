"""What the methods say of the estimates and their correction."""

import polars as pl

from geostance.publish.methods.study import Facts, Section, Study

# What tells one claim from another.
_CLAIM = ("kind", "target", "other", "grouping", "group", "against")


def _estimates(study: Study) -> Facts | None:
    estimates, differences = study.tables["estimates"], study.tables["differences"]
    if estimates.is_empty():
        return None
    own = study.config.validation
    corrected = estimates.filter(pl.col("estimate").is_not_null(), grouping="all", method="ppi")
    return {
        "own": own,
        "groupings": [" × ".join(g) if isinstance(g, tuple) else g for g in own.groupings],
        "corrected": sorted(corrected["target"].unique()),
        "targets": sorted(estimates["target"].unique()),
        "n_pooled": len(
            estimates.filter(pl.col("estimate").is_not_null(), pl.col("method") == "pooled")
        ),
        "n_estimates": len(estimates.filter(pl.col("estimate").is_not_null())),
        "n_refused": len(estimates.filter(pl.col("reason").is_not_null())),
        "n_differences": len(differences.filter(pl.col("p_value").is_not_null())),
        "n_coefficients": len(study.tables["coefficients"]),
        "regressions": sorted(own.regressions),
    }


def _sensitivity(study: Study) -> Facts | None:
    table = study.tables["sensitivity"]
    drawn = table.filter(pl.col("changed").list.len() > 0, pl.col("state") != "unknown")
    if drawn.is_empty():
        return None
    claims = drawn.group_by(_CLAIM).agg(
        firm=(pl.col("state") == "holds").all(), reversed=(pl.col("state") == "reversed").any()
    )
    return {
        "n_claims": len(claims),
        "n_firm": int(claims["firm"].sum()),
        "n_reversed": int(claims["reversed"].sum()),
        "n_drawn": len(drawn),
        "n_holding": len(drawn.filter(state="holds")),
        "thresholds": sorted(
            {study.config.stance.relevance_threshold, *study.config.sensitivity.thresholds}
        ),
        "n_scorers": drawn["scorer"].n_unique(),
    }


ESTIMATES = Section("estimates", _estimates, ("estimates", "differences", "coefficients"))
SENSITIVITY = Section("sensitivity", _sensitivity, ("sensitivity",))
