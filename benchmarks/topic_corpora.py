"""Labelled texts to find topics in, as the reference data have them."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import polars as pl

from geostance.sentences import full_text

BBC_SIZE = 2_225
SIX_LANGUAGES = ("en", "fr", "ru", "tr", "de", "hi")


@dataclass(frozen=True)
class Corpus:
    """Texts with the language and the label of each; ``groups`` tells which say the same.

    ``sentences`` is False where the texts have none: lemmas in a row.
    """

    name: str
    texts: list[str]
    languages: list[str]
    labels: list[str]
    groups: list[int]
    sentences: bool = True

    def __len__(self) -> int:
        return len(self.texts)

    def of(self, languages: Sequence[str]) -> "Corpus":
        """Return the texts in some of the languages."""
        rows = [row for row, tag in enumerate(self.languages) if tag in languages]
        return Corpus(
            f"{self.name}_{'_'.join(languages)}",
            [self.texts[row] for row in rows],
            [self.languages[row] for row in rows],
            [self.labels[row] for row in rows],
            [self.groups[row] for row in rows],
            self.sentences,
        )


def bbc(reference: Path) -> Corpus:
    """Return BBC News as OCTIS prepared it: lemmas without stopwords, five labels.

    Source: Greene and Cunningham 2006; Terragni et al. 2021 (OCTIS).
    """
    rows = pl.read_csv(
        reference / "topics" / "BBC_News" / "corpus.tsv",
        separator="\t",
        has_header=False,
        new_columns=["text", "split", "label"],
        quote_char=None,
    )
    return _corpus("bbc", rows["text"].to_list(), "en", rows["label"].to_list(), sentences=False)


def masakhanews(reference: Path) -> Corpus:
    """Return the French and English articles of MasakhaNEWS, headline first.

    Source: Adelani et al. 2023, arXiv:2304.09972.
    """
    rows = pl.read_ndjson(reference / "press" / "masakhanews_fr_en.jsonl")
    texts = [full_text(*row) for row in rows.select("headline", "text").iter_rows()]
    languages = rows["lang"].replace_strict({"fra": "fr", "eng": "en"}).to_list()
    return Corpus("masakha", texts, languages, rows["category"].to_list(), list(range(len(rows))))


def sib(reference: Path, languages: Sequence[str] = SIX_LANGUAGES) -> Corpus:
    """Return the sentences of SIB-200 in some languages; ``groups`` has a number for each.

    Source: Adelani et al. 2024, arXiv:2309.07445.
    """
    folder = reference / "encoder" / "bench" / "sib200"
    labels = _lines(folder / "topic.txt")
    texts = [_lines(folder / f"{tag}.txt") for tag in languages]
    return Corpus(
        "sib",
        [text for of_one in texts for text in of_one],
        np.repeat(languages, len(labels)).tolist(),
        labels * len(languages),
        list(range(len(labels))) * len(languages),
    )


def press(reference: Path, n_items: int) -> Corpus:
    """Return French press items, headline first, evenly spread over the days that there are."""
    rows = pl.read_parquet(reference / "press" / "rss_fr.parquet").sort("id")
    rows = rows.gather_every(max(1, len(rows) // n_items)).head(n_items)
    texts = [full_text(*row) for row in rows.select("title", "text").iter_rows()]
    return _corpus("rss", texts, "fr", [""] * len(texts))


def _corpus(
    name: str, texts: list[str], language: str, labels: list[str], *, sentences: bool = True
) -> Corpus:
    return Corpus(name, texts, [language] * len(texts), labels, list(range(len(texts))), sentences)


def _lines(path: Path) -> list[str]:
    return path.read_text(encoding="utf-8").rstrip("\n").split("\n")
