"""How long the report takes to be made, to open, to search and to filter, in a real Chromium.

The documents are real press items when the reference data are there, else invented ones; their
topics and scores are invented, for these change nothing about speed.
"""

import argparse
import base64
import shutil
import tempfile
from datetime import date, timedelta
from itertools import chain
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Any

import polars as pl

from benchmarks.result import Figure, peak_gigabytes, reference_folder, write_result
from geostance.files import write_text
from geostance.publish.paging import BESIDE
from geostance.publish.report import REPORT_TABLES, build_report
from geostance.schema import TABLES, empty_table
from geostance.sentences import full_text
from geostance.settings.publishing import PublishSettings
from geostance.settings.stance import StanceSettings

DOCUMENTS = 20_000
TOPICS = 36
QUERIES = (
    *("ukraine", "russie otan", "guerre en ukraine", "de", "p", "présid", "gazoduc", "zzzz"),
    "sanctions européennes contre la Russie",
)
ROUNDS = 5
NAMES = ("chromium", "chromium-browser", "google-chrome")
# The smallest PNG: one grey pixel.
PIXEL = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGNoAAAAggCBd81ytgAAAABJRU5ErkJggg=="
)


def invented_items(n: int) -> pl.DataFrame:
    """Return ``n`` invented items: doc_id, outlet, date, language, title, text."""
    words = "gaz port vote blé sommet pont guerre ukraine russie otan accord film élu mer".split()
    return pl.DataFrame(
        {
            "doc_id": [f"{at:016x}" for at in range(n)],
            "outlet": [f"Le Titre {at % 34}" for at in range(n)],
            "date": [date(2023, 1, 1) + timedelta(days=at % 900) for at in range(n)],
            "language": [("fr", "ru", "en")[at % 3] for at in range(n)],
            "title": [
                f"{words[at % 14]} {words[at * 5 % 13]} {at}".capitalize() for at in range(n)
            ],
            "text": [
                "Moscou tient parole. "
                + " ".join(words[at * step % 14] for step in range(1, 24))
                + f" n{at % 97}."
                for at in range(n)
            ],
        }
    )


def press_items(folder: Path, n: int) -> pl.DataFrame:
    """Return ``n`` French press items of the reference data, as :func:`invented_items` does."""
    return (
        pl.read_parquet(folder / "press" / "rss_fr.parquet")
        .sample(n, seed=5)
        .select(
            pl.col("id").cast(pl.String).alias("doc_id"),
            "outlet",
            pl.col("date").str.to_date(strict=False),
            language=pl.lit("fr"),
            title=pl.col("title").fill_null(""),
            text=pl.col("text").fill_null(""),
        )
    )


