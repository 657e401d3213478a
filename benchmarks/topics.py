"""Topics found here beside those of plain BERTopic over a sentence-transformer, on the same texts.

BBC News as OCTIS prepared it: coherence, diversity and agreement with the labels of 10 to 50
topics, three seeds, as in Grootendorst 2022 (arXiv:2203.05794). MasakhaNEWS and SIB-200 in French
and English: agreement with the labels. SIB-200 in six languages, one fit: whether translations
share a topic, and whether language tells the topic. French press items: what a fit costs.
"""

import argparse
import logging
import multiprocessing
import tempfile
from functools import partial
from importlib.util import find_spec
from itertools import product
from pathlib import Path
from statistics import fmean, stdev
from time import perf_counter, process_time

import numpy as np

from benchmarks import topic_corpora
from benchmarks.result import REPOSITORY, peak_gigabytes, reference_folder, write_result
from benchmarks.topic_corpora import Corpus
from benchmarks.topic_scores import agreement, npmi, pairs_together
from benchmarks.topic_sides import MINILM, Geostance, Plain, Side
from geostance.encoders import EMBEDDED, model_folder
from geostance.topics.coherence import diversity
from geostance.topics.leakage import language_leakage

SEEDS = (1, 2, 3)
PERMUTATIONS = 1_000
PRESS_ITEMS = 5_000
CACHE = REPOSITORY / "build" / "minilm-vectors"


def bbc(side: Side, corpus: Corpus) -> dict[str, float]:
    """Return means over models of 10 to 50 topics and seeds."""
    vectors, seconds = side.vectors(corpus)
    texts = [text.split() for text in corpus.texts]
    runs = []
    for seed in SEEDS:
        for found in side.ten_to_fifty(corpus, vectors, seed):
            words = {"npmi": npmi(found.words, texts), "diversity": diversity(found.words)}
            labels = agreement(corpus.labels, found.assigned)
            runs.append(words | {f"label_{name}": figure for name, figure in labels.items()})
    counts = [run.pop("label_topics") for run in runs]
    outliers = [run.pop("label_outlier_share") for run in runs]
    return {
        **{name: fmean(run[name] for run in runs) for name in runs[0]},
        "label_nmi_spread": stdev(run["label_nmi"] for run in runs),
        "outlier_share": fmean(outliers),
        "fewest_topics": min(counts),
        "most_topics": max(counts),
        "encoding_seconds": seconds,
    }


def labelled(side: Side, corpus: Corpus) -> dict[str, float]:
    """Return means over seeds of a corpus with labels, in one or more languages."""
    vectors, seconds = side.vectors(corpus)
    runs = []
    for seed in SEEDS:
        start, worked = perf_counter(), process_time()
        assigned = side.topics(corpus, vectors, seed).assigned
        cost = {
            "seconds": perf_counter() - start,
            # On a machine that does other work too, this is what the task itself takes.
            "processor_seconds": process_time() - worked,
        }
        runs.append(agreement(corpus.labels, assigned) | cost | across(corpus, assigned))
    means = {name: fmean(run[name] for run in runs) for name in runs[0]}
    return means | {
        "nmi_spread": stdev(run["nmi"] for run in runs),
        "encoding_seconds": seconds,
    }


def across(corpus: Corpus, assigned: list[int]) -> dict[str, float]:
    """Return what crosses languages; nothing of texts in one language.

    Outliers are left out: whether a text has a topic is told by the outlier share.
    """
    if len(set(corpus.languages)) == 1:
        return {}
    inside = [row for row, topic in enumerate(assigned) if topic >= 0]
    leakage = language_leakage(
        [corpus.languages[row] for row in inside],
        [assigned[row] for row in inside],
        PERMUTATIONS,
        np.random.default_rng(0),
    )
    figures = {"leakage": leakage.information, "leakage_excess": leakage.excess}
    together = pairs_together(corpus.groups, assigned)
    return figures | ({} if together is None else {"pairs_together": together})


