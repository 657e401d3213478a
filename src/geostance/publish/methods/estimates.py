"""What the methods say of the estimates and their correction."""

import polars as pl

from geostance.publish.methods.study import Facts, Section, Study


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
        "n_estimates": len(estimates.filter(pl.col("estimate").is_not_null())),
        "n_refused": len(estimates.filter(pl.col("reason").is_not_null())),
        "n_differences": len(differences.filter(pl.col("p_value").is_not_null())),
        "n_coefficients": len(study.tables["coefficients"]),
        "regressions": sorted(own.regressions),
    }


ESTIMATES = Section("estimates", _estimates, ("estimates", "differences", "coefficients"))