def study_of(items: pl.DataFrame, source: str | list[str] = "items.csv") -> dict[str, pl.DataFrame]:
    """Return the tables of a report on ``items``; every fifth speaks of a target or two."""
    rows: dict[str, list[tuple[Any, ...]]] = {name: [] for name in REPORT_TABLES}
    sources = [source] * len(items) if isinstance(source, str) else source
    for at, item in enumerate(items.iter_rows(named=True)):
        doc, title, text = item["doc_id"], item["title"], item["text"]
        rows["documents"].append(
            (
                *(doc, sources[at], at, item["outlet"], title, item["date"], "day"),
                *(f"https://example.org/{at}", item["language"], text),
            )
        )
        rows["cleaned"].append((doc, title, text, item["language"], 1.0, None, []))
        rows["unique"].append((doc, doc, 1, True, "representative", 1.0, 1.0))
        rows["topics"].append((doc, at % (TOPICS + 1) - 1, 1.0, 0.0, 0.0, at % (TOPICS + 1) - 1))
        if at % 5:
            continue
        start = len(full_text(title, text)) - len(text)
        end = start + max(len(text.split(". ")[0]), 1)
        rows["sentences"].append((doc, f"{doc}-1", start, end, text[: end - start]))
        for target, score in (("russia", 0.8 - at % 17 / 10), ("nato", at % 19 / 10 - 0.9)):
            if target == "nato" and at % 2:
                continue
            share = (max(-score, 0), 1 - abs(score), max(score, 0))
            quoted = float(at % 3 == 0)
            rows["mentions"].append(
                (
                    *(doc, f"{doc}-1", target, start, start + 6, text[:6], 0.9, True),
                    *(*share, quoted, "quoted" if quoted else "author", [], "toy"),
                )
            )
            rows["stance"].append(
                (
                    *(doc, target, score, 0.1, None, 1, *share, quoted, [f"{doc}-1"]),
                    *(at % 7 != 0, False, "toy"),
                )
            )
    rows["topic_info"] = [(n, f"{n} thème", len(items) // TOPICS, []) for n in range(TOPICS)]
    return {
        name: pl.DataFrame(rows[name], schema=TABLES[name], orient="row")
        if rows[name]
        else empty_table(name)
        for name in REPORT_TABLES
    }


def publish(
    frames: dict[str, pl.DataFrame],
    folder: Path,
    *,
    title: str = "Study",
    language: str = "en",
    raw: dict[str, str] | None = None,
) -> Path:
    """Write the report on ``frames``, with one figure, into ``folder``; return its page."""
    figures = folder / "figures"
    figures.mkdir(parents=True, exist_ok=True)
    (figures / "toy.png").write_bytes(PIXEL)
    (figures / "toy.csv").write_text("month,n\n2024-01,3\n")
    record = {
        "id": "toy",
        "title": title,
        "caption": title,
        "files": {"toy.png": "ab" * 32, "toy.csv": "cd" * 32},
        "numbers": "toy.csv",
        "inputs": {"stance": "ef" * 32},
    }
    tables = {
        name: {"file": f"{name}.parquet", "sha256": f"{at:064x}", "rows": len(frame), "columns": []}
        for at, (name, frame) in enumerate(frames.items())
    }
    page = folder / "report.html"
    write_text(
        page,
        build_report(
            frames,
            [record],
            figures,
            tables=tables,
            raw={"corpus": raw or {"items.csv": "01" * 32}, "annotations": {}},
            settings=PublishSettings(title=title, language=language),
            stance=StanceSettings(),
            save=lambda name, content: write_text(folder / BESIDE / name, content),
        ),
    )
    return page


def search_times(page: Any, queries: tuple[str, ...], rounds: int) -> dict[str, list[float]]:
    """Return the milliseconds from asking to the filtered list, for each of ``queries``."""
    return {query: [_ask(page, query) for _ in range(rounds)] for query in queries}


def _ask(page: Any, query: str) -> float:
    page.evaluate("() => { delete document.documentElement.dataset.answered; }")
    page.locator("input[name=search]").fill("")
    page.locator("input[name=search]").fill(query)
    page.wait_for_selector(f"html[data-answered='{query}']", state="attached")
    return page.evaluate("() => performance.getEntriesByName('geostance-search').at(-1).duration")


def filter_times(page: Any, rounds: int) -> list[float]:
    """Return the milliseconds that each choice of outlet, topic and target took."""
    found = []
    for name in ("outlet", "topic", "target") * rounds:
        page.evaluate("() => performance.clearMeasures('geostance-filter')")
        options = page.locator(f"select[name={name}] option").count()
        page.select_option(f"select[name={name}]", index=1 + len(found) % (options - 1))
        page.wait_for_function("() => performance.getEntriesByName('geostance-filter').length > 0")
        found.append(
            page.evaluate("() => performance.getEntriesByName('geostance-filter').at(-1).duration")
        )
        page.locator("#filters [type=reset]").click()
        page.wait_for_function("() => performance.getEntriesByName('geostance-filter').length > 1")
    return found


def measure(page_file: Path) -> dict[str, Figure]:
    """Return what a real Chromium takes to open, search and filter the report."""
    from playwright.sync_api import sync_playwright

    chromium = next(found for name in NAMES if (found := shutil.which(name)))
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": 1380, "height": 900})
        page.set_default_timeout(600_000)
        start = perf_counter()
        page.goto(page_file.as_uri())
        page.wait_for_selector("html[data-listed]", state="attached")
        opened = perf_counter() - start
        start = perf_counter()
        page.locator("input[name=search]").focus()
        page.wait_for_selector("html[data-searchable]", state="attached")
        indexed = perf_counter() - start
        searches = search_times(page, QUERIES, ROUNDS)
        page.locator("#filters [type=reset]").click()
        filters = filter_times(page, ROUNDS)
        browser.close()
    figures: dict[str, Figure] = {
        "open_seconds": round(opened, 2),
        "index_seconds": round(indexed, 2),
        "search_ms_median": round(median(chain.from_iterable(searches.values())), 1),
        "search_ms_max": round(max(map(max, searches.values())), 1),
        "filter_ms_median": round(median(filters), 1),
        "filter_ms_max": round(max(filters), 1),
    }
    return figures | {f"search_ms_{q}": round(median(ms), 1) for q, ms in searches.items()}


def main() -> None:
    """Measure, print, and write the figures where ``--json`` says."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", type=Path)
    parser.add_argument("--documents", type=int, default=DOCUMENTS)
    own = parser.parse_args()
    reference = reference_folder()
    items = press_items(reference, own.documents) if reference else invented_items(own.documents)
    with tempfile.TemporaryDirectory() as folder:
        start = perf_counter()
        page = publish(study_of(items), Path(folder))
        seconds = perf_counter() - start
        beside = [file.stat().st_size for file in (Path(folder) / BESIDE).glob("*")]
        figures = {
            "documents": own.documents,
            "characters": int(items["text"].str.len_chars().sum()),
            "make_seconds": round(seconds, 1),
            "make_peak_gb": round(peak_gigabytes(), 2),
            "page_mb": round(page.stat().st_size / 1e6, 2),
            "files_beside": len(beside),
            "beside_mb": round(sum(beside) / 1e6, 2),
            **measure(page),
        }
    said = "French press items" if reference else "invented items: no reference data"
    command = f"python -m benchmarks.report --documents {own.documents}"
    write_result("report", figures, said, command, own.json)


if __name__ == "__main__":
    main()
