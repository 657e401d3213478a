"""Topics of English news, found with one encoder or with two side by side.

BBC News as OCTIS prepared it (Greene and Cunningham 2006; Terragni et al. 2021): 2,225
documents, lemmas without stopwords, five labels. Measured as in Grootendorst 2022
(arXiv:2203.05794): coherence and diversity of the ten words of a topic, averaged over models
of 10 to 50 topics and three seeds. The workflow sets the smallest topic, not their number.
"""

import argparse
from itertools import combinations, product
from pathlib import Path
from statistics import fmean, stdev

import numpy as np
import polars as pl
from scipy.sparse import csr_matrix

from benchmarks.result import reference_folder, write_result
from geostance.encoders import EMBEDDED, Encoder, load_encoder, model_folder
from geostance.settings.topics import TopicSettings
from geostance.topics import TopicDocuments, describe_topics, fit_topics

# Smallest topics that give about 50, 40, 30, 20 and 10 topics on these documents.
SIZES = (10, 13, 17, 26, 60)
SEEDS = (1, 2, 3)
WORDS = 10
WINDOW = 10


def npmi(topics: list[list[str]], documents: list[list[str]]) -> float:
    """Return the mean normalised pointwise mutual information of a topic's word pairs, in [−1, 1].

    Words occur together when they share one of the windows of ten words that slide over
    the documents.

    Source: Bouma 2009 (NPMI); Röder et al. 2015 (sliding windows).
    """
    words = {word: i for i, word in enumerate(sorted({w for topic in topics for w in topic}))}
    absent = len(words)
    rows, columns, start = [], [], 0
    for document in documents:
        ids = np.array([words.get(word, absent) for word in document])
        windows = max(1, len(ids) - WINDOW + 1)
        for offset in range(min(WINDOW, len(ids))):
            columns.append(ids[offset : offset + windows])
            rows.append(start + np.arange(windows))
        start += windows
    rows, columns = np.concatenate(rows), np.concatenate(columns)
    seen = csr_matrix((np.ones(len(rows)), (rows, columns)), shape=(start, absent + 1))
    seen.data[:] = 1
    together = np.asarray((seen.T @ seen).todense()) / start
    scores = []
    for topic in topics:
        for first, second in combinations([words[word] for word in topic], 2):
            joint = together[first, second] + 1e-12
            apart = together[first, first] * together[second, second]
            scores.append(np.log(joint / apart) / -np.log(joint))
    return float(np.mean(scores))


def diversity(topics: list[list[str]]) -> float:
    """Return the share of distinct words among the words of all topics."""
    words = [word for topic in topics for word in topic]
    return len(set(words)) / len(words)


def bbc(encoder: Encoder, folder: Path) -> dict[str, float]:
    """Return coherence, diversity and agreement with the labels, means over sizes and seeds."""
    from sklearn.metrics import normalized_mutual_info_score

    printed = pl.read_csv(
        folder / "corpus.tsv",
        separator="\t",
        has_header=False,
        new_columns=["text", "split", "label"],
        quote_char=None,
    )
    texts, labels = printed["text"].to_list(), printed["label"].to_list()
    documents = [text.split() for text in texts]
    ids = [f"{row:04d}" for row in range(len(texts))]
    languages = ["en"] * len(texts)
    corpus = TopicDocuments.of(ids, texts, languages, encoder.encode(texts))
    runs = []
    for size, seed in product(SIZES, SEEDS):
        settings = TopicSettings(min_topic_size=size, words=WORDS)
        fit = fit_topics(corpus, settings, seed)
        words = describe_topics(corpus, fit.topics, settings).words
        found = fit.topics.sort("doc_id")["topic"].to_list()
        ranked = words.filter(pl.col("topic") >= 0, language="en").sort("topic", "rank")
        topics = [
            group["word"].to_list() for _, group in ranked.group_by("topic", maintain_order=True)
        ]
        runs.append(
            {
                "npmi": npmi(topics, documents),
                "diversity": diversity(topics),
                "label_nmi": float(normalized_mutual_info_score(labels, found)),
                "topics": len(topics),
                "outlier_share": found.count(-1) / len(found),
            }
        )
    means = {name: fmean(run[name] for run in runs) for name in runs[0]}
    return means | {
        "fewest_topics": min(run["topics"] for run in runs),
        "most_topics": max(run["topics"] for run in runs),
        "label_nmi_spread": stdev(run["label_nmi"] for run in runs),
    }


def main() -> None:
    """Measure topics: ``python -m benchmarks.topics [--against NAME] --json FILE``."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("--encoder", default="embedded", help="embedded, a folder or a hub name")
    parser.add_argument("--revision", default=None)
    parser.add_argument("--against", default=None, help="a second encoder, to compare")
    parser.add_argument("--against-revision", default=None)
    parser.add_argument("--json", type=Path, default=None)
    options = parser.parse_args()
    figures: dict[str, float] = {}
    reference = reference_folder()
    data = "no reference data on this machine (GEOSTANCE_DATA): nothing measured"
    if reference is not None:
        folder = reference / "topics" / "BBC_News"
        figures |= bbc(load_encoder(options.encoder, options.revision), folder)
        if options.against is not None:
            second = bbc(load_encoder(options.against, options.against_revision), folder)
            figures |= {f"against_{name}": figure for name, figure in second.items()}
        data = (
            f"BBC News, 2,225 documents in five labels; {len(SIZES)} sizes of the smallest topic, "
            f"{len(SEEDS)} seeds"
        )
    folder = model_folder(options.encoder, options.revision)
    name = "" if folder == EMBEDDED else f" --encoder {options.encoder}"
    name += f" --against {options.against}" if options.against else ""
    write_result("topics", figures, data, f"python -m benchmarks.topics{name}", options.json)


if __name__ == "__main__":
    main()
