import json
import re
import shutil
import subprocess
from datetime import date
from zipfile import ZipFile

import polars as pl
import pytest

from geostance.cli import main
from geostance.config import Config
from geostance.errors import StaleError
from geostance.files import sha256, write_json, write_table
from geostance.publish.checksums import SUMS, verify_checksums
from geostance.publish.disclosure import Quotations, is_shared, without_texts
from geostance.publish.manifest import MANIFEST, build_manifest, table_record
from geostance.schema import TABLES, TEXTS
from geostance.stages.deposit import deposit
from geostance.strict_yaml import read_yaml

SENTENCE = "Le gazoduc de Valmont livre enfin son gaz aux villages de la vallée avant l'hiver."
TITLE = "Valmont inaugure son gazoduc devant les maires"
PROCESSED = ("topics", "topic_edits", "estimates")


def row(table):
    """A row with the words of an article wherever the schema says that there are any."""
    held = TEXTS.get(table, ())
    return {
        column: (
            [SENTENCE] if kind == pl.List(pl.String) else None if isinstance(kind, pl.List) else
            TITLE if column == "title" else SENTENCE
        ) if column in held else "d1" if kind == pl.String else 1 if kind == pl.Int64 else None
        for column, kind in TABLES[table].items()
    }  # fmt: skip


def frame(table):
    schema = {column: pl.Array(pl.Float32, 2) if kind is pl.Array else kind for column, kind in TABLES[table].items()}  # fmt: skip
    values = row(table) | ({"vector": [0.5, 0.5]} if table == "embeddings" else {})
    return pl.DataFrame([values], schema=schema, orient="row")


@pytest.fixture
def study(tmp_path):
    """A finished study of one article, with a figure that quotes it and one that does not."""
    data = tmp_path / "data"
    names = (*TEXTS, *PROCESSED)
    for name in names:
        part = "processed" if name in PROCESSED else "interim"
        write_table(data / part / f"{name}.parquet", frame(name), name)
    published = data / "published"
    figures = published / "figures"
    figures.mkdir(parents=True)
    for figure, said in (("topic-map", "gas"), ("evidence-wall", SENTENCE)):
        (figures / f"{figure}.pdf").write_bytes(b"pdf")
        (figures / f"{figure}.csv").write_text(f"x,words\n1,{said}\n", encoding="utf-8")
        files = {f"{figure}.{end}": sha256(figures / f"{figure}.{end}") for end in ("pdf", "csv")}
        record = {"id": figure, "title": figure, "caption": "Map.", "files": files, "numbers": f"{figure}.csv", "inputs": {}}  # fmt: skip
        write_json(figures / f"{figure}.json", record)
    (published / "report.html").write_text(f"<p>{SENTENCE}</p>", encoding="utf-8")
    (published / "methods.md").write_text("# Methods\n")
    (published / "methods.md.run.json").write_text('{"seconds": 3}')
    (published / "notebooks").mkdir()
    (published / "notebooks" / "01-look.html").write_text(f"<p>{TITLE}</p>", encoding="utf-8")
    paths = [data / ("processed" if name in PROCESSED else "interim") / f"{name}.parquet" for name in names]  # fmt: skip
    write_json(published / "tables.json", {path.stem: table_record(path) for path in paths})
    (tmp_path / "study.yml").write_text("seed: 1\n")
    config = tmp_path / "study.yml"
    write_json(published / MANIFEST, build_manifest(Config(), config, config, published))
    return data


def made(study, output="deposit.zip", settings=None, **options):
    deposit(
        Config.model_validate(settings or {}),
        published=study / "published",
        tables=[study / "processed", study / "interim"],
        apart=[study / "stability"],
        notebooks=options.pop("notebooks", []),
        environment=[study.parent / "study.yml"],
        output=study / output,
        **options,
    )
    return (study / output).with_suffix("")


def strings(path):
    """All that can be read in a file."""
    if path.suffix == ".parquet":
        return pl.read_parquet(path).write_json()
    return path.read_bytes().decode(errors="replace")


def holders(folder, words):
    return [path.name for path in folder.rglob("*") if path.is_file() and words in strings(path)]


@pytest.mark.parametrize("words", [SENTENCE, TITLE])
def test_no_file_of_a_deposit_holds_words_of_an_article(study, words):
    assert len(holders(study / "interim", words)) > 2
    folder = made(study)
    assert holders(folder, words) == []
    with ZipFile(study / "deposit.zip") as archive:
        assert len(archive.namelist()) == len([p for p in folder.rglob("*") if p.is_file()])
    assert not (folder / "published" / "report.html").exists()


