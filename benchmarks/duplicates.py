"""Copies of one text: how many are found, how often two texts are taken for one, and the cost.

Found: 2,000 press items, edited as another house would, among all items. Taken for one: 2,000
pairs of items of two outlets on one event, and pairs of articles of one topic. Cost: seconds and
peak memory of a process of its own on press items and on invented articles of 2.7 kB.

Rules and bars were set on the items and months that this leaves out (``--tuning`` measures them).
"""

import argparse
import json
import subprocess
import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path
from time import perf_counter, process_time

import polars as pl

from benchmarks.pairs import EDITS, EVENT_WORDS, LONG_WORDS, edited, same_event, same_topic
from benchmarks.printings import PART, printings
from benchmarks.result import REPOSITORY, peak_gigabytes, reference_folder, write_result
from geostance.clean import mark_duplicates
from geostance.settings.corpus import DuplicateSettings

PAIRS = 2_000
TOPIC_PAIRS = 500
PRESS_SIZES = (10_000, 100_000, None)
SEED = {"reported": 20240105, "tuning": 11}

_WORDS = pl.col("text").str.count_matches(r"\S+")


def press(folder: Path) -> pl.DataFrame:
    """Return French press items and French and English articles as one corpus."""
    items = pl.read_parquet(folder / "press" / "rss_fr.parquet").select(
        "id",
        "outlet",
        "title",
        "text",
        date=pl.col("date").str.to_date(),
        language=pl.lit("fra"),
        topic=pl.lit(None, pl.String),
    )
    lines = (folder / "press" / "masakhanews_fr_en.jsonl").read_text(encoding="utf-8")
    rows = [json.loads(line) for line in lines.split("\n") if line]
    articles = pl.DataFrame(
        {
            "id": [f"article-{place}" for place in range(len(rows))],
            "outlet": None,
            "title": [row["headline"] for row in rows],
            "text": [row["text"] for row in rows],
            "date": None,
            "language": [row["lang"] for row in rows],
            "topic": [row["category"] for row in rows],
        },
        schema=items.schema,
    )
    return pl.concat([items, articles]).rename({"id": "doc_id"})


