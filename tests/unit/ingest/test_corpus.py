import json
import os
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from geostance.errors import InputError
from geostance.ingest import read_corpus
from geostance.settings.corpus import Columns, IngestSettings


def write(folder: Path, name: str, content: str | bytes) -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def test_folder_names_the_outlet_and_file_name_the_date(tmp_path):
    write(tmp_path, "Le Phare/2024-03-12_digue.txt", "La digue tient.\r\nPour combien de temps ?")
    write(tmp_path, "2024-05_marée.txt", "La marée monte.")
    documents, rejected = read_corpus(tmp_path)
    assert rejected.is_empty()
    assert documents.select("source", "outlet", "date", "date_precision", "text").rows() == [
        ("2024-05_marée.txt", None, date(2024, 5, 1), "month", "La marée monte."),
        (
            "Le Phare/2024-03-12_digue.txt",
            "Le Phare",
            date(2024, 3, 12),
            "day",
            "La digue tient.\nPour combien de temps ?",
        ),
    ]


def test_ids_depend_on_source_and_text_only(tmp_path):
    write(tmp_path, "one/a.txt", "Un texte.")
    write(tmp_path, "two/a.txt", "Un texte.")
    first, second = (read_corpus(tmp_path / folder)[0]["doc_id"][0] for folder in ("one", "two"))
    assert first == second
    assert len(first) == 16
    both = read_corpus(tmp_path)[0]["doc_id"]
    assert both.n_unique() == 2


def test_identical_rows_keep_ids_apart(tmp_path):
    row = json.dumps({"id": 7, "title": "Titre", "text": "Même texte."})
    write(tmp_path, "rows.jsonl", f"{row}\n{row}\n")
    documents, _ = read_corpus(tmp_path)
    assert documents["doc_id"].n_unique() == 2
    assert documents["source_id"].to_list() == ["7", "7"]


def test_files_about_the_corpus_and_hidden_ones_are_not_articles(tmp_path):
    for name in ("README.md", "LICENSE", "Notice.txt", ".DS_Store", ".git/config", "a.txt"):
        write(tmp_path, name, "Un article.")
    documents, rejected = read_corpus(tmp_path)
    assert documents["source"].to_list() == ["a.txt"]
    assert rejected.is_empty()


def test_unknown_content_and_empty_files_are_rejected_with_a_reason(tmp_path):
    for n in range(9):
        write(tmp_path, f"{n}.txt", f"Article {n}.")
    write(tmp_path, "photo.jpg", b"\xff\xd8\xff\xe0")
    write(tmp_path, "vide.txt", b"")
    _, rejected = read_corpus(tmp_path)
    assert rejected.select("source", "reason").rows() == [
        ("photo.jpg", "a JPEG picture is not read"),
        ("vide.txt", "empty"),
    ]


def test_a_broken_line_of_jsonl_is_rejected_alone(tmp_path):
    lines = [json.dumps({"text": f"Texte {n}."}) for n in range(9)]
    lines.insert(3, '{"text": "coupé')
    lines.insert(5, '["une liste"]')
    path = write(tmp_path, "a.jsonl", "\n".join(lines))
    documents, rejected = read_corpus(path, IngestSettings(max_rejected_share=0.5))
    assert len(documents) == 9
    assert rejected["position"].to_list() == [4, 6]
    assert rejected["reason"][0].startswith("not JSON")
    assert rejected["reason"][1] == "not a JSON object"


def test_csv_keeps_further_columns_and_rows_without_text(tmp_path):
    path = write(
        tmp_path,
        "rss.csv",
        "id;title;text;date;section;source\n1;Gaz : la vanne;;12/03/2024;Monde;flux A\n"
        '2;;"Deux lignes\nd\'un texte";avant-hier;;\n3;;;;;\n',
    )
    documents, rejected = read_corpus(path, IngestSettings(max_rejected_share=0.5))
    first, second = documents.rows(named=True)
    assert (first["title"], first["text"], first["date"]) == (
        "Gaz : la vanne",
        "",
        date(2024, 3, 12),
    )
    assert (first["section"], first["source_source"]) == ("Monde", "flux A")
    assert (second["date"], second["unread_date"]) == (None, "avant-hier")
    assert (first["unread_date_reason"], second["unread_date_reason"]) == (None, "not a date")
    assert second["text"] == "Deux lignes\nd'un texte"
    assert rejected.select("position", "reason").rows() == [(3, "empty")]


def test_csv_without_the_text_column_names_those_there(tmp_path):
    path = write(tmp_path, "a.csv", "titre,corps\nA,B\n")
    with pytest.raises(InputError, match=r'no column "text".*corps, titre'):
        read_corpus(path)
    settings = IngestSettings(columns=Columns(text="corps", title="titre"))
    assert read_corpus(path, settings)[0]["title"].to_list() == ["A"]


