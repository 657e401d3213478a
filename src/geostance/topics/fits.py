"""Many fits of one corpus: over seeds and over parts of the documents, side by side."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
import polars as pl

from geostance.schema import TABLES
from geostance.settings.topics import StabilitySettings, TopicSettings
from geostance.topics.documents import TopicDocuments
from geostance.topics.guidance import Guidance
from geostance.topics.model import fit_topics
from geostance.topics.passages import Passages, with_unit_ids

OUTLIER, UNSEEN = -1, -2


@dataclass(frozen=True)
class FitPlan:
    """One fit: of all documents (``seed``), of a part (``subsample``), or of shuffled rows."""

    kind: Literal["seed", "subsample", "shuffled"]
    seed: int
    share: float = 1.0


def planned(settings: StabilitySettings, seed: int) -> list[FitPlan]:
    """Return the fits of the settings; each has a seed of its own that follows from ``seed``.

    The first of twenty fits are those of ten: more fits leave those made before as they were.
    """
    seeds = [int(np.random.default_rng([seed, n]).integers(2**31)) for n in range(settings.fits)]
    return [
        FitPlan("subsample", own, settings.subsample_share) if n % 2 else FitPlan("seed", own)
        for n, own in enumerate(seeds)
    ]


def carried_out(
    plan: FitPlan,
    documents: TopicDocuments,
    settings: TopicSettings,
    guidance: Guidance | None = None,
    passages: Passages | None = None,
) -> pl.DataFrame:
    """Fit as planned; return the schema's table ``fit_assignments`` of what was drawn."""
    rows = _drawn(plan, len(documents))
    chosen = documents.take(rows)
    cut = passages and passages.within(set(chosen.doc_ids))
    if plan.kind == "shuffled":
        chosen = _sorted_again(chosen)
        cut = cut and replace(
            cut, units=_sorted_again(cut.units.take(_drawn(plan, len(cut.units))))
        )
    fit = fit_topics(chosen, settings, plan.seed, guidance, cut, mapped=False)
    columns = list(TABLES["fit_assignments"])
    whole = fit.topics.with_columns(passage=pl.lit(None, pl.Int64)).select(columns)
    return pl.concat([whole, fit.passages.select(columns)]).sort("doc_id", "passage")


def of_documents(fit: pl.DataFrame) -> pl.DataFrame:
    """Return doc_id and topic of the documents of the table ``fit_assignments``."""
    return fit.filter(pl.col("passage").is_null()).select("doc_id", "topic")


def of_units(fit: pl.DataFrame) -> pl.DataFrame:
    """Return doc_id and topic of what the fit has clustered: passages, or else documents."""
    cut = fit.filter(pl.col("passage").is_not_null())
    return with_unit_ids(cut).select("doc_id", "topic") if len(cut) else of_documents(fit)


def _sorted_again(shuffled: TopicDocuments) -> TopicDocuments:
    columns = (shuffled.doc_ids, shuffled.texts, shuffled.languages, shuffled.vectors)
    return TopicDocuments.of(*columns)


def _drawn(plan: FitPlan, n_documents: int) -> np.ndarray:
    chance = np.random.default_rng([plan.seed, 1])
    if plan.kind == "shuffled":
        return chance.permutation(n_documents)
    n_drawn = max(1, round(plan.share * n_documents))
    return np.sort(chance.choice(n_documents, n_drawn, replace=False))


@dataclass(frozen=True)
class Ensemble:
    """The topics of fits over one list of documents.

    ``labels`` is (n_fits, n_documents): a topic, −1 for an outlier, −2 where the fit has not
    seen the document. Topics are numbered by their first document, so that the numbers a fit
    happened to give them count for nothing.
    """

    doc_ids: list[str]
    labels: np.ndarray

    @classmethod
    def of(cls, doc_ids: Sequence[str], fits: Sequence[pl.DataFrame]) -> "Ensemble":
        """Lay fits (doc_id, topic) side by side over the documents ``doc_ids``."""
        order = pl.DataFrame({"doc_id": doc_ids}, schema={"doc_id": pl.String})
        labels = [
            order.join(fit, on="doc_id", how="left", maintain_order="left")["topic"]
            .fill_null(UNSEEN)
            .to_numpy()
            for fit in fits
        ]
        return cls(list(doc_ids), np.array([renumbered(row) for row in labels]))

    def __len__(self) -> int:
        return len(self.labels)


def renumbered(labels: np.ndarray) -> np.ndarray:
    """Return the labels with topics numbered by their first document."""
    topics, first, inverse = np.unique(labels, return_index=True, return_inverse=True)
    named = topics >= 0
    numbers = topics.copy()
    numbers[named] = np.argsort(np.argsort(first[named], kind="stable"), kind="stable")
    return numbers[inverse]
