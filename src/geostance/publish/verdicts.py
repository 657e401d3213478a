"""Hold what was made again against what was published: same, equal or different."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import polars as pl

from geostance.files import sha256

Verdict = Literal["same", "equal", "different"]

# Numbers that differ by less, relative to the larger or in themselves, are equal: other
# processors round sums of floats otherwise in their last digits.
TOLERANCE = 1e-6
_LISTED = 4


@dataclass(frozen=True)
class Held:
    """One artefact or table: its verdict, and what differs where it is not the same bytes."""

    name: str
    verdict: Verdict
    what: str = ""


def hold_artefacts(manifest: dict[str, Any], published: Path, again: Path) -> Iterator[Held]:
    """Yield a verdict on each artefact; ``published`` and ``again`` are published folders.

    Numbers can be held only where the published file lies there and is the manifest's.
    """
    for name, digest in sorted(manifest["artefacts"].items()):
        yield _hold(name, digest, published / name, again / name)


def hold_tables(
    manifest: dict[str, Any], published: list[Path], again: list[Path]
) -> Iterator[Held]:
    """Yield a verdict on each table; the folders are those where tables lie."""
    for name, record in sorted(manifest["tables"].items()):
        first, second = (_find(folders, record["file"]) for folders in (published, again))
        yield _hold(f"table {name}", record["sha256"], first, second)


def _find(folders: list[Path], file: str) -> Path:
    return next((path for folder in folders if (path := folder / file).exists()), Path(file))


def _hold(name: str, digest: str, published: Path, again: Path) -> Held:
    if not again.exists():
        return Held(name, "different", "it was not made")
    if sha256(again) == digest:
        return Held(name, "same")
    if not published.exists() or sha256(published) != digest:
        return Held(name, "different", "other bytes; the published file is not here to compare")
    if again.suffix not in _READERS:
        return Held(name, "different", "other bytes")
    read = _READERS[again.suffix]
    return Held(name, *compare(read(published), read(again)))


def compare(published: pl.DataFrame, again: pl.DataFrame) -> tuple[Verdict, str]:
    """Return whether tables are equal within ``TOLERANCE``, and which columns are not the same."""
    if published.columns != again.columns:
        odd = sorted(set(published.columns) ^ set(again.columns)) or ["in another order"]
        return "different", f"other columns: {', '.join(odd[:_LISTED])}"
    if published.height != again.height:
        return "different", f"{again.height:,} rows, not {published.height:,}"
    near: list[str] = []
    far: list[str] = []
    for name in published.columns:
        one, other = published[name], again[name]
        if one.equals(other, check_dtypes=True):
            continue
        difference = _difference(one, other)
        if difference is None:
            far.append(name)
        else:
            near.append(f"{name} by at most {difference:.1e}")
    if far:
        return "different", f"columns {', '.join(far[:_LISTED])}"
    return "equal", "; ".join(near[:_LISTED])


def _difference(one: pl.Series, other: pl.Series) -> float | None:
    """Return the largest difference of two columns of numbers, None where they are not equal."""
    if one.dtype != other.dtype:
        return None
    while isinstance(one.dtype, pl.List | pl.Array):
        if not one.list.len().equals(other.list.len()) if one.dtype == pl.List else False:
            return None
        one, other = one.explode(), other.explode()
    if not one.dtype.is_float():
        return None
    table = pl.DataFrame({"one": one, "other": other})
    unlike = table.filter(
        (pl.col("one").is_null() != pl.col("other").is_null())
        | (pl.col("one").is_nan() != pl.col("other").is_nan())
    )
    numbers = table.filter(pl.col("one").is_finite() & pl.col("other").is_finite())
    infinite = table.filter(pl.col("one").is_infinite() | pl.col("other").is_infinite())
    if unlike.height or infinite.filter(pl.col("one") != pl.col("other")).height:
        return None
    apart = (pl.col("one") - pl.col("other")).abs()
    scale = pl.max_horizontal(pl.col("one").abs(), pl.col("other").abs(), pl.lit(1.0))
    if numbers.filter(apart > TOLERANCE * scale).height:
        return None
    return float(numbers.select(apart.max()).item() or 0.0)


_READERS = {
    ".csv": lambda path: pl.read_csv(path, infer_schema_length=None),
    ".parquet": pl.read_parquet,
}
