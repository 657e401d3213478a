"""Measure the cleaning: lines of pages, of the sample and of real pages; documents per second.

The rules were written with the pages in tests/cases/pages/build, the sample's labels and the
seeds in view, the rules for the ends of pages with those in second-build. Of the pages in
tests/cases/pages/check nobody who wrote a rule read a line; their counts, also by kind of line and
by rule, were seen while the rules were still being written. tests/cases/pages/README.md says what
was seen of second-check.
"""

import argparse
import json
from collections import Counter
from collections.abc import Iterable, Iterator
from functools import partial
from itertools import cycle, islice
from pathlib import Path
from time import perf_counter, process_time

import polars as pl

from benchmarks.result import REPOSITORY, Figure, reference_folder, write_result
from geostance.clean import clean_documents, clean_text, learn_repeats
from geostance.compute import map_batches
from geostance.ingest import read_corpus
from geostance.settings.corpus import CleanSettings

SAMPLE = REPOSITORY / "data" / "sample"
PAGES = REPOSITORY / "tests" / "cases" / "pages"
HALVES = ("build", "check", "second-build", "second-check")
TIMED_DOCUMENTS = 6_000
BATCH = 500


def dropped_lines(text: str, title: str | None = None) -> set[int]:
    """Return the numbers, from 1, of the lines of ``text`` of which a block is dropped."""
    return {
        text.count("\n", 0, block.start) + 1
        for block in clean_text(text, title).blocks
        if not block.kept
    }


def labelled_pages(folder: Path) -> Iterator[tuple[str, str, dict[int, tuple[str, str]]]]:
    """Yield the name and the text of each page, and verdict and kind of its lines by number."""
    for labels in sorted(folder.glob("*.labels.tsv")):
        text = labels.with_name(labels.name.replace(".labels.tsv", ".txt")).read_text("utf-8")
        rows = (line.split("\t") for line in labels.read_text("utf-8").splitlines())
        yield labels.name, text, {int(n): (verdict, kind) for n, verdict, kind in rows}


def page_lines(folder: Path) -> dict[str, Counter[str]]:
    """Return per language the lines of text and how many are kept, of furniture and dropped."""
    counts: dict[str, Counter[str]] = {}
    for name, text, gold in labelled_pages(folder):
        count = counts.setdefault(name[:2], Counter(text=0, kept=0, furniture=0, dropped=0))
        gone = dropped_lines(text)
        for number, (verdict, kind) in gold.items():
            if kind != "blank" and verdict == "keep":
                count.update(text=1, kept=number not in gone)
            elif kind != "blank":
                count.update(furniture=1, dropped=number in gone)
    return counts


def page_scores(half: str, counts: dict[str, Counter[str]]) -> dict[str, Figure]:
    """Return the shares of lines kept and dropped as labelled, over all and per language."""
    total = sum(counts.values(), Counter[str]())
    scores: dict[str, Figure] = {f"{half}_text_lines": total["text"]}
    scores[f"{half}_furniture_lines"] = total["furniture"]
    for language, count in [("all", total), *sorted(counts.items())]:
        scores[f"{half}_{language}_text_kept"] = round(count["kept"] / count["text"], 4)
        scores[f"{half}_{language}_furniture_dropped"] = round(
            count["dropped"] / count["furniture"], 4
        )
    return scores


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


def sample() -> Counter[str]:
    """Return counts of the sample's lines.

    "hit" is furniture dropped, "missed" furniture kept, "lost" text dropped. The pages in
    HTML have no line labels: trafilatura has chosen their lines.
    """
    documents, _ = read_corpus(SAMPLE / "articles")
    texts = {
        (source, position): (text, title)
        for source, position, text, title in documents.select(
            "source", "position", "text", "title"
        ).iter_rows()
    }
    count = Counter[str]()
    for label in labels():
        if label["source"].endswith(".html"):
            continue
        text, title = texts[label["source"], label["position"] or 1]
        gold = {int(number) for number, _ in label["furniture"]}
        dropped = dropped_lines(text, title)
        count.update(hit=len(gold & dropped), missed=len(gold - dropped), lost=len(dropped - gold))
    return count


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


def typical_documents(n_documents: int) -> pl.DataFrame:
    """Return French pages again and again, every line of text of each made another.

    So furniture repeats from page to page, as it does on sites, and prose does not.
    """
    pages = [page for page in labelled_pages(PAGES / "build") if page[0].startswith("fr")]
    texts = []
    for number, (_, text, gold) in enumerate(islice(cycle(pages), n_documents)):
        lines = [
            line.replace(" ", f" {number} ", 1) if gold[place][1] == "body" else line
            for place, line in enumerate(text.rstrip("\n").split("\n"), 1)
        ]
        texts.append("\n".join(lines))
    return pl.DataFrame(
        {
            "doc_id": [str(number) for number in range(n_documents)],
            "outlet": [f"outlet {number % len(pages)}" for number in range(n_documents)],
            "title": pl.Series([None] * n_documents, dtype=pl.String),
            "language": pl.Series([None] * n_documents, dtype=pl.String),
            "text": texts,
        }
    )


def speeds() -> dict[str, Figure]:
    """Return documents per second on one and two processes, starting them left out.

    Where other programs run beside it, documents per second of processor time say more.
    """
    documents = typical_documents(TIMED_DOCUMENTS)
    settings = CleanSettings()
    start = perf_counter()
    repeats = learn_repeats([documents], settings)
    found: dict[str, Figure] = {
        "timed_documents": len(documents),
        "timed_mean_characters": round(documents["text"].str.len_chars().mean()),
        "timed_mean_lines": round(documents["text"].str.count_matches("\n").mean() + 1),
        "documents_learned_per_second": round(len(documents) / (perf_counter() - start)),
    }
    for processes in (1, 2):
        work = partial(clean_documents, settings=settings, repeats=None)
        # The first batch of each process pays for starting it and for reading the phrases.
        parts = documents.iter_slices(BATCH)
        done = map_batches(work, parts, processes)
        for _ in range(processes):
            next(done)
        start, used = perf_counter(), process_time()
        rest = sum(len(part) for part in done)
        found[f"documents_per_second_{processes}"] = round(rest / (perf_counter() - start))
        if processes == 1:
            spent = process_time() - used
            found["documents_per_processor_second"] = round(rest / spent)
    return found | {"outlets_learned": len(repeats.lines)}


def main() -> None:
    """Measure, print and write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", type=Path, help="file for the figures")
    arguments = parser.parse_args()
    figures: dict[str, Figure] = {}
    for half in HALVES:
        figures |= page_scores(half.replace("-", "_"), page_lines(PAGES / half))
    figures |= scores("sample", sample())
    data = "tests/cases/pages; data/sample, furniture lines of the txt, csv and jsonl records"
    folder = reference_folder()
    if folder and (folder / "seeds").is_dir():
        right, total = seeds(folder / "seeds")
        figures |= {"seed_lines_right": right, "seed_lines": total}
        data += "; the five seed pages of the reference data"
    else:
        data += "; the seed pages are not there (GEOSTANCE_DATA names their folder)"
    figures |= speeds()
    command = "python -m benchmarks.cleaning --json FILE"
    write_result("cleaning", figures, data, command, arguments.json)


if __name__ == "__main__":
    main()
