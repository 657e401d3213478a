"""The labelled sets the stance model learns from and is measured on, as passages."""

import json
from collections.abc import Iterator, Sequence, Set
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl

from geostance.errors import InputError
from geostance.stance.passages import Passage, Span
from geostance.targets import find_any, find_targets

# The codes of the press set.
TARGETS = {
    "AZ": "azerbaijan",
    "CN": "china",
    "EU": "european-union",
    "IL": "israel",
    "IN": "india",
    "IR": "iran",
    "NATO": "nato",
    "RU": "russia",
    "TR": "turkey",
    "UA": "ukraine",
    "US": "united-states",
}
# Translated sentences looked at per language, and the letters that make a sentence of news.
TRANSLATED, SHORT = 1_000, 60

MAD_TSC_LANGUAGES = ("fr", "en", "de", "es", "it")


@dataclass(frozen=True)
class Row:
    """A labelled passage.

    ``stance`` is −1, 0 or 1; ``relevant`` and ``quoted`` are None where the set does not say.
    Rows of one ``group`` (a text with its translations) belong to one split. ``evidence`` are the
    spans of the passage that carry the evaluation, where the set marks them.
    """

    passage: Passage
    stance: int
    relevant: bool | None
    quoted: bool | None
    target: str
    source: str
    group: str
    evidence: tuple[Span, ...] = ()


def press(path: Path) -> Iterator[Row]:
    """Yield the press rows whose target is named; the others have nothing to mask."""
    for record in _json_lines(path):
        text, language, target = record["text"], record["lang"], TARGETS[record["target"]]
        own = [(found.start, found.end) for found in find_targets(text, language, [target])]
        if own:
            starts = [(text.find(span), span) for span in record.get("evidence", ()) if span]
            yield Row(
                _passage(text, own, language),
                record["stance"],
                None if record["relevant"] is None else bool(record["relevant"]),
                record["voice"] == "quoted" if record["stance"] else None,
                target,
                "press",
                text,
                tuple((start, start + len(span)) for start, span in starts if start >= 0),
            )


def mad_tsc(folder: Path, language: str, split: str) -> Iterator[Row]:
    """Yield MAD-TSC, sentiment toward persons; one id is one sentence in eight languages.

    Source: Dufraisse et al. 2023, MAD-TSC, ACL 2023.
    """
    labels = {2.0: -1, 4.0: 0, 6.0: 1}
    for record in _json_lines(folder / "MAD-TSC" / language / f"{split}.jsonl"):
        text = record["sentence_normalized"]
        # The leading number of an id is the article, the same in every language.
        group = record["primary_gid"].split("_")[0]
        for target in record["targets"]:
            passage = _passage(text, [(target["from"], target["to"])], language)
            label = labels[target["polarity"]]
            yield Row(passage, label, None, None, "", "mad-tsc", group)


def translated(path: Path, languages: Set[str]) -> dict[str, list[tuple[Passage, Passage]]]:
    """Return passages of English sentences that name a target, with their translations."""
    found: dict[str, list[tuple[Passage, Passage]]] = {code: [] for code in sorted(languages)}
    pairs = pl.read_parquet(path, columns=["lang_a", "text_a", "lang_b", "text_b"]).filter(
        (pl.col("lang_a") == "en") & pl.col("lang_b").is_in(found)
        | (pl.col("lang_b") == "en") & pl.col("lang_a").is_in(found)
    )
    for code_a, text_a, code_b, text_b in pairs.iter_rows():
        english, other = (text_a, text_b) if code_a == "en" else (text_b, text_a)
        language = code_b if code_a == "en" else code_a
        full = len(found[language]) >= TRANSLATED
        names = [] if full or len(english) < SHORT else find_targets(english, "en")
        for target in dict.fromkeys(name.target for name in names):
            sides = [
                [(m.start, m.end) for m in find_targets(text, code, [target])]
                for text, code in ((english, "en"), (other, language))
            ]
            if all(sides):
                pair = (_passage(english, sides[0], "en"), _passage(other, sides[1], language))
                found[language].append(pair)
    return {language: passages for language, passages in found.items() if passages}


def _passage(text: str, own: Sequence[Span], language: str) -> Passage:
    return Passage(text, *own[0], language, tuple(own[1:]), tuple(find_any(text, language)))


def _json_lines(path: Path) -> Iterator[dict[str, Any]]:
    with _opened(path).open(encoding="utf-8") as opened:
        for line in opened:
            yield json.loads(line)


def _opened(path: Path) -> Path:
    if not path.exists():
        raise InputError(
            "a labelled set is not there", str(path), "name the folder of the sets with --data"
        )
    return path
