"""Measure the cleaning: lines of real pages, lines of the sample corpus, documents per second.

The rules were written against the seeds and the sample's French first author, English,
Russian and Turkish articles. Of the others ("untouched") nobody who wrote a rule read a line;
their error counts were seen while the rules were still being written.
"""

import argparse
import json
import re
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from time import perf_counter

from benchmarks.result import REPOSITORY, Figure, reference_folder, write_result
from geostance.clean import clean_documents, clean_text
from geostance.config import CleanSettings
from geostance.ingest import read_corpus

SAMPLE = REPOSITORY / "data" / "sample"
DEVELOPED_ON = ("fr1", "en", "ru", "tr")


def dropped_lines(text: str, title: str | None = None) -> set[int]:
    """Return the numbers, from 1, of the lines of ``text`` of which a block is dropped."""
    return {
        text.count("\n", 0, block.start) + 1
        for block in clean_text(text, title).blocks
        if not block.kept
    }


def seeds(folder: Path) -> tuple[int, int]:
    """Return how many lines of the seeds are kept or dropped as labelled, and of how many."""
    right = total = 0
    for labels in sorted(folder.glob("*.labels.tsv")):
        text = labels.with_name(labels.name.replace(".labels.tsv", ".txt")).read_text("utf-8")
        gold = [line.split("\t") for line in labels.read_text("utf-8").splitlines()]
        dropped = dropped_lines(text)
        right += sum((verdict == "drop") == (int(n) in dropped) for n, verdict, *_ in gold)
        total += len(gold)
    return right, total


def sample() -> tuple[dict[str, Counter[str]], float]:
    """Return counts of lines per part of the sample, and documents cleaned per second.

    Counts: "hit" furniture dropped, "missed" furniture kept, "lost" text dropped. The pages
    in HTML have no line labels: trafilatura has chosen their lines.
    """
    documents, _ = read_corpus(SAMPLE / "articles")
    texts = {
        (source, position): (text, title)
        for source, position, text, title in documents.select(
            "source", "position", "text", "title"
        ).iter_rows()
    }
    counts = {"developed_on": Counter[str](), "untouched": Counter[str]()}
    for label in labels():
        if label["source"].endswith(".html"):
            continue
        text, title = texts[label["source"], label["position"] or 1]
        gold = {int(number) for number, _ in label["furniture"]}
        dropped = dropped_lines(text, title)
        author = re.match(r"[a-z]+\d?", label["id"])[0]
        count = counts["developed_on" if author in DEVELOPED_ON else "untouched"]
        count.update(hit=len(gold & dropped), missed=len(gold - dropped), lost=len(dropped - gold))
    start = perf_counter()
    clean_documents(documents, CleanSettings())
    return counts, len(documents) / (perf_counter() - start)


def labels() -> Iterable[dict]:
    """Yield the labels of the sample, one per article."""
    for path in sorted((SAMPLE / "labels").glob("*.jsonl")):
        for line in path.read_text("utf-8").split("\n"):
            if line:
                yield json.loads(line)


def scores(part: str, count: Counter[str]) -> dict[str, Figure]:
    """Return precision, recall and F1 of the dropped lines, in [0, 1]."""
    hit, missed, lost = count["hit"], count["missed"], count["lost"]
    return {
        f"{part}_furniture_lines": hit + missed,
        f"{part}_text_lines_lost": lost,
        f"{part}_precision": round(hit / (hit + lost), 4) if hit else 0.0,
        f"{part}_recall": round(hit / (hit + missed), 4) if hit else 0.0,
        f"{part}_f1": round(2 * hit / (2 * hit + missed + lost), 4) if hit else 0.0,
    }


def main() -> None:
    """Measure, print and write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", type=Path, help="file for the figures")
    arguments = parser.parse_args()
    counts, speed = sample()
    figures: dict[str, Figure] = {}
    for part, count in counts.items():
        figures.update(scores(part, count))
    data = "data/sample, furniture lines of the txt, csv and jsonl records"
    folder = reference_folder()
    if folder and (folder / "seeds").is_dir():
        right, total = seeds(folder / "seeds")
        figures |= {"seed_lines_right": right, "seed_lines": total}
        data += "; the five seed pages of the reference data"
    else:
        data += "; the seed pages are not there (GEOSTANCE_DATA names their folder)"
    figures["documents_per_second"] = round(speed, 1)
    command = "python -m benchmarks.cleaning --json FILE"
    write_result("cleaning", figures, data, command, arguments.json)


if __name__ == "__main__":
    main()
