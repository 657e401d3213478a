"""Translation retrieval, topic transfer and speed of an encoder.

FLORES-200 devtest (Costa-jussà et al. 2022, arXiv:2207.04672): share of sentences whose
nearest of 1,012 in the other language is their translation. SIB-200 (Adelani et al. 2024,
arXiv:2309.07445): accuracy of a topic classifier trained on English only. XQuAD (Artetxe et
al. 2020, arXiv:1910.11856): its paragraphs find their translation, alone and at the end of long
documents that begin alike. MasakhaNEWS (Adelani et al. 2023): a headline finds its article.
CLDR: names of cities find themselves in English. None of them was trained on.
"""

import argparse
import os
import shlex
import sys
from collections.abc import Sequence
from pathlib import Path
from statistics import fmean
from time import perf_counter, process_time

import numpy as np
import polars as pl

from benchmarks.result import reference_folder, write_result
from geostance.encoders import Encoder, load_encoder, model_folder

LANGUAGES = "fr ru tr de es it uk pl ar hi fa az hy ka kk".split()
PARAGRAPH_LANGUAGES = "ru tr de es ar hi".split()
# Latin letters give most cities away.
NAME_LANGUAGES = "ru uk ar hi fa hy ka kk".split()
# About 1,300 words before the paragraph that tells one document from another.
COMMON_PARAGRAPHS = 10
SPEED_ITEMS, WARM_UP_ITEMS, SPEED_SECONDS = 50_000, 2_000, 2
# Two encoders are compared on fewer: a transformer may take a second for a hundred.
COMPARED_ITEMS = 1_000


def retrieval(source: np.ndarray, target: np.ndarray) -> float:
    """Return the share of rows whose most similar row in the other language is their own."""
    return float(((source @ target.T).argmax(axis=1) == np.arange(len(source))).mean())


def flores(encoder: Encoder, folder: Path, languages: Sequence[str]) -> dict[str, float]:
    """Return accuracies to and from English, by language and on average."""
    vectors = {tag: encoder.encode(_lines(folder / f"{tag}.txt")) for tag in ("en", *languages)}
    figures = {f"flores_{tag}_en": retrieval(vectors[tag], vectors["en"]) for tag in languages}
    figures |= {f"flores_en_{tag}": retrieval(vectors["en"], vectors[tag]) for tag in languages}
    figures["flores_mean_x_en"] = fmean(figures[f"flores_{tag}_en"] for tag in languages)
    figures["flores_mean_en_x"] = fmean(figures[f"flores_en_{tag}"] for tag in languages)
    return figures


def sib(encoder: Encoder, folder: Path, languages: Sequence[str]) -> dict[str, float]:
    """Return the accuracy on each language's test rows of a classifier that saw English only."""
    from sklearn.linear_model import LogisticRegression

    topics, splits = (np.array(_lines(folder / name)) for name in ("topic.txt", "index_split.txt"))
    splits = np.array([line.split()[-1] for line in splits])
    train, test = splits != "test", splits == "test"
    classifier = LogisticRegression(max_iter=2_000, C=10)
    classifier.fit(encoder.encode(_lines(folder / "en.txt"))[train], topics[train])
    return {
        f"sib_{tag}": float(
            classifier.score(encoder.encode(_lines(folder / f"{tag}.txt"))[test], topics[test])
        )
        for tag in ("en", *languages)
    }


def paragraphs(encoder: Encoder, folder: Path, languages: Sequence[str]) -> dict[str, float]:
    """Return accuracies to English of paragraphs, and of documents that differ at their end only.

    An encoder that cuts long texts finds next to none of the second.
    """
    chosen = [tag for tag in PARAGRAPH_LANGUAGES if tag in languages]
    tags = ("en", *chosen)
    texts = {tag: _lines(folder / f"{tag}.paragraphs.txt") for tag in tags}
    figures: dict[str, float] = {}
    for name, common in (("paragraph", 0), ("long_document", COMMON_PARAGRAPHS)):
        vectors = {
            tag: encoder.encode(
                ["\n".join((*texts[tag][:common], last)) for last in texts[tag][common:]]
            )
            for tag in tags
        }
        found = {f"{name}_{tag}_en": retrieval(vectors[tag], vectors["en"]) for tag in chosen}
        figures |= found | ({f"{name}_mean": fmean(found.values())} if found else {})
    return figures


def headlines(encoder: Encoder, path: Path) -> dict[str, float]:
    """Return the share of headlines whose nearest article of their language is their own."""
    articles = pl.read_ndjson(path).unique("headline", maintain_order=True)
    return {
        f"headline_{tag}": retrieval(
            encoder.encode(group["headline"].to_list()), encoder.encode(group["text"].to_list())
        )
        for tag, language in (("fr", "fra"), ("en", "eng"))
        for group in [articles.filter(lang=language)]
    }


