"""What of a study can be shared without the words of its documents, and whether any slipped in."""

import csv
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import polars as pl

from geostance.files import read_json
from geostance.schema import TABLES, TEXTS

# So many words in a row are a quotation, as is a whole sentence or headline of so many.
RUN, SHORTEST = 10, 6


def without_texts(frame: pl.DataFrame, table: str) -> pl.DataFrame:
    """Return a table with null, or an empty list, in the columns that hold text.

    Of further columns, which the schema does not know, only numbers, dates and marks are kept.
    """
    known = TABLES[table]
    kept = [
        column
        for column, kind in frame.schema.items()
        if column in known or kind.is_numeric() or kind.is_temporal() or kind == pl.Boolean
    ]
    kinds = {column: frame.schema[column] for column in TEXTS.get(table, ())}
    emptied = [
        pl.lit([] if isinstance(kind, pl.List) else None, kind).alias(column)
        for column, kind in kinds.items()
    ]
    return frame.select(kept).with_columns(emptied)


def is_shared(table: str) -> bool:
    """Whether a table says anything but ids once its texts are gone."""
    rest = set(TABLES[table]) - set(TEXTS.get(table, ()))
    return any(not column.endswith("_id") for column in rest)


class Quotations:
    """Finds passages of texts: beginnings of their sentences, and whole short ones.

    Words are what stands between spaces, so that an address that spells a headline is none.
    """

    def __init__(self, texts: Iterable[str]) -> None:
        """Take the sentences and headlines that are looked for."""
        self._passages: dict[tuple[str, ...], set[tuple[str, ...]]] = {}
        for text in texts:
            words = _words(text)
            if len(words) >= SHORTEST:
                beginning = self._passages.setdefault(tuple(words[:SHORTEST]), set())
                beginning.add(tuple(words[:RUN]))

    def first_in(self, text: str) -> str | None:
        """Return the first passage that ``text`` holds, if it holds one."""
        words = _words(text)
        for at in range(len(words) - SHORTEST + 1):
            for passage in self._passages.get(tuple(words[at : at + SHORTEST]), ()):
                if tuple(words[at : at + len(passage)]) == passage:
                    return " ".join(passage)
        return None

    def in_files(self, files: Iterable[Path]) -> dict[Path, str]:
        """Return the files that hold a passage, with the first one of each.

        Pictures are not read: what they show stands in the numbers beside them.
        """
        found = {}
        for file in files:
            if passage := next(filter(None, map(self.first_in, _strings(file))), None):
                found[file] = passage
        return found

    def unnamed(self, frame: pl.DataFrame, column: str) -> pl.DataFrame:
        """Return ``frame`` with null where the path in ``column`` spells a passage."""
        spelled = (re.sub(r"[/\\_.-]+", " ", path or "") for path in frame[column])
        names = [self.first_in(words) is not None for words in spelled]
        named = pl.Series(names, dtype=pl.Boolean)
        return frame.with_columns(pl.when(~named).then(pl.col(column)))


def _words(text: str) -> list[str]:
    bare = (re.sub(r"^\W+|\W+$", "", word) for word in text.casefold().split())
    return [word for word in bare if word]


def _strings(file: Path) -> Iterator[str]:
    match file.suffix:
        case ".parquet":
            for column, kind in pl.read_parquet_schema(file).items():
                if kind == pl.String or kind == pl.List(pl.String):
                    values = pl.scan_parquet(file).select(column).unique().collect()[column]
                    yield from (values if kind == pl.String else values.explode()).drop_nulls()
        case ".html":
            from lxml import html

            tree = html.fromstring(file.read_text(encoding="utf-8"))
            for element in tree.iter():
                yield from (v for v in element.attrib.values() if not v.startswith("data:"))
            # A mark may stand within a word, or between two.
            yield tree.text_content()
            yield " ".join(map(str, tree.itertext()))
        case ".csv":
            with file.open(encoding="utf-8", newline="") as opened:
                for row in csv.reader(opened):
                    yield from row
        case ".json" | ".ipynb":
            yield from _values(read_json(file))
        case ".cff" | ".md" | ".svg" | ".yml":
            yield file.read_text(encoding="utf-8")


def _values(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield key
            yield from _values(inner)
    elif isinstance(value, list):
        # A notebook keeps the lines of a cell as a list.
        if all(isinstance(inner, str) for inner in value):
            yield "".join(value)
        for inner in value:
            yield from _values(inner)