def test_parquet_dates_of_any_type_are_read(tmp_path):
    pl.DataFrame({"text": ["Un.", "Deux."], "date": [date(2024, 1, 5), None]}).write_parquet(
        tmp_path / "a.parquet"
    )
    write(tmp_path, "b.parquet", b"PAR1 and nothing else")
    documents, rejected = read_corpus(tmp_path, IngestSettings(max_rejected_share=0.5))
    assert documents["date"].to_list() == [date(2024, 1, 5), None]
    assert rejected["reason"].to_list() == ["a damaged Parquet file"]


def test_html_gives_text_and_metadata(tmp_path):
    paragraphs = "".join(
        f"<p>Le canal de Montclavel rouvre au trafic après {n} mois de travaux, et les "
        "bateliers de la vallée y reviennent un à un, sans hâte.</p>"
        for n in (3, 5, 8)
    )
    page = (
        '<html lang="fr-FR"><head><title>Le canal rouvre</title>'
        '<meta property="og:site_name" content="Le Phare">'
        '<meta property="article:published_time" content="2024-05-02T08:00:00+02:00">'
        '<link rel="canonical" href="https://phare.example/canal"></head>'
        f"<body><nav>Accueil</nav><article><h1>Le canal rouvre</h1>{paragraphs}</article></body>"
    )
    write(tmp_path, "a.html", page)
    write(tmp_path, "b.html", page.encode("cp1252"))
    write(tmp_path, "c.html", "<html></html>")
    documents, rejected = read_corpus(tmp_path, IngestSettings(max_rejected_share=0.5))
    for row in documents.rows(named=True):
        assert row["title"] == "Le canal rouvre"
        assert (row["outlet"], row["language"]) == ("Le Phare", "fr")
        assert (row["date"], row["date_precision"]) == (date(2024, 5, 2), "day")
        assert row["url"] == "https://phare.example/canal"
        assert "après 8 mois" in row["text"]
    assert rejected["reason"].to_list() == ["no article found in the page"]


def test_undated_records_are_rejected_on_demand(tmp_path):
    write(tmp_path, "2024-01-02_a.txt", "Daté.")
    write(tmp_path, "b.txt", "Sans date.")
    write(tmp_path, "c.jsonl", '{"text": "Année courte.", "date": "14/03/06"}')
    settings = IngestSettings(undated="reject", max_rejected_share=0.7)
    documents, rejected = read_corpus(tmp_path, settings)
    assert documents["source"].to_list() == ["2024-01-02_a.txt"]
    assert rejected.select("reason", "excerpt").rows() == [
        ("undated", "Sans date."),
        ("undated", "14/03/06 (two-digit year) Année courte."),
    ]


def test_too_many_rejected_records_stop_with_counts_and_first_reason(tmp_path):
    write(tmp_path, "a.txt", "Un article.")
    for n in range(3):
        write(tmp_path, f"{n}.pdf", b"%PDF-1.7")
    with pytest.raises(InputError) as caught:
        read_corpus(tmp_path)
    what, where, mend = str(caught.value).split("\n")
    assert "3 of 4 records" in what
    assert "PDF is not read: export as text, HTML or a table (3)" in what
    assert "0.pdf" in where
    assert "max_rejected_share" in mend


@pytest.mark.parametrize("content", [None, b""])
def test_a_folder_without_articles_is_an_error(tmp_path, content):
    if content is not None:
        write(tmp_path, "a.txt", content)
    with pytest.raises(InputError):
        read_corpus(tmp_path)


def test_a_path_that_is_not_there_is_an_error(tmp_path):
    with pytest.raises(InputError, match="no such file"):
        read_corpus(tmp_path / "absent")


def test_nul_bytes_half_surrogates_and_odd_names_do_not_stop_the_run(tmp_path):
    write(tmp_path, "nul.txt", b"Un\0 texte.")
    write(tmp_path, "moitie.jsonl", '{"text": "Un demi \\ud83d."}')
    name = os.path.join(os.fsencode(tmp_path), b"d\xe9but.txt")  # noqa: PTH118 - bytes name
    try:
        Path(os.fsdecode(name)).write_text("Un nom en Latin-1.")
    except OSError:
        pytest.skip("the file system takes UTF-8 names only")
    documents, _ = read_corpus(tmp_path)
    assert documents.select("source", "text").rows() == [
        ("d\\xe9but.txt", "Un nom en Latin-1."),
        ("moitie.jsonl", "Un demi \ufffd."),
        ("nul.txt", "Un texte."),
    ]


def test_names_and_headlines_lose_what_no_figure_can_draw(tmp_path):
    write(tmp_path, "\u202eLe\x07 Phare\ufeff/a.txt", "Un texte.")
    write(tmp_path, "b.csv", "text,outlet\nUn autre.,\ufeffLa  Rade\u200b\n")
    documents, _ = read_corpus(tmp_path)
    assert sorted(documents["outlet"]) == ["La Rade", "Le Phare"]
