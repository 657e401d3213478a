"""What the stages of topics read alike."""

import polars as pl
import pytest

from geostance import files
from geostance.errors import StaleError
from geostance.files import write_table
from geostance.stages.topicbasis import read_documents, topic_documents

KEPT = pl.DataFrame(
    {"doc_id": ["b", "a", "c"], "title": None, "text": ["B.", "A.", "C."], "language": "fr"}
)


def embeddings(owners):
    rows = [
        (f"{owner}-{n}", owner, [float(n), 1.0, float(ord(owner))])
        for n, owner in enumerate(owners)
    ]
    schema = {
        "sentence_id": pl.String,
        "doc_id": pl.String,
        "vector": pl.Array(pl.Float32, 3),
    }
    return pl.DataFrame(rows, schema=schema, orient="row")


@pytest.fixture(params=[1, 2, 3, 100])
def part_rows(request, monkeypatch):
    monkeypatch.setattr(files, "PART_ROWS", request.param)


@pytest.mark.usefixtures("part_rows")
@pytest.mark.parametrize("owners", ["bbbacc", "bac", "bbbbaaaacccc"])
def test_documents_are_read_the_same_whatever_the_parts(tmp_path, owners):
    frame, path = embeddings(owners), tmp_path / "embeddings.parquet"
    write_table(path, frame, "embeddings")
    whole, read = topic_documents(KEPT, frame), read_documents(KEPT, path)
    assert (read.doc_ids, read.texts) == (["a", "b", "c"], ["A.", "B.", "C."])
    assert (read.vectors == whole.vectors).all()


@pytest.mark.usefixtures("part_rows")
def test_only_chosen_documents_are_read(tmp_path):
    path = tmp_path / "embeddings.parquet"
    write_table(path, embeddings("bbacc"), "embeddings")
    read = read_documents(KEPT, path, pl.DataFrame({"doc_id": ["c", "a"]}))
    assert read.doc_ids == ["a", "c"] and read.vectors.shape == (2, 3)


def test_sentences_of_a_document_that_lie_apart_are_told(tmp_path, monkeypatch):
    monkeypatch.setattr(files, "PART_ROWS", 2)
    path = tmp_path / "embeddings.parquet"
    write_table(path, embeddings("baab"), "embeddings")
    with pytest.raises(StaleError, match="lie apart"):
        read_documents(KEPT, path)
