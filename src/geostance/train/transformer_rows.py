"""The rows a transformer is fine-tuned on: every labelled set of a folder, split by group."""

import hashlib
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

from geostance.errors import InputError
from geostance.train import stance_data as data
from geostance.train.stance_data import Row

DEVELOPMENT_SHARE = 0.1
PRESS_TRAIN, PRESS_TEST = Path("press", "train.jsonl"), Path("press", "dev.jsonl")


def training_rows(folder: Path) -> list[Row]:
    """Return the training parts of the labelled sets in ``folder``.

    The press set must be there, for it alone teaches relevance, voice and evidence. Rows whose
    text stands in the press test set are left out.

    Raises:
        InputError: the press set is absent, a set has another form, or the rows do not show
            every value of each label.
    """
    rows = _listed(data.press(folder / PRESS_TRAIN), folder / PRESS_TRAIN)
    rows += _listed(_others(folder), folder)
    tested = {row.passage.text for row in held_back_rows(folder)}
    rows = [row for row in rows if row.passage.text not in tested]
    labels = {
        "stance": ({row.stance for row in rows}, 3),
        "relevant": ({row.relevant for row in rows} - {None}, 2),
        "voice": ({row.quoted for row in rows} - {None}, 2),
        "evidence": ({bool(row.evidence) for row in rows}, 2),
    }
    if short := [name for name, (seen, wanted) in labels.items() if len(seen) < wanted]:
        raise InputError(
            f"the rows do not show every value of {', '.join(short)}",
            str(folder / PRESS_TRAIN),
            "label rows of the values that are missing: nothing can be learnt without them",
        )
    return rows


def held_back_rows(folder: Path) -> list[Row]:
    """Return the press rows kept for the test; none if the folder has no such file."""
    path = folder / PRESS_TEST
    return _listed(data.press(path), path) if path.exists() else []


def split(rows: Sequence[Row]) -> tuple[list[Row], list[Row]]:
    """Return training and development rows: a tenth of each set's groups, whatever the order.

    A group is whole on one side; a text that stands in a development row is in no training row.
    """
    chosen: set[tuple[str, str]] = set()
    for source in sorted({row.source for row in rows}):
        groups = sorted({row.group for row in rows if row.source == source}, key=_draw)
        chosen |= {(source, name) for name in groups[: round(DEVELOPMENT_SHARE * len(groups)) or 1]}
    development = [row for row in rows if (row.source, row.group) in chosen]
    seen = {row.passage.text for row in development}
    training = [
        row
        for row in rows
        if (row.source, row.group) not in chosen and row.passage.text not in seen
    ]
    return training, development


def counts(rows: Sequence[Row]) -> dict[str, dict[str, int]]:
    """Return the number of rows by set and language."""
    found: dict[str, dict[str, int]] = {}
    for (source, language), number in sorted(
        Counter((row.source, row.passage.language or "") for row in rows).items()
    ):
        found.setdefault(source, {})[language] = number
    return found


def _listed(rows: Iterator[Row], path: Path) -> list[Row]:
    try:
        return list(rows)
    except (KeyError, TypeError, ValueError) as error:
        raise InputError(
            f"a labelled set has another form: {type(error).__name__} {error}",
            str(path),
            "give each row the fields and values that docs/scorers.md lists",
        ) from error


def _draw(group: str) -> str:
    # Drawn by hash: a row more or less, or another seed, moves no other row across.
    return hashlib.sha256(f"development:{group}".encode()).hexdigest()


def _others(folder: Path) -> Iterator[Row]:
    for path in sorted(folder.glob("MAD-TSC/*/train.jsonl")):
        yield from data.mad_tsc(folder, path.parent.name, "train")
    readers = {
        "NewsMTSC/train.jsonl": lambda: data.news_mtsc(folder, "train"),
        "RuSentNE-2023/train_data.csv": lambda: data.rusentne(folder, "train"),
        "GerNTSA/GerNTSA.json": lambda: data.gerntsa(folder),
    }
    for name, read in readers.items():
        if (folder / name).exists():
            yield from read()