def cost_of_press(side: Side, corpus: Corpus) -> dict[str, float]:
    """Return the seconds of one fit of press items, words included."""
    vectors, seconds = side.vectors(corpus)
    start, worked = perf_counter(), process_time()
    found = side.topics(corpus, vectors, SEEDS[0])
    return {
        "texts": len(corpus),
        "topics": len(found.words),
        "outlier_share": found.assigned.count(-1) / len(corpus),
        "seconds": perf_counter() - start,
        "processor_seconds": process_time() - worked,
        "encoding_seconds": seconds,
    }


def measure(task: tuple[str, Path, str, str | None, tuple[str, ...]]) -> dict[str, float]:
    """Return every figure of one side, and the peak memory of this process.

    Vectors that were made in an earlier run need no encoder, and less memory.
    """
    name, reference, encoder, revision, parts = task
    # Encoders warn of texts that are longer than they read: the docstring says so once.
    logging.getLogger("geostance").setLevel(logging.ERROR)
    side = Plain(CACHE) if name == "plain" else Geostance(encoder, revision)
    news = topic_corpora.bbc(reference)
    masakha = topic_corpora.masakhanews(reference)
    sib = topic_corpora.sib(reference)
    jobs = {
        "bbc": partial(bbc, side, news),
        "bbc_default": partial(labelled, side, news),
        **{
            f"{corpus.name}_{'_'.join(tags)}": partial(labelled, side, corpus.of(tags))
            for corpus, tags in product((masakha, sib), (("en",), ("fr",), ("fr", "en")))
        },
        "sib6": partial(labelled, side, sib),
        "rss": partial(cost_of_press, side, topic_corpora.press(reference, PRESS_ITEMS)),
    }
    figures = {
        f"{part}_{figure}": value
        for part, job in jobs.items()
        if part in parts or not parts
        for figure, value in job().items()
    }
    return figures | {"peak_gigabytes": peak_gigabytes()}


def main() -> None:
    """Measure topics: ``python -m benchmarks.topics [--stability] --json FILE``."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("--encoder", default="embedded", help="embedded, a folder or a hub name")
    parser.add_argument("--revision", default=None)
    parser.add_argument("--parts", nargs="+", default=(), help="bbc, sib6, sib_fr, masakha_fr, …")
    parser.add_argument("--alone", action="store_true", help="without plain BERTopic")
    parser.add_argument("--stability", action="store_true", help="and whether topics come back")
    parser.add_argument("--json", type=Path, default=None)
    options = parser.parse_args()
    figures: dict[str, float] = {}
    reference = reference_folder()
    data = "no reference data on this machine (GEOSTANCE_DATA): nothing measured"
    if reference is not None:
        sides = {"geostance": ""} | ({} if options.alone else {"plain": "plain_"})
        beside = "beside plain BERTopic over all-MiniLM-L6-v2"
        if options.alone or find_spec(MINILM) is None:
            sides.pop("plain", None)
            beside = (
                f"plain BERTopic left out ({'--alone' if options.alone else MINILM + ' absent'})"
            )
        tasks = [
            (name, reference, options.encoder, options.revision, tuple(options.parts))
            for name in sides
        ]
        # A process of its own for each side, one after the other: their memory is told apart.
        with multiprocessing.get_context("spawn").Pool(1, maxtasksperchild=1) as pool:
            for prefix, found in zip(sides.values(), pool.imap(measure, tasks), strict=True):
                figures |= {f"{prefix}{name}": figure for name, figure in found.items()}
        if options.stability:
            from benchmarks.topic_stability import DOCUMENTS, measured

            with tempfile.TemporaryDirectory(prefix="geostance-") as folder:
                figures |= measured(Path(folder), reference, DOCUMENTS)
        data = (
            f"BBC News (2,225 documents; 10 to 50 topics, {len(SEEDS)} seeds),"
            f" MasakhaNEWS (2,602 articles), SIB-200 (1,004 sentences a language), {PRESS_ITEMS:,} "
            f"French press items; {beside}"
        )
    name = (
        ""
        if model_folder(options.encoder, options.revision) == EMBEDDED
        else (f" --encoder {options.encoder}")
    )
    name += f" --parts {' '.join(options.parts)}" if options.parts else ""
    name += " --alone" if options.alone else ""
    name += " --stability" if options.stability else ""
    write_result("topics", figures, data, f"python -m benchmarks.topics{name}", options.json)


if __name__ == "__main__":
    main()
