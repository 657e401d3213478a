"""The labelled sets the stance model learns from and is measured on, as passages."""

import json
import re
import zlib
from collections import Counter
from collections.abc import Iterator, Sequence, Set
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl

from geostance.errors import InputError
from geostance.sentences import split_sentences
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

MAD_TSC_LANGUAGES = ("fr", "en", "de", "es", "it", "nl", "pt", "ro")
_POLARITY = {2.0: -1, 4.0: 0, 6.0: 1}
_OPINIONS = {"NEG": -1, "POS": 1}
_GERMAN = {"negative": -1, "neutral": 0, "positive": 1}


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
    for record in json_lines(path):
        text, language, target = record["text"], record["lang"], TARGETS[record["target"]]
        own = [(found.start, found.end) for found in find_targets(text, language, [target])]
        if own:
            starts = [(text.find(span), span) for span in record.get("evidence", ()) if span]
            yield Row(
                whole_passage(text, own, language),
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
    for record in json_lines(folder / "MAD-TSC" / language / f"{split}.jsonl"):
        # The leading number of an id is the article, the same in every language.
        group = record["primary_gid"].split("_")[0]
        yield from _persons(record, language, "mad-tsc", group)


def news_mtsc(folder: Path, split: str) -> Iterator[Row]:
    """Yield NewsMTSC, English sentiment toward persons: train, devtest_mt or devtest_rw.

    Source: Hamborg and Donnay 2021, NewsMTSC, EACL 2021.
    """
    for record in json_lines(folder / "NewsMTSC" / f"{split}.jsonl"):
        yield from _persons(record, "en", "news-mtsc", record["sentence_normalized"])


def rusentne(folder: Path, split: str, *, whole: bool = False) -> Iterator[Row]:
    """Yield RuSentNE-2023, Russian sentiment toward named entities: train or validation.

    Sentences of the validation part are left out of the training part, unless it is ``whole``.
    Source: Golubev et al. 2023, RuSentNE-2023, Dialogue 2023.
    """
    names = {"train": "train_data", "validation": "validation_data_labeled"}
    tables = {
        part: pl.read_csv(_opened(folder / "RuSentNE-2023" / f"{name}.csv"), separator="\t")
        for part, name in names.items()
    }
    held_out = set() if split == "validation" or whole else set(tables["validation"]["sentence"])
    for text, start, end, label in (
        tables[split]
        .select("sentence", "entity_pos_start_rel", "entity_pos_end_rel", "label")
        .iter_rows()
    ):
        if text not in held_out:
            passage = whole_passage(text, [(start, end)], "ru")
            yield Row(passage, label, None, None, "", "rusentne", text)


def ruopinionne(folder: Path) -> Iterator[Row]:
    """Yield targets of opinions in RuOpinionNE-2024, Russian; what is not judged it leaves out.

    Its sentences come from where those of RuSentNE do: a text that is a part of one of the
    validation part there, or holds one, is left out. So are opinions that outweigh each other.
    Source: Loukachevitch et al. 2024, RuOpinionNE-2024, Dialogue 2025.
    """
    held_out = {letters(row.passage.text) for row in rusentne(folder, "validation")}
    for split in ("train", "validation_labeled"):
        for record in json_lines(folder / "RuOpinionNE-2024" / f"{split}.jsonl"):
            text, sums = record["text"], Counter()
            for opinion in record["opinions"]:
                _, spans = opinion["Target"]
                start, end = map(int, spans[0].split(":"))
                if len(spans) == 1 and start < end:
                    sums[start, end] += _OPINIONS[opinion["Polarity"]]
            read = letters(text)
            if sums and not any(read in other or other in read for other in held_out):
                for span, total in sums.items():
                    if total:
                        label = 1 if total > 0 else -1
                        passage = whole_passage(text, [span], "ru")
                        yield Row(passage, label, None, None, "", "ruopinionne", text)


def gerntsa(folder: Path) -> Iterator[Row]:
    """Yield GerNTSA, German sentiment toward named targets.

    Source: Zhukova et al. 2023, GerNTSA (CC BY 4.0).
    """
    path = _opened(folder / "GerNTSA" / "GerNTSA.json")
    for record in json.loads(path.read_text(encoding="utf-8")):
        text, anchor = record["opinion_snippet"], record["target_anchor"]
        passage = whole_passage(text, [(anchor["from"], anchor["to"])], "de")
        label = _GERMAN[record["sentiment"]["polarity"]]
        yield Row(passage, label, None, None, "", "gerntsa", text)


def _persons(record: dict[str, Any], language: str, source: str, group: str) -> Iterator[Row]:
    text = record["sentence_normalized"]
    for target in record["targets"]:
        passage = whole_passage(text, [(target["from"], target["to"])], language)
        yield Row(passage, _POLARITY[target["polarity"]], None, None, "", source, group)


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
                pair = (
                    whole_passage(english, sides[0], "en"),
                    whole_passage(other, sides[1], language),
                )
                found[language].append(pair)
    return {language: passages for language, passages in found.items() if passages}


def unlearnt(row: Row) -> bool:
    """Return whether ``row`` is of the eighth of the press rows that no model learns from.

    On these, set apart by text, probabilities are calibrated and evidence is measured.
    """
    return zlib.crc32(row.group.encode()) % 8 == 0


def gold_sentence(row: Row) -> int:
    """Return the number of the sentence that holds most of the annotated spans."""
    inside = [
        sum(max(0, min(end, last) - max(start, first)) for first, last in row.evidence)
        for start, end in row.passage.sentences
    ]
    return inside.index(max(inside))


def whole_passage(text: str, own: Sequence[Span], language: str) -> Passage:
    """Return all of ``text`` as the passage of a target named at the spans ``own``."""
    others, sentences = find_any(text, language), split_sentences(text, language)
    return Passage(text, *own[0], language, tuple(own[1:]), tuple(others), tuple(sentences))


def letters(text: str) -> str:
    """Return the letters and digits of ``text``, small: what makes it the same sentence."""
    return re.sub(r"\W+", "", text.lower())


def json_lines(path: Path) -> Iterator[dict[str, Any]]:
    """Yield the records of a file of labelled or unlabelled texts."""
    with _opened(path).open(encoding="utf-8") as opened:
        for line in opened:
            yield json.loads(line)


def _opened(path: Path) -> Path:
    if not path.exists():
        raise InputError(
            "a labelled set is not there", str(path), "name the folder of the sets with --data"
        )
    return path
