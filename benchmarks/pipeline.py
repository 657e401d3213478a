"""The whole workflow: seconds and memory, theme recovery on the sample, and interruption.

Theme recovery: normalised mutual information of topics and the authors' themes, outliers
counted as a topic of their own. Language mixing: how often two articles of one theme in two
languages share a topic, over how often two of one theme in one language do.
"""

import argparse
import json
import os
import random
import resource
import shutil
import signal
import subprocess
import tempfile
from itertools import combinations
from pathlib import Path
from statistics import fmean
from time import perf_counter, sleep

import polars as pl

from benchmarks.result import REPOSITORY, reference_folder, write_result
from geostance.files import read_json, sha256

PRESS_ROWS = 20_000
MOMENTS = 10
SEED = 20240105


def make(data: Path, *settings: str, check: bool = True) -> float:
    """Run ``make all`` on a study folder; return its seconds."""
    start = perf_counter()
    subprocess.run(
        ["make", "all", f"DATA={data}", *settings],
        cwd=REPOSITORY,
        env=_environment(),
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


def stage_seconds(data: Path) -> dict[str, float]:
    """Return the seconds of each stage, figures and notebooks added up."""
    seconds: dict[str, float] = {}
    for path in sorted(data.rglob("*.run.json")):
        record = read_json(path)
        key = f"press_seconds_{record['stage']}"
        seconds[key] = seconds.get(key, 0) + record["seconds"]
    return seconds


def interruption(folder: Path, whole: Path, seconds: float) -> dict[str, int]:
    """Interrupt a run at random moments; count those after which the next gives the same files."""
    moments = random.Random(SEED)
    expected, same = _published(whole), 0
    for attempt in range(MOMENTS):
        data = sample_study(folder / f"attempt-{attempt}")
        process = subprocess.Popen(
            ["make", "all", f"DATA={data}"],
            cwd=REPOSITORY,
            env=_environment(),
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


def _environment() -> dict[str, str]:
    return {key: value for key, value in os.environ.items() if not key.startswith("MAKE")}


def main() -> None:
    """Measure the workflow: ``python -m benchmarks.pipeline [--interrupt] --json FILE``."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("--interrupt", action="store_true", help="interrupt ten more sample runs")
    parser.add_argument("--json", type=Path, default=None)
    options = parser.parse_args()
    reference = reference_folder()
    figures: dict[str, float] = {"cores": os.cpu_count() or 1}
    with tempfile.TemporaryDirectory(prefix="geostance-") as name:
        folder = Path(name)
        sample = sample_study(folder / "sample")
        figures["sample_seconds"] = make(sample)
        figures["sample_second_run_seconds"] = make(sample)
        figures |= theme_figures(sample)
        if options.interrupt:
            figures |= interruption(folder, sample, figures["sample_seconds"])
        data = "the sample corpus"
        if reference is not None:
            press = folder / "press"
            (press / "raw").mkdir(parents=True)
            pl.scan_parquet(reference / "press" / "rss_fr.parquet").head(PRESS_ROWS).sink_parquet(
                press / "raw" / "press.parquet"
            )
            figures["press_rows"] = PRESS_ROWS
            figures["press_seconds"] = make(press)
            figures |= stage_seconds(press)
            kilobytes = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
            figures["peak_gigabytes"] = kilobytes / 1e6
            data += f" and {PRESS_ROWS:,} French press items"
    flag = " --interrupt" if options.interrupt else ""
    write_result("pipeline", figures, data, f"python -m benchmarks.pipeline{flag}", options.json)


if __name__ == "__main__":
    main()