def quality(corpus: pl.DataFrame, part: str) -> dict[str, float]:
    """Return recall by kind of edit, and the shares of different texts taken for one."""
    seed = SEED[part]
    # Halves that share no text and no month: one to set the bars on, one to report.
    half = (pl.col("text").hash(7) % 2 == 1) == (part == "reported")
    months = (pl.col("date").dt.month() % 2 == 1) == (part == "reported")
    long = corpus.filter(half & (_WORDS >= LONG_WORDS)).sort("doc_id")
    originals = pl.concat(
        [
            group.sample(PAIRS // 2, seed=seed)
            for _, group in long.group_by(pl.col("topic").is_null(), maintain_order=True)
        ]
    )
    copies = edited(originals, long, seed)
    events, aside = same_event(
        corpus.filter(months & pl.col("topic").is_null() & (_WORDS >= EVENT_WORDS)), PAIRS, seed
    )
    topics = same_topic(corpus.filter(half & pl.col("topic").is_not_null()), TOPIC_PAIRS)
    documents = _documents(pl.concat([corpus, copies.select(corpus.columns)]))
    unique = mark_duplicates(documents.iter_slices(PART), documents, DuplicateSettings())
    of_cluster = unique.select("doc_id", "cluster_id")
    found = _joined(copies, "doc_id", "of", of_cluster)
    return {
        "pairs_edited": len(copies),
        "recall": float(found.mean()),
        **{f"recall_{kind}": float(found.filter(copies["kind"] == kind).mean()) for kind in EDITS},
        "recall_articles": float(found.filter(copies["topic"].is_not_null()).mean()),
        "recall_items": float(found.filter(copies["topic"].is_null()).mean()),
        "pairs_same_event": len(events),
        "pairs_same_event_set_aside": aside,
        "false_same_event": float(_joined(events, "one", "other", of_cluster).mean()),
        "pairs_same_topic": len(topics),
        "false_same_topic": float(_joined(topics, "one", "other", of_cluster).mean()),
    }


def _documents(items: pl.DataFrame) -> pl.DataFrame:
    return items.with_columns(date_precision=pl.lit("day"), dropped_reason=pl.lit(None, pl.String))


def _joined(pairs: pl.DataFrame, one: str, other: str, of_cluster: pl.DataFrame) -> pl.Series:
    """Tell for each pair whether both are in one cluster."""
    clusters = [
        pairs.join(
            of_cluster, left_on=column, right_on="doc_id", how="left", maintain_order="left"
        )["cluster_id"]
        for column in (one, other)
    ]
    return clusters[0] == clusters[1]


def cost(name: str, parts: Iterable[pl.DataFrame]) -> dict[str, float]:
    """Return seconds and peak memory of a process that reads the parts from disk and marks them."""
    with tempfile.TemporaryDirectory(prefix="geostance-") as folder:
        n = 0
        for place, part in enumerate(parts):
            part.write_parquet(Path(folder) / f"{place:04d}.parquet")
            n += len(part)
        child = subprocess.run(
            [sys.executable, "-m", "benchmarks.duplicates", "--measure", folder],
            cwd=REPOSITORY,
            check=True,
            capture_output=True,
            text=True,
        )
    figures = json.loads(child.stdout)
    return {f"{name}_documents": n} | {f"{name}_{key}": value for key, value in figures.items()}


def measure(folder: Path) -> dict[str, float]:
    """Mark the copies of a folder of parts; return seconds, peak gigabytes and recall."""
    start, worked = perf_counter(), process_time()
    paths = sorted(folder.glob("*.parquet"))
    columns = ["doc_id", "date", "date_precision", "outlet"]
    documents = pl.concat([pl.read_parquet(path, columns=columns) for path in paths])
    texts = ["doc_id", "title", "text", "dropped_reason"]
    frames = (pl.read_parquet(path, columns=texts) for path in paths)
    unique = mark_duplicates(frames, documents, DuplicateSettings())
    figures = {
        "seconds": perf_counter() - start,
        # On a machine that does other work too, this is what the task itself takes.
        "processor_seconds": process_time() - worked,
        "gigabytes": peak_gigabytes(),
        "distinct": int(unique["is_representative"].sum()),
    }
    if "of" in pl.read_parquet_schema(paths[0]):
        of = pl.concat([pl.read_parquet(path, columns=["doc_id", "of"]) for path in paths])
        pairs = of.filter(pl.col("doc_id") != "of")
        of_cluster = unique.select("doc_id", "cluster_id")
        figures["recall"] = float(_joined(pairs, "doc_id", "of", of_cluster).mean())
        mixed = of.join(of_cluster, on="doc_id").group_by("cluster_id").agg(pl.col("of").n_unique())
        figures["clusters_of_several_texts"] = int((mixed["of"] > 1).sum())
    return figures


def main() -> None:
    """Measure: ``python -m benchmarks.duplicates [--tuning] [--articles N] --json FILE``."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("--tuning", action="store_true", help="the half the bars were set on")
    parser.add_argument("--articles", type=int, default=1_000_000, help="invented articles")
    parser.add_argument("--measure", type=Path, default=None, help=argparse.SUPPRESS)
    parser.add_argument("--json", type=Path, default=None)
    options = parser.parse_args()
    if options.measure is not None:
        print(json.dumps(measure(options.measure)))
        return
    figures: dict[str, float] = {}
    reference = reference_folder()
    data = "no reference data on this machine (GEOSTANCE_DATA): nothing measured"
    if reference is not None:
        corpus = press(reference)
        figures |= quality(corpus, "tuning" if options.tuning else "reported")
        items = _documents(corpus.filter(pl.col("topic").is_null()))
        for size in () if options.tuning else PRESS_SIZES:
            chosen = items if size is None else items.sample(size, seed=1)
            figures |= cost(f"press_{len(chosen)}", chosen.iter_slices(PART))
        texts = items.filter(pl.col("text").str.len_chars() > 100)["text"]
        for size in () if options.tuning else (options.articles // 10, options.articles):
            figures |= cost(f"articles_{size}", printings(texts, size, 5))
        data = (
            f"{len(items):,} French press items, {len(corpus) - len(items):,} articles in French "
            "and English; invented articles made of the items' words"
        )
    flag = " --tuning" if options.tuning else ""
    write_result(
        "duplicates", figures, data, f"python -m benchmarks.duplicates{flag}", options.json
    )


if __name__ == "__main__":
    main()