def cities(encoder: Encoder, languages: Sequence[str]) -> dict[str, float]:
    """Return the share of CLDR's cities whose name is nearest to its own in English."""
    from babel import Locale

    def names(tag: str) -> dict[str, str]:
        zones = Locale.parse(tag).time_zones.items()
        return {zone: names["city"] for zone, names in zones if "city" in names}

    local = {tag: names(tag) for tag in NAME_LANGUAGES}
    # CLDR names a city in English only where the zone's own name does not.
    english = {zone: zone.split("/")[-1].replace("_", " ") for zone in local["ru"]} | names("en")
    zones = sorted(set.intersection(*map(set, local.values())) & set(english))
    target = encoder.encode([english[zone] for zone in zones])
    figures = {
        f"city_{tag}_en": retrieval(encoder.encode([local[tag][z] for z in zones]), target)
        for tag in NAME_LANGUAGES
        if tag in languages
    }
    return figures | ({"city_mean": fmean(figures.values())} if figures else {})


def speed(encoder: Encoder, texts: Sequence[str]) -> dict[str, float]:
    """Return texts and megabytes encoded a second, after a warm-up.

    A second of all processors' time is the same on a machine that others use too.
    """
    encoder.encode(texts[: min(WARM_UP_ITEMS, len(texts) // 10)])
    start, start_processor, n_items, seconds = perf_counter(), process_time(), 0, 0.0
    while seconds < SPEED_SECONDS:
        encoder.encode(texts)
        n_items, seconds = n_items + len(texts), perf_counter() - start
    processor = process_time() - start_processor
    n_bytes = sum(len(text.encode()) for text in texts) * n_items / len(texts)
    return {
        "items_per_second": n_items / seconds,
        "items_per_processor_second": n_items / processor,
        "megabytes_per_second": n_bytes / seconds / 1e6,
    }


def _lines(path: Path) -> list[str]:
    return path.read_text(encoding="utf-8").rstrip("\n").split("\n")


def main() -> None:
    """Measure an encoder, and its speed beside another's in the same run."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("--encoder", default="embedded", help="embedded, a folder or a hub name")
    parser.add_argument("--revision", default=None)
    parser.add_argument("--prompt", default="", help="put before every text")
    parser.add_argument("--languages", nargs="+", default=LANGUAGES, choices=LANGUAGES)
    parser.add_argument("--against", default=None, help="a second encoder: speed only")
    parser.add_argument("--json", type=Path, default=None)
    options = parser.parse_args()
    encoder = load_encoder(options.encoder, options.revision, options.prompt)
    folder = model_folder(options.encoder, options.revision)
    figures: dict[str, float] = {
        "dimensions": encoder.dim,
        "folder_megabytes": sum(f.stat().st_size for f in folder.rglob("*") if f.is_file()) / 1e6,
        "cores": os.cpu_count() or 1,
    }
    reference = reference_folder()
    data = "no reference data on this machine (GEOSTANCE_DATA): size only"
    if reference is not None:
        n_items = COMPARED_ITEMS if options.against else SPEED_ITEMS
        items = pl.read_parquet(reference / "press" / "rss_fr.parquet").head(n_items)
        texts = (items["title"].fill_null("") + "\n" + items["text"].fill_null("")).to_list()
        bench = reference / "encoder" / "bench"
        figures |= flores(encoder, bench / "flores200_devtest", options.languages)
        figures |= sib(encoder, bench / "sib200", options.languages)
        figures |= paragraphs(encoder, bench / "xquad", options.languages)
        figures |= headlines(encoder, reference / "press" / "masakhanews_fr_en.jsonl")
        figures |= cities(encoder, options.languages)
        figures |= speed(encoder, texts)
        if options.against:
            other = speed(load_encoder(options.against), texts)
            figures |= {f"against_{key}": value for key, value in other.items()}
            unit = "items_per_processor_second"
            figures["speed_ratio"] = figures[unit] / other[unit]
        data = (
            f"FLORES-200 devtest, 1,012 sentences, and SIB-200, trained on English: English and "
            f"{', '.join(options.languages)}; XQuAD paragraphs; MasakhaNEWS headlines; CLDR "
            f"cities; {len(texts):,} French press items for speed"
        )
    command = shlex.join(["python", "-m", "benchmarks.encoder", *_without_json(sys.argv[1:])])
    write_result("encoder", figures, data, command, options.json)


def _without_json(arguments: list[str]) -> list[str]:
    return [
        argument
        for n, argument in enumerate(arguments)
        if "--json" not in (argument.split("=")[0], *arguments[max(0, n - 1) : n])
    ]


if __name__ == "__main__":
    main()
