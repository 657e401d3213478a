"""The stage that holds several scorers against the human labels of a study."""

from collections.abc import Sequence
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, Any

import polars as pl

from geostance.config import Config
from geostance.errors import AnnotationError
from geostance.files import read_table, write_table
from geostance.stages.basis import Record, files_of, kept_documents

if TYPE_CHECKING:
    from geostance.stance import Judgement, Passage, Scorer


def compare_scorers(
    config: Config,
    *,
    annotations: Path,
    documents: Path,
    cleaned: Path,
    sentences: Path,
    responses: Path,
    output: Path,
    frame: Path | None = None,
) -> Record:
    """Run every scorer of the section compare on the labelled articles, and measure them.

    All are loaded before the first runs: one that cannot run stops the others from being
    waited, or paid, for. Labels count as in ``geostance validate``: decisions in place of what
    they decide on, with the chances of ``frame``. ``responses`` keeps the answers of a paid
    service. How fast each scorer was goes into the run record only, for it differs from run to run.
    """
    from geostance.stance import load_scorer, score_documents, score_mentions
    from geostance.stance.llm import LlmScorer
    from geostance.targets import load_targets
    from geostance.validate import compare, read_labels, settled

    chosen = config.compared()
    kept = kept_documents(cleaned)
    labels = (
        settled(
            read_labels(
                files_of(annotations),
                read_table(documents, "documents"),
                load_targets(config.stance.targets_file),
                read_table(frame, "frame") if frame else None,
            )
        )
        .filter(pl.col("target").is_in(config.stance.targets))
        .drop("language", strict=False)
        .join(kept.select("doc_id", pl.col("language").fill_null("und")), on="doc_id")
    )
    if labels.is_empty():
        raise AnnotationError(
            "there is no label of a kept article and a target of the study to compare with",
            str(annotations),
            "put labels there as CSV or JSONL with doc_id or source, target, relevant and stance",
        )
    loaded = {name: load_scorer(settings, responses=responses) for name, settings in chosen.items()}
    scorers = {name: _Clocked(scorer) for name, scorer in loaded.items()}
    texts = kept.join(labels, on="doc_id", how="semi")
    spoken = read_table(sentences, "sentences").join(labels, on="doc_id", how="semi")
    scores, counts = {}, {}
    for name, scorer in scorers.items():
        mentions = score_mentions(spoken, texts, chosen[name], scorer)
        scores[name] = score_documents(mentions, texts, chosen[name], scorer)
        counts[name] = len(mentions)
    found = compare(labels, scores, config.validation, config.seed_for("compare-scorers"))
    write_table(output.with_name("compared.parquet"), found.compared, "compared")
    write_table(output.with_name("reliability.parquet"), found.reliability, "reliability")
    write_table(output, found.measures, "comparison")
    record = {
        "scorers": len(scorers),
        "labels": len(labels),
        "documents": len(texts),
        "mentions": counts,
        "mentions_per_second": {
            name: round(counts[name] / scorer.seconds) if scorer.seconds else 0
            for name, scorer in scorers.items()
        },
    }
    for name, scorer in loaded.items():
        if isinstance(scorer, LlmScorer):
            record |= {f"{name}: {key}": value for key, value in scorer.bill().items()}
    return record


class _Clocked:
    """A scorer with the seconds it took: names are found alike for all, and not counted."""

    def __init__(self, scorer: "Scorer") -> None:
        self._scorer = scorer
        self.seconds = 0.0

    def __getattr__(self, name: str) -> Any:
        return getattr(self._scorer, name)

    def score(self, passages: Sequence["Passage"]) -> "Judgement":
        start = perf_counter()
        try:
            return self._scorer.score(passages)
        finally:
            self.seconds += perf_counter() - start