def test_with_texts_the_deposit_has_them_and_says_so(study):
    folder = made(study, with_text=True)
    assert {"documents.parquet", "sentences.parquet", "report.html"} <= set(holders(folder, SENTENCE))  # fmt: skip
    assert "holds texts of the articles" in (folder / "README.md").read_text()
    assert "contient des textes" in (folder / "LICENCE.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("table", list(TABLES))
def test_declared_columns_are_emptied_and_all_others_are_kept(table):
    assert set(TEXTS.get(table, ())) <= set(TABLES[table])
    whole = frame(table)
    shared = without_texts(whole, table)
    for column in TABLES[table]:
        if column in TEXTS.get(table, ()):
            assert shared[column].to_list() in ([None], [[]])
        else:
            assert shared[column].to_list() == whole[column].to_list()
    assert shared.schema == whole.schema


def test_of_columns_that_only_the_source_knows_numbers_and_dates_are_kept():
    whole = frame("documents").with_columns(
        summary=pl.lit(SENTENCE), author=pl.lit("A. Name"), word_count=pl.lit(12),
        updated=pl.lit(date(2024, 1, 1)), tags=pl.lit(["gaz"]),
    )  # fmt: skip
    kept = set(without_texts(whole, "documents").columns) - set(TABLES["documents"])
    assert kept == {"word_count", "updated"}


def test_a_table_of_nothing_but_ids_is_left_out(study):
    assert not is_shared("embeddings") and is_shared("sentences")
    folder = made(study)
    assert not (folder / "interim" / "embeddings.parquet").exists()
    assert "| embeddings | left out" in (folder / "README.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("with_text", [False, True])
def test_a_table_of_a_goal_of_its_own_does_not_pass_for_the_study_s(study, with_text):
    other = frame("topics").with_columns(probability=pl.lit(0.5))
    write_table(study / "stability" / "topics.parquet", other, "topics")
    folder = made(study, with_text=with_text)
    record = json.loads((folder / "published" / "tables.json").read_text())["topics"]
    assert record["shared_sha256"] == sha256(folder / "processed" / "topics.parquet")
    assert (folder / "stability" / "topics.parquet").exists()
    assert "| topics | `processed/topics.parquet`" in (folder / "README.md").read_text()


def test_a_figure_that_quotes_is_left_out_and_named(study):
    folder = made(study)
    figures = folder / "published" / "figures"
    assert {path.name for path in figures.iterdir()} == {"evidence-wall.json", "topic-map.json", "topic-map.pdf", "topic-map.csv"}  # fmt: skip
    assert json.loads((figures / "evidence-wall.json").read_text())["withheld"] is True
    for name in ("README.md", "README.fr.md"):
        assert "evidence-wall" in (folder / name).read_text(encoding="utf-8")


def test_words_in_a_column_that_is_not_declared_stop_the_deposit(study):
    path = study / "processed" / "topic_edits.parquet"
    write_table(path, frame("topic_edits").with_columns(note=pl.lit(f"see: {SENTENCE}")), "topic_edits")  # fmt: skip
    with pytest.raises(StaleError, match="quote the articles") as stopped:
        made(study)
    assert "topic_edits.parquet" in stopped.value.where
    assert not (study / "deposit").exists() and not (study / "deposit.zip").exists()


def test_two_deposits_of_one_state_are_the_same_to_the_byte(study):
    made(study)
    first = (study / "deposit.zip").read_bytes()
    shutil.move(study / "deposit", study / "earlier")
    made(study)
    assert (study / "deposit.zip").read_bytes() == first
    assert (study / "deposit" / SUMS).read_bytes() == (study / "earlier" / SUMS).read_bytes()


def test_the_notebooks_run_on_what_is_deposited_and_know_no_key(study, monkeypatch):
    monkeypatch.setenv("GEOSTANCE_LLM_KEY", "sk-very-secret-0123456789")
    cell = "import os\nprint(sorted(os.environ.items()))\nfrom geostance import published\npublished.show('evidence-wall')\nprint(published.table('documents')['title'].to_list())"  # fmt: skip
    notebook = {"cells": [{"cell_type": "code", "id": "a", "metadata": {}, "source": cell, "outputs": [], "execution_count": None}], "metadata": {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}, "nbformat": 4, "nbformat_minor": 5}  # fmt: skip
    path = study.parent / "01-look.ipynb"
    path.write_text(json.dumps(notebook))
    folder = made(study, notebooks=[path])
    page = (folder / "published" / "notebooks" / "01-look.html").read_text(encoding="utf-8")
    assert "[None]" in page and "Not deposited" in page and TITLE not in page
    assert "sk-very-secret" not in page
    assert (folder / "notebooks" / "01-look.ipynb").exists()


def test_a_deposit_is_verified_elsewhere_file_by_file(study, tmp_path, capsys):
    folder = made(study)
    elsewhere = tmp_path / "elsewhere"
    with ZipFile(study / "deposit.zip") as archive:
        archive.extractall(elsewhere)
    copy = elsewhere / folder.name
    assert verify_checksums(copy) > 15
    if shutil.which("sha256sum"):
        subprocess.run(["sha256sum", "--check", "--strict", "--quiet", SUMS], cwd=copy, check=True)
    (copy / "README.md").write_text("changed")
    (copy / "LICENCE.md").unlink()
    (copy / "notes.txt").write_text("mine")
    with pytest.raises(SystemExit) as stopped:
        main(["verify", str(copy)])
    said = capsys.readouterr().err
    assert stopped.value.code == 4
    for fault in ("README.md is changed", "LICENCE.md is absent", "notes.txt is not in the list"):
        assert fault in said


def test_a_list_that_is_no_list_is_refused(tmp_path):
    (tmp_path / SUMS).write_text("no hash at all\n")
    with pytest.raises(StaleError, match="no checksum"):
        verify_checksums(tmp_path)


def test_authors_and_licence_are_those_of_the_configuration(study):
    publish = {"title": "Gaz & presse", "authors": ["Arendt, Hannah", "Groupe Ponant"], "licence": "CC-BY-4.0", "language": "fr"}  # fmt: skip
    folder = made(study, settings={"publish": publish})
    cited = read_yaml(folder / "CITATION.cff")
    assert cited["authors"] == [{"family-names": "Arendt", "given-names": "Hannah"}, {"name": "Groupe Ponant"}]  # fmt: skip
    assert (cited["type"], cited["title"], cited["license"]) == ("dataset", "Gaz & presse", "CC-BY-4.0")  # fmt: skip
    record = json.loads((folder / ".zenodo.json").read_text(encoding="utf-8"))
    assert record["creators"] == [{"name": "Arendt, Hannah"}, {"name": "Groupe Ponant"}]
    assert (record["license"], record["language"]) == ("cc-by-4.0", "fra")
    assert "under CC-BY-4.0" in (folder / "LICENCE.md").read_text(encoding="utf-8")


def test_every_file_is_explained_in_both_languages(study):
    folder = made(study)
    tops = {path.name for path in folder.iterdir()} - {"README.md", ".zenodo.json"}
    for name in ("README.md", "README.fr.md"):
        text = (folder / name).read_text(encoding="utf-8")
        assert all(top in text for top in tops if top != name) and "study.yml" in text
        assert not re.search(r"\{\{|None", text)


@pytest.mark.parametrize(
    ("content", "held"),
    [
        (f"<p>Le gazoduc de <b>Valmont</b> livre enfin son gaz aux&nbsp;villages {'x' * 9}</p>", True),
        (f'<img alt="{TITLE}">', True),
        ("<p>Valmont inaugure son gazoduc</p>", False),
    ],
    ids=["marked up", "an attribute", "a shorter run"],
)  # fmt: skip
def test_quotations_are_found_across_marks_and_in_attributes(tmp_path, content, held):
    page = tmp_path / "page.html"
    page.write_text(f"<html><body>{content}</body></html>", encoding="utf-8")
    assert bool(Quotations([SENTENCE, TITLE]).in_files([page])) is held


@pytest.mark.parametrize("name", ["page.csv", "page.json", "page.ipynb", "page.md"])
def test_quotations_are_found_as_each_kind_of_file_keeps_them(tmp_path, name):
    page = tmp_path / name
    lines = [SENTENCE[:40], SENTENCE[40:]]
    page.write_text(f'1,"{SENTENCE}"\n' if name.endswith("csv") else SENTENCE if name.endswith("md") else json.dumps({"source": lines}), encoding="utf-8")  # fmt: skip
    assert Quotations([SENTENCE]).in_files([page]) == {page: "le gazoduc de valmont livre enfin son gaz aux villages"}  # fmt: skip


def test_a_file_named_by_its_headline_loses_its_name_and_an_address_keeps_its_own(study):
    path = study / "interim" / "documents.parquet"
    address = "https://phare.example/" + TITLE.replace(" ", "-")
    named = frame("documents").with_columns(source=pl.lit(f"Le Phare/{TITLE}.txt"), url=pl.lit(address))  # fmt: skip
    write_table(path, named, "documents")
    shared = pl.read_parquet(made(study) / "interim" / "documents.parquet")
    assert shared.select("source", "url").row(0) == (None, address)


def test_words_of_any_script_are_words():
    line = "नव दिशा दर्पण में भारत का नया बंदरगाह"
    assert Quotations([line]).first_in(f"« {line} »") is not None
    assert Quotations(["नव दिशा दर्पण 2025"]).first_in("नव दिशा दर्पण 2025 019") is None
