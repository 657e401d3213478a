"""Topics fitted on a sample: what is lost against a fit of all documents.

Full fits of two seeds say how far fits agree at all; a fit of a sample, the others assigned,
is held against the first of them. Agreement is adjusted mutual information and the adjusted
Rand index, of all documents (outliers as a group of their own) and of those that neither side
leaves out. With few documents in a sample the smallest topic is smaller too, as ``auto`` gives it.
"""

import argparse
from pathlib import Path
from time import process_time

import numpy as np
import polars as pl

from benchmarks.assignment import documents
from benchmarks.result import reference_folder, write_result
from geostance.settings.topics import TopicSettings
from geostance.topics import TopicDocuments, fit_topics

SEEDS = 1, 2
N_DOCUMENTS = 20_000
SAMPLES = 10_000, 5_000
# Items of a headline alone are left out.
FEWEST_CHARACTERS = 80


def press(folder: Path, n_documents: int) -> TopicDocuments:
    """Return French press items, each text once."""
    items = (
        pl.read_parquet(folder / "press" / "rss_fr.parquet")
        .filter(pl.col("text").str.len_chars() >= FEWEST_CHARACTERS)
        .unique(["title", "text"], maintain_order=True)
        .sample(n_documents, seed=SEEDS[0])
    )
    return documents(
        [
            (number.zfill(8), title, text, "fr")
            for number, title, text in items.select("id", "title", "text").iter_rows()
        ]
    )


def agreement(name: str, found: np.ndarray, expected: np.ndarray) -> dict[str, float]:
    """Return how far two assignments of the same documents agree."""
    from sklearn.metrics import adjusted_mutual_info_score, adjusted_rand_score

    both = (found >= 0) & (expected >= 0)
    return {
        f"{name}_topics": len(np.unique(found[found >= 0])),
        f"{name}_outlier_share": float((found == -1).mean()),
        f"{name}_ami": adjusted_mutual_info_score(expected, found),
        f"{name}_ari": adjusted_rand_score(expected, found),
        f"{name}_ami_inside": adjusted_mutual_info_score(expected[both], found[both]),
        f"{name}_ari_inside": adjusted_rand_score(expected[both], found[both]),
    }


def measure(corpus: TopicDocuments, samples: list[int]) -> dict[str, float]:
    """Return the agreement of every other fit with the full fit of the first seed."""

    def fitted(seed: int, most: int | None) -> tuple[np.ndarray, float]:
        start = process_time()
        fit = fit_topics(corpus, TopicSettings(fit_documents=most), seed, mapped=False)
        return fit.topics["topic"].to_numpy(), process_time() - start

    full, seconds = fitted(SEEDS[0], None)
    figures: dict[str, float] = {
        "documents": len(corpus),
        "full_topics": len(np.unique(full[full >= 0])),
        "full_outlier_share": float((full == -1).mean()),
        "full_processor_seconds": seconds,
    }
    figures |= agreement("full_other_seed", fitted(SEEDS[1], None)[0], full)
    for most in samples:
        for seed in SEEDS:
            name = f"sample_{most}_seed_{seed}"
            found, seconds = fitted(seed, most)
            figures |= agreement(name, found, full)
            figures[f"{name}_processor_seconds"] = seconds
    return figures


def main() -> None:
    """Measure samples: ``python -m benchmarks.topic_sample [--documents N] --json FILE``."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("--documents", type=int, default=N_DOCUMENTS)
    parser.add_argument("--samples", type=int, nargs="+", default=list(SAMPLES))
    parser.add_argument("--json", type=Path, default=None)
    options = parser.parse_args()
    figures: dict[str, float] = {}
    data = "no reference data on this machine (GEOSTANCE_DATA): nothing measured"
    reference = reference_folder()
    if reference is not None:
        figures = measure(press(reference, options.documents), options.samples)
        data = f"{options.documents:,} French press items of two sentences or so"
    command = f"python -m benchmarks.topic_sample --documents {options.documents}"
    write_result("topic_sample", figures, data, command, options.json)


if __name__ == "__main__":
    main()
