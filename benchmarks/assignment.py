"""New documents in the topics of a fit: how often they get what a full fit gives them.

Documents held out are assigned by the rest. Two questions: given the full fit's own topics for
the rest, does assignment find the topic that the full fit gave the held out (``same_fit``)? And
assigned to a fit that never saw them (``other_fit``), whose topics are matched to the full
fit's by the documents that both hold? Two fits differ on these too: ``fits_agree`` is how often
they agree there, which assignment cannot pass.
"""

import argparse
import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import polars as pl

from benchmarks.result import reference_folder, write_result
from geostance.encoders import load_encoder
from geostance.schema import TABLES
from geostance.sentences import sentence_table
from geostance.settings.topics import TopicSettings
from geostance.stages.topicbasis import topic_documents
from geostance.topics import TopicDocuments, assign_topics, fit_topics

SEED = 1
# Items of a headline alone are left out.
FEWEST_CHARACTERS = 80


def documents(rows: list[tuple[str, str | None, str, str]]) -> TopicDocuments:
    """Return documents of id, title, text and language, encoded as the workflow does."""
    cleaned = pl.DataFrame(
        [
            dict.fromkeys(TABLES["cleaned"])
            | {"doc_id": doc_id, "title": title, "text": text, "language": language}
            for doc_id, title, text, language in rows
        ],
        schema=TABLES["cleaned"],
    )
    encoder, sentences = load_encoder(), sentence_table(cleaned)
    embeddings = sentences.select("sentence_id", "doc_id").with_columns(
        pl.Series(
            "vector",
            encoder.encode(sentences["text"].to_list()),
            dtype=pl.Array(pl.Float32, encoder.dim),
        )
    )
    return topic_documents(cleaned, embeddings)


def press(folder: Path) -> tuple[TopicDocuments, int]:
    """Return 6,000 French press items, of which 1,000 are held out."""
    items = (
        pl.read_parquet(folder / "press" / "rss_fr.parquet")
        .filter(pl.col("text").str.len_chars() >= FEWEST_CHARACTERS)
        .unique(["title", "text"], maintain_order=True)
        .sample(6_000, seed=SEED)
    )
    rows = [
        (number.zfill(8), title, text, "fr")
        for number, title, text in items.select("id", "title", "text").iter_rows()
    ]
    return documents(rows), 1_000


def masakha(folder: Path) -> tuple[TopicDocuments, int]:
    """Return MasakhaNEWS in French and English, of which 400 articles are held out."""
    lines = (folder / "press" / "masakhanews_fr_en.jsonl").open(encoding="utf-8")
    rows = [
        (f"{place:05d}", row["headline"], row["text"], {"fra": "fr", "eng": "en"}[row["lang"]])
        for place, row in enumerate(map(json.loads, lines))
    ]
    return documents(rows), 400


def measure(corpus: TopicDocuments, n_held: int) -> dict[str, float]:
    """Return the shares of held-out documents that get the full fit's topic."""
    held = np.zeros(len(corpus), bool)
    held[np.random.default_rng(SEED).permutation(len(corpus))[:n_held]] = True
    rest, new = _part(corpus, ~held), _part(corpus, held)
    settings = TopicSettings()
    full = fit_topics(corpus, settings, SEED).topics
    other = fit_topics(rest, settings, SEED).topics
    expected = full["topic"].to_numpy()
    same = assign_topics(new, rest, full.filter(~held), settings).topics["topic"].to_numpy()
    names = _matched(other["topic"].to_numpy(), expected[~held])
    apart = names(assign_topics(new, rest, other, settings).topics["topic"].to_numpy())
    agreeing = names(other["topic"].to_numpy())
    return {
        "documents": len(corpus),
        "held_out": n_held,
        "topics": len(np.unique(expected[expected >= 0])),
        "outlier_share": float((expected[held] == -1).mean()),
        "assigned_outlier_share": float((same == -1).mean()),
        **_agreement("same_fit", same, expected[held]),
        **_agreement("other_fit", apart, expected[held]),
        **_agreement("fits_agree", agreeing, expected[~held]),
    }


def _agreement(name: str, found: np.ndarray, expected: np.ndarray) -> dict[str, float]:
    both = (found != -1) & (expected != -1)
    same = found == expected
    return {name: float(same.mean()), f"{name}_no_outliers": float(same[both].mean())}


def _matched(topics: np.ndarray, expected: np.ndarray) -> Callable[[np.ndarray], np.ndarray]:
    """Return the renaming of ``topics`` that shares most documents with ``expected``, one to one.

    A topic without a partner becomes −2.
    """
    from scipy.optimize import linear_sum_assignment

    both = (topics >= 0) & (expected >= 0)
    shared = np.zeros((topics.max() + 1, expected.max() + 1), int)
    np.add.at(shared, (topics[both], expected[both]), 1)
    names = np.full(topics.max() + 2, -2)
    rows, columns = linear_sum_assignment(-shared)
    names[rows], names[-1] = columns, -1
    return lambda found: names[found]


def _part(corpus: TopicDocuments, rows: np.ndarray) -> TopicDocuments:
    places = np.flatnonzero(rows)
    return TopicDocuments(
        [corpus.doc_ids[place] for place in places],
        [corpus.texts[place] for place in places],
        [corpus.languages[place] for place in places],
        corpus.vectors[places],
    )


def main() -> None:
    """Measure assignment: ``python -m benchmarks.assignment --json FILE``."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("--json", type=Path, default=None)
    options = parser.parse_args()
    figures: dict[str, float] = {}
    data = "no reference data on this machine (GEOSTANCE_DATA): nothing measured"
    reference = reference_folder()
    if reference is not None:
        for name, read in (("masakha", masakha), ("rss", press)):
            found = measure(*read(reference))
            figures |= {f"{name}_{key}": value for key, value in found.items()}
        data = "MasakhaNEWS in French and English; 6,000 French press items of two sentences or so"
    write_result("assignment", figures, data, "python -m benchmarks.assignment", options.json)


if __name__ == "__main__":
    main()
