import polars as pl
import pytest

from geostance.schema import empty_table
from geostance.validate.labels import LABELS

PROBABILITIES = {-1: (0.8, 0.1, 0.1), 0: (0.1, 0.8, 0.1), 1: (0.1, 0.1, 0.8)}


@pytest.fixture
def documents():
    """Two articles of one file and one article of another."""
    rows = {
        "doc_id": ["aaaa", "bbbb", "cccc"],
        "source": ["week.csv", "week.csv", "été/article.txt"],
        "position": [1, 2, 1],
    }
    return pl.concat([empty_table("documents"), pl.DataFrame(rows)], how="diagonal")


@pytest.fixture
def make_stance():
    """Make a stance table from (doc_id, target, predicted class)."""

    def make(*rows):
        columns = {"doc_id": [], "target": [], "stance": []}
        columns |= {"p_unfavourable": [], "p_neutral": [], "p_favourable": []}
        for doc_id, target, predicted in rows:
            probabilities = PROBABILITIES[predicted]
            values = (doc_id, target, probabilities[2] - probabilities[0], *probabilities)
            for column, value in zip(columns.values(), values, strict=True):
                column.append(value)
        return pl.concat([empty_table("stance"), pl.DataFrame(columns)], how="diagonal_relaxed")

    return make


@pytest.fixture
def make_labels():
    """Make labels from (doc_id, target, stance or None for not relevant, coder)."""

    def make(*rows, chance=None):
        frame = pl.DataFrame(
            [
                (doc_id, target, stance is not None, stance, None, coder)
                for doc_id, target, stance, coder in rows
            ],
            schema=LABELS,
            orient="row",
        )
        return frame if chance is None else frame.with_columns(inclusion_probability=pl.lit(chance))

    return make
