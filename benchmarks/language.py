"""Language identification: accuracy, confusions, confidence and speed, beside lingua's.

FLORES-200 devtest (Costa-jussà et al. 2022, arXiv:2207.04672): 1,012 sentences in each of 16
languages, whole and their first five words. Titles of French press items, where the item's
own text is surely French. Sentences of MAD-TSC (Dufraisse et al. 2023) in Dutch, Portuguese
and Romanian, which are outside the 16.

The thresholds were set on NTREX sentences and MAD-TSC; the library and how much of a text is
read were chosen seeing FLORES, where every choice was above .998. The titles were only measured.
"""

import argparse
from collections.abc import Callable, Sequence
from itertools import pairwise
from pathlib import Path
from statistics import fmean
from time import perf_counter, process_time

import polars as pl

from benchmarks.result import Figure, reference_folder, write_result
from geostance.clean.language import LANGUAGES, UNKNOWN, Detected, detect

NEIGHBOURS = (("tr", "az"), ("ru", "uk"), ("ru", "kk"), ("uk", "kk"), ("fa", "ar"))
OUTSIDE = ("nl", "pt", "ro")
HEADLINE_WORDS = 5
# One press item in so many, and how sure its text must be to judge its title by.
PRESS_STRIDE, BODY_CHARACTERS, SURE = 50, 150, 0.99
BANDS = (0.1, 0.5, 0.8, 0.9, 1.01)
SPEED_CHARACTERS, SPEED_TEXTS, SPEED_SECONDS = 300, 1_000, 2.0

Detector = Callable[[str], Detected]


def head(text: str) -> str:
    """Return the first words of a sentence: as much as a short headline says."""
    return " ".join(text.split()[:HEADLINE_WORDS])


def accuracy(detector: Detector, texts: Sequence[str], language: str) -> float:
    """Return the share of ``texts`` found to be in ``language``."""
    return fmean(detector(text).language == language for text in texts)


def sentences(
    detector: Detector, flores: dict[str, list[str]], titles: list[str]
) -> dict[str, Figure]:
    """Return accuracies per language and on average: whole sentences, their heads, titles."""
    whole = {tag: accuracy(detector, texts, tag) for tag, texts in flores.items()}
    heads = {
        tag: accuracy(detector, [head(t) for t in texts], tag) for tag, texts in flores.items()
    }
    return {
        "flores_mean": fmean(whole.values()),
        **{f"flores_{tag}": share for tag, share in whole.items()},
        "five_words_mean": fmean(heads.values()),
        **{f"five_words_{tag}": share for tag, share in heads.items()},
        "french_titles": accuracy(detector, titles, "fr"),
    }


def confusions(flores: dict[str, list[str]]) -> dict[str, Figure]:
    """Return the shares of whole sentences and heads of a language taken for its neighbour."""
    figures: dict[str, Figure] = {}
    for pair in NEIGHBOURS:
        for tag, other in (pair, pair[::-1]):
            figures[f"flores_{tag}_as_{other}"] = accuracy(detect, flores[tag], other)
            heads = [head(text) for text in flores[tag]]
            figures[f"five_words_{tag}_as_{other}"] = accuracy(detect, heads, other)
    return figures


def confidence(flores: dict[str, list[str]]) -> dict[str, Figure]:
    """Return, per band of confidence, how many heads fall in it and the share that is right."""
    answers = [
        (found.confidence, found.language == tag)
        for tag, texts in flores.items()
        for found in map(detect, map(head, texts))
        if found.language != UNKNOWN
    ]
    figures: dict[str, Figure] = {}
    for low, high in pairwise(BANDS):
        right = [hit for sure, hit in answers if low <= sure < high]
        figures[f"confidence_from_{low}_heads"] = len(right)
        figures[f"confidence_from_{low}_right"] = fmean(right) if right else None
    return figures


