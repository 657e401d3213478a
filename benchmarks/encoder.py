"""Translation retrieval, topic transfer and speed of an encoder.

FLORES-200 devtest (Costa-jussà et al. 2022, arXiv:2207.04672): share of sentences whose
nearest of 1,012 in the other language is their translation. SIB-200 (Adelani et al. 2024,
arXiv:2309.07445): accuracy of a topic classifier trained on English only. Neither was
trained on.
"""

import argparse
import os
from collections.abc import Sequence
from pathlib import Path
from statistics import fmean
from time import perf_counter

import numpy as np
import polars as pl

from benchmarks.result import reference_folder, write_result
from geostance.encoders import EMBEDDED, Encoder, load_encoder, model_folder

LANGUAGES = "fr ru tr de es it uk pl ar hi fa az hy ka kk".split()
SPEED_ITEMS = 50_000


def retrieval(source: np.ndarray, target: np.ndarray) -> float:
    """Return the share of rows whose most similar row in the other language is their own."""
    return float(((source @ target.T).argmax(axis=1) == np.arange(len(source))).mean())


def flores(encoder: Encoder, folder: Path) -> dict[str, float]:
    """Return accuracies to and from English, by language and on average."""
    vectors = {tag: encoder.encode(_lines(folder / f"{tag}.txt")) for tag in ("en", *LANGUAGES)}
    figures = {f"flores_{tag}_en": retrieval(vectors[tag], vectors["en"]) for tag in LANGUAGES}
    figures |= {f"flores_en_{tag}": retrieval(vectors["en"], vectors[tag]) for tag in LANGUAGES}
    figures["flores_mean_x_en"] = fmean(figures[f"flores_{tag}_en"] for tag in LANGUAGES)
    figures["flores_mean_en_x"] = fmean(figures[f"flores_en_{tag}"] for tag in LANGUAGES)
    return figures


def sib(encoder: Encoder, folder: Path) -> dict[str, float]:
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
        for tag in ("en", *LANGUAGES)
    }


def speed(encoder: Encoder, texts: Sequence[str]) -> dict[str, float]:
    """Return texts and megabytes encoded a second, after a warm-up."""
    encoder.encode(texts[:2_000])
    start = perf_counter()
    encoder.encode(texts)
    seconds = perf_counter() - start
    return {
        "items_per_second": len(texts) / seconds,
        "megabytes_per_second": sum(len(text.encode()) for text in texts) / seconds / 1e6,
    }


def _lines(path: Path) -> list[str]:
    return path.read_text(encoding="utf-8").rstrip("\n").split("\n")


def main() -> None:
    """Measure an encoder: ``python -m benchmarks.encoder [--encoder NAME] --json FILE``."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("--encoder", default="embedded", help="embedded, a folder or a hub name")
    parser.add_argument("--revision", default=None)
    parser.add_argument("--json", type=Path, default=None)
    options = parser.parse_args()
    encoder = load_encoder(options.encoder, options.revision)
    folder = model_folder(options.encoder, options.revision)
    figures: dict[str, float] = {
        "dimensions": encoder.dim,
        "folder_megabytes": sum(f.stat().st_size for f in folder.rglob("*") if f.is_file()) / 1e6,
        "cores": os.cpu_count() or 1,
    }
    reference = reference_folder()
    data = "no reference data on this machine (GEOSTANCE_DATA): size only"
    if reference is not None:
        items = pl.read_parquet(reference / "press" / "rss_fr.parquet").head(SPEED_ITEMS)
        texts = (items["title"].fill_null("") + "\n" + items["text"].fill_null("")).to_list()
        figures |= flores(encoder, reference / "encoder" / "bench" / "flores200_devtest")
        figures |= sib(encoder, reference / "encoder" / "bench" / "sib200")
        figures |= speed(encoder, texts)
        data = (
            f"FLORES-200 devtest, 1,012 sentences in 16 languages; SIB-200, trained on English; "
            f"{len(texts):,} French press items for speed"
        )
    name = "" if folder == EMBEDDED else f" --encoder {options.encoder}"
    write_result("encoder", figures, data, f"python -m benchmarks.encoder{name}", options.json)


if __name__ == "__main__":
    main()
