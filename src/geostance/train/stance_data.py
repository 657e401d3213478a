"""The labelled sets the stance model learns from and is measured on, as passages."""

import csv
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

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
MAD_TSC_LANGUAGES = ("fr", "en", "de", "es", "it", "pt", "nl", "ro")


@dataclass(frozen=True)
class Row:
    """A labelled passage.

    ``stance`` is −1, 0 or 1; ``relevant`` and ``quoted`` are None where the set does not say.
    Rows of one ``group`` (a text with its translations) belong to one split.
    """

    passage: Passage
    stance: int
    relevant: bool | None
    quoted: bool | None
    target: str
    source: str
    group: str


def press(path: Path) -> Iterator[Row]:
    """Yield the press rows whose target is named; the others have nothing to mask."""
    for record in _json_lines(path):
        text, language, target = record["text"], record["lang"], TARGETS[record["target"]]
        own = [(found.start, found.end) for found in find_targets(text, language, [target])]
        if own:
            yield Row(
                _passage(text, own, language),
                record["stance"],
                None if record["relevant"] is None else bool(record["relevant"]),
                record["voice"] == "quoted" if record["stance"] else None,
                target,
                "press",
                text,
            )


def mad_tsc(folder: Path, language: str, split: str) -> Iterator[Row]:
    """Yield MAD-TSC, sentiment toward persons; one id is one sentence in eight languages.

    Source: Dufraisse et al. 2023, MAD-TSC, ACL 2023.
    """
    yield from _news(folder / "MAD-TSC" / language / f"{split}.jsonl", language, "mad-tsc")


def news_mtsc(folder: Path) -> Iterator[Row]:
    """Yield the training part of NewsMTSC. Source: Hamborg and Donnay 2021, EACL 2021."""
    yield from _news(folder / "NewsMTSC" / "train.jsonl", "en", "news-mtsc")


def rusentne(folder: Path) -> Iterator[Row]:
    """Yield the training part of RuSentNE-2023. Source: Golubev et al. 2023, arXiv:2305.17679."""
    path = folder / "RuSentNE-2023" / "train_data.csv"
    with _opened(path).open(encoding="utf-8", newline="") as opened:
        for record in csv.DictReader(opened, delimiter="\t"):
            span = (int(record["entity_pos_start_rel"]), int(record["entity_pos_end_rel"]))
            text, label = record["sentence"], int(record["label"])
            yield _outside(text, span, "ru", label, "rusentne", text)


def gerntsa(folder: Path) -> Iterator[Row]:
    """Yield GerNTSA, German news."""
    labels = {"negative": -1, "neutral": 0, "positive": 1}
    path = _opened(folder / "GerNTSA" / "GerNTSA.json")
    for record in json.loads(path.read_text(encoding="utf-8")):
        label = labels.get(record["sentiment"]["polarity"])
        if label is not None:
            anchor, text = record["target_anchor"], record["opinion_snippet"]
            yield _outside(text, (anchor["from"], anchor["to"]), "de", label, "gerntsa", text)


def _news(path: Path, language: str, source: str) -> Iterator[Row]:
    labels = {2.0: -1, 4.0: 0, 6.0: 1}
    for record in _json_lines(path):
        text = record["sentence_normalized"]
        # The leading number of a MAD-TSC id is the article, the same in every language.
        group = record["primary_gid"].split("_")[0] if source == "mad-tsc" else text
        for target in record["targets"]:
            span = (target["from"], target["to"])
            yield _outside(text, span, language, labels[target["polarity"]], source, group)


def _outside(text: str, span: Span, language: str, label: int, source: str, group: str) -> Row:
    return Row(_passage(text, [span], language), label, None, None, "", source, group)


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