def outside(folder: Path) -> dict[str, Figure]:
    """Return the share of sentences and heads in other languages that are "und"."""
    figures: dict[str, Figure] = {}
    for tag in OUTSIDE:
        texts = pl.read_ndjson(folder / tag / "test.jsonl")["sentence_normalized"].to_list()
        figures[f"outside_{tag}_und"] = accuracy(detect, texts, UNKNOWN)
        figures[f"outside_{tag}_five_words_und"] = accuracy(detect, map(head, texts), UNKNOWN)
    return figures


def french_titles(path: Path) -> list[str]:
    """Return distinct titles of press items whose own text is surely French."""
    items = pl.read_parquet(path, columns=["title", "text"]).gather_every(PRESS_STRIDE)
    long_enough = items.drop_nulls().filter(pl.col("text").str.len_chars() >= BODY_CHARACTERS)
    titles = [
        title
        for title, text in long_enough.unique("title", maintain_order=True).iter_rows()
        for found in [detect(text)]
        if found.language == "fr" and found.confidence >= SURE
    ]
    return titles


def speed(detector: Detector, flores: dict[str, list[str]]) -> dict[str, float]:
    """Return texts of 300 characters a second, in the 16 languages by turns, on one core.

    A second of the processor is the same on a machine that others use too.
    """
    joined = {tag: " ".join(texts) for tag, texts in flores.items()}
    each = SPEED_TEXTS // len(joined)
    texts = [
        text[n * SPEED_CHARACTERS : (n + 1) * SPEED_CHARACTERS]
        for n in range(each)
        for text in joined.values()
    ]
    start, start_processor, n_texts, seconds = perf_counter(), process_time(), 0, 0.0
    while seconds < SPEED_SECONDS:
        for text in texts:
            detector(text)
        n_texts, seconds = n_texts + len(texts), perf_counter() - start
    return {
        "texts_per_second": n_texts / seconds,
        "texts_per_processor_second": n_texts / (process_time() - start_processor),
    }


def lingua() -> Detector | None:
    """Return lingua over the same languages in its more accurate mode, where it is installed."""
    try:
        from lingua import IsoCode639_1, Language, LanguageDetectorBuilder
    except ImportError:
        return None
    known = [Language.from_iso_code_639_1(getattr(IsoCode639_1, tag.upper())) for tag in LANGUAGES]
    detector = LanguageDetectorBuilder.from_languages(*known).build()

    def first(text: str) -> Detected:
        best = detector.compute_language_confidence_values(text)[0]
        return Detected(best.language.iso_code_639_1.name.lower(), best.value)

    return first


def main() -> None:
    """Measure, print and write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", type=Path, help="file for the figures")
    arguments = parser.parse_args()
    figures: dict[str, Figure] = {}
    data = "no reference data on this machine (GEOSTANCE_DATA): nothing measured"
    folder = reference_folder()
    if folder is not None:
        bench = folder / "encoder" / "bench" / "flores200_devtest"
        flores = {
            tag: (bench / f"{tag}.txt").read_text("utf-8").rstrip("\n").split("\n")
            for tag in LANGUAGES
        }
        titles = french_titles(folder / "press" / "rss_fr.parquet")
        figures |= {"n_titles": len(titles), **sentences(detect, flores, titles)}
        figures |= confusions(flores) | confidence(flores)
        figures |= outside(folder / "stance" / "MAD-TSC") | speed(detect, flores)
        data = (
            f"FLORES-200 devtest, {len(LANGUAGES)} languages, and its first {HEADLINE_WORDS} "
            f"words; {len(titles):,} titles of French press items; MAD-TSC test, "
            f"{', '.join(OUTSIDE)}"
        )
        other = lingua()
        if other is None:
            data += "; lingua is not installed, so nothing is compared"
        else:
            theirs = sentences(other, flores, titles) | speed(other, flores)
            figures |= {f"lingua_{name}": value for name, value in theirs.items()}
            unit = "texts_per_processor_second"
            figures["speed_ratio"] = figures[unit] / theirs[unit]
    write_result("language", figures, data, "python -m benchmarks.language", arguments.json)


if __name__ == "__main__":
    main()
