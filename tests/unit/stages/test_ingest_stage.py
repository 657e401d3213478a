import pytest

from geostance.config import Config
from geostance.errors import InputError
from geostance.files import read_table
from geostance.stages.corpus import ingest


def test_a_stage_that_stops_for_its_rejected_records_lists_them_all(tmp_path, caplog):
    corpus = tmp_path / "raw"
    corpus.mkdir()
    (corpus / "a.txt").write_text("Le pont est fermé depuis hier soir.")
    (corpus / "b.txt").write_text("")
    (corpus / "c.pdf").write_bytes(b"%PDF-1.4")
    output = tmp_path / "documents.parquet"
    with caplog.at_level("WARNING", "geostance"), pytest.raises(InputError, match="2 of 3"):
        ingest(Config(), corpus=corpus, output=output)
    rejected = read_table(tmp_path / "rejected.parquet", "rejected")
    assert rejected["source"].to_list() == ["b.txt", "c.pdf"]
    assert str(tmp_path / "rejected.parquet") in caplog.text
    assert not output.exists()


def test_a_stage_that_finds_nothing_leaves_nothing(tmp_path):
    corpus = tmp_path / "raw"
    corpus.mkdir()
    with pytest.raises(InputError, match="no article is there"):
        ingest(Config(), corpus=corpus, output=tmp_path / "documents.parquet")
    assert list(tmp_path.iterdir()) == [corpus]
