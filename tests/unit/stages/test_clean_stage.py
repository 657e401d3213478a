import polars as pl

from geostance.config import Config
from geostance.files import read_table, write_table
from geostance.schema import TABLES
from geostance.stages.corpus import clean


def test_the_stage_leaves_every_dropped_block_with_reason_and_rule(tmp_path):
    text = (
        "Le pont est fermé\nLa préfecture a fermé hier soir le pont de l'Argue, que la crue "
        "menace depuis trois jours.\nPartager sur Facebook"
    )
    row = dict.fromkeys(TABLES["documents"]) | {
        "doc_id": "a", "source": "a.txt", "position": 1, "outlet": "Le Phare", "text": text,
    }  # fmt: skip
    documents = pl.DataFrame([row], schema=TABLES["documents"])
    write_table(tmp_path / "documents.parquet", documents, "documents")
    record = clean(
        Config(), documents=tmp_path / "documents.parquet", output=tmp_path / "cleaned.parquet"
    )
    assert record == {"read": 1, "kept": 1, "blocks": 3, "blocks_dropped": 1}
    (dropped,) = read_table(tmp_path / "dropped.parquet", "dropped").iter_rows(named=True)
    assert dropped["reason"] == "share" and dropped["rule"] == "fr.yml"
    assert dropped["outlet"] == "Le Phare" and dropped["outlet_share"] is None
    assert text[dropped["start"] : dropped["end"]] == dropped["text"] == "Partager sur Facebook"
    assert len(read_table(tmp_path / "cleaned.parquet", "cleaned")) == 1
