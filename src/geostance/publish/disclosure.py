"""What of a study can be shared without the words of its documents, and whether any slipped in."""

import re
from collections.abc import Iterable, Iterator
from pathlib import Path

import polars as pl

from geostance.schema import TABLES, TEXTS

# So many words in a row are a quotation, as is a whole sentence or headline of so many.
RUN, SHORTEST = 10, 6
_READ = frozenset({".cff", ".csv", ".html", ".ipynb", ".json", ".md", ".svg", ".yml"})


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


def passages(texts: Iterable[str]) -> Iterator[tuple[str, ...]]:
    """Yield what gives a document away: the beginnings of its sentences and headlines."""
    for text in texts:
        words = _words(text)
        if len(words) >= SHORTEST:
            yield tuple(words[:RUN])


def quoted(files: Iterable[Path], texts: Iterable[str]) -> dict[Path, str]:
    """Return the files that hold one of ``texts`` (sentences, headlines), with its first words.

    Pictures are not read: what they show stands in the numbers beside them.
    """
    beginnings: dict[tuple[str, ...], set[tuple[str, ...]]] = {}
    for passage in passages(texts):
        beginnings.setdefault(passage[:SHORTEST], set()).add(passage)
    found = {}
    for file in files:
        words = _words("\n".join(_strings(file)))
        for at in range(len(words) - SHORTEST + 1):
            for passage in beginnings.get(tuple(words[at : at + SHORTEST]), ()):
                if tuple(words[at : at + len(passage)]) == passage:
                    found.setdefault(file, " ".join(passage))
    return found


def _words(text: str) -> list[str]:
    return re.findall(r"\w+", text.casefold())


def _strings(file: Path) -> Iterator[str]:
    if file.suffix == ".parquet":
        for column, kind in pl.read_parquet_schema(file).items():
            if kind == pl.String or kind == pl.List(pl.String):
                values = pl.scan_parquet(file).select(column).unique().collect()[column]
                yield from (values if kind == pl.String else values.explode()).drop_nulls()
    elif file.suffix == ".html":
        from lxml import html

        tree = html.fromstring(file.read_text(encoding="utf-8"))
        for element in tree.iter():
            yield from (value for value in element.attrib.values() if not value.startswith("data:"))
        yield tree.text_content()
    elif file.suffix in _READ:
        yield file.read_text(encoding="utf-8").replace("\\n", " ")
