"""What the documentation shows in Python runs, page by page as a reader would run it.

Blocks of a page run in order, in one namespace and in an empty folder. What the reader brings
(names, files, a finished study) is said below for each page. A block that cannot run here says why
behind its language: ```python not run: it needs a graphics card
"""

import re
import shutil
from pathlib import Path
from textwrap import dedent

import polars as pl
import pytest

from geostance.files import sha256, write_json, write_table
from geostance.schema import TABLES
from geostance.strict_yaml import read_yaml

ROOT = Path(__file__).parents[2]
BLOCK = re.compile(r"^( *)```python([^\n]*)\n(.*?)^\1```", re.MULTILINE | re.DOTALL)
PAGES = {
    path.name: path.read_text(encoding="utf-8")
    for path in [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
}
SHOWN = {name: page for name, page in PAGES.items() if BLOCK.search(page)}
PIECE = "La Russie accuse l'Inde. Le gaz manque dans le port du Nord, dit le maire de la ville."


def blocks(page):
    """Yield each block with the lines above it, so that faults name their line; and its needs."""
    for found in BLOCK.finditer(page):
        above = page.count("\n", 0, found.start(3))
        yield found[2].strip(), "\n" * above + dedent(found[3])


@pytest.fixture
def reader(tmp_path_factory, monkeypatch, request):
    """Give the reader of a page an empty folder and what the page takes for granted."""
    monkeypatch.chdir(tmp_path_factory.mktemp("reader"))
    monkeypatch.delenv("GEOSTANCE_PUBLISHED", raising=False)
    return lambda page: GIVEN.get(page, lambda _: {})(request)


def given_texts(_):
    Path("export.html").write_text(
        f"<html><head><title>Gaz</title></head><body><article><h1>Gaz</h1><p>{PIECE}</p></article>"
    )
    return {"page": f"Gaz\n\n{PIECE}\n\nAbonnez-vous", "texts": [PIECE, "Un cargo quitte le port."]}


def readme(request):
    given_study(request)
    return given_texts(request)


def given_study(_):
    """Write the tables and two figures of a study, as far as examples ask for them."""
    folder = Path("data")
    rows = {
        "estimates": [
            (
                "russia",
                "all",
                "all",
                "distinct",
                "stance",
                method,
                at,
                at - 0.1,
                at + 0.1,
                60,
                n,
                None,
            )
            for method, at, n in (("model", -0.3, 0), ("ppi", -0.1, 40))
        ],
        "stance": [("a", "russia", -0.3, 0.1, -0.3, 1, 0.5, 0.3, 0.2, 0.0, [], True, True, "s")],
        "topics": [("a", 0, 1.0, 0.0, 0.0, 0), ("b", 1, 1.0, 1.0, 1.0, 1)],
        "topic_edits": [(1, 1, 1, None, None, "drop", None, 1.0, 1.0, 1, "applied")],
    }
    record = {}
    for name, table in rows.items():
        path = folder / "processed" / f"{name}.parquet"
        write_table(path, pl.DataFrame(table, schema=TABLES[name], orient="row"), name)
        record[name] = {"file": path.name, "sha256": sha256(path)}
    write_json(folder / "published" / "tables.json", record)
    figures = folder / "published" / "figures"
    figures.mkdir()
    drawn = ROOT / "docs" / "images" / "gallery"
    for name in ("stance-over-time", "stance-by-outlet"):
        shutil.copy(drawn / f"{name}.png", figures)
        numbers = figures / f"{name}.csv"
        numbers.write_text("estimate\n-0.3\n")
        files = {path.name: sha256(path) for path in (figures / f"{name}.png", numbers)}
        write_json(
            figures / f"{name}.json",
            {"title": name, "caption": "", "files": files, "numbers": numbers.name, "inputs": {}},
        )
    return {}


def given_topic_study(request):
    study = request.getfixturevalue("topic_study")
    shutil.copytree(study, Path("studies") / "mine")
    shutil.copytree(study, "data")
    return given_study(request)


def given_coding_study(request):
    study = request.getfixturevalue("coding_study")
    shutil.copytree(study, "data")
    shutil.copytree(study, Path("studies") / "mine")
    return {}


def given_documents(_):
    """Six short texts in two languages, in two topics, with their vectors."""
    from geostance import load_encoder
    from geostance.topics import TopicDocuments

    by_language = {
        "fr": [
            "Le gazoduc livre du gaz",
            "Le gaz manque au gazoduc",
            "Le scrutin désigne un maire",
        ],
        "en": ["The pipeline delivers gas", "The pipeline lacks gas", "The ballot elects a mayor"],
    }
    texts = [text for listed in by_language.values() for text in listed]
    languages = [language for language, listed in by_language.items() for _ in listed]
    ids, assigned = list("abcdef"), [0, 0, 1] * 2
    encoder = load_encoder()
    vectors = encoder.encode(texts)
    return {
        "ids": ids, "doc_ids": ids, "texts": texts, "languages": languages, "vectors": vectors,
        "assigned": assigned, "encoder": encoder, "sections": ["economy", "economy", "vote"] * 2,
        "documents": TopicDocuments.of(ids, texts, languages, vectors),
        "topics": pl.DataFrame({"doc_id": ids, "topic": assigned}),
    }  # fmt: skip


def given_targets(_):
    """The file of targets that the page itself shows."""
    page = PAGES["your-corpus.md"]
    shown = next(
        block for block in re.findall(r"```yaml\n(.*?)```", page, re.DOTALL) if "aliases" in block
    )
    Path("moldova.yml").write_text(shown, encoding="utf-8")
    return {}


GIVEN = {
    "README.md": readme,
    "annotation.md": given_coding_study,
    "figures.md": given_study,
    "topic-quality.md": lambda request: given_documents(request) | {"topics": [0, 0, 1] * 2},
    "topic-reading.md": given_topic_study,
    "topic-words.md": given_documents,
    "topics.md": given_documents,
    "your-corpus.md": given_targets,
}


@pytest.mark.parametrize("name", SHOWN)
def test_the_python_of_a_page_runs(name, reader):
    names = reader(name)
    for needs, block in blocks(SHOWN[name]):
        if not needs:
            exec(compile(block, name, "exec"), names)


@pytest.mark.parametrize("name", SHOWN)
def test_a_block_that_is_not_run_says_why(name):
    assert [
        needs for needs, _ in blocks(SHOWN[name]) if needs and not re.match("not run: .{10}", needs)
    ] == []


def test_what_is_given_is_given_to_a_page_that_shows_something():
    assert GIVEN.keys() <= SHOWN.keys()


@pytest.mark.parametrize("name", PAGES)
def test_the_options_that_a_page_shows_are_options(name, tmp_path):
    from geostance.config import read_config

    for block in re.findall(r"^```yaml\n(.*?)^```", PAGES[name], re.MULTILINE | re.DOTALL):
        path = tmp_path / "shown.yml"
        path.write_text(block, encoding="utf-8")
        shown = read_yaml(path)
        # Files of targets and of topic edits are shown as well.
        if "aliases" not in block and "match:" not in block:
            assert shown and read_config(path)


def test_every_goal_and_page_that_is_named_exists():
    goals = set(re.findall(r"^## ([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    named = {
        (name, goal)
        for name, page in PAGES.items()
        for goal in re.findall(r"(?:`|^)make ([a-z][a-z-]+)", page, re.MULTILINE)
    }
    assert {pair for pair in named if pair[1] not in goals} == set()
    pages = {
        (name, page)
        for name, text in PAGES.items()
        for page in re.findall(r"\]\(([a-z-]+\.md)", text)
        if name != "README.md"
    }
    assert {pair for pair in pages if pair[1] not in PAGES} == set()


def test_the_page_of_tables_names_every_column():
    told = {}
    for line in PAGES["tables.md"].split("\n"):
        for name in re.findall(r"`(\w+)`", line.split("|")[1] if line.startswith("|") else ""):
            told[name] = told.get(name, "") + line
    # Told in a paragraph of its own; told on the page of topic quality; as the tables beside them.
    told["frame"] = PAGES["tables.md"].partition("frame.parquet")[2]
    told |= {name: PAGES["topic-quality.md"] for name in told if "topic-quality.md#" in told[name]}
    told |= {name: told[name.removesuffix("_fitted")] for name in told if name.endswith("_fitted")}
    absent = {
        (table, column)
        for table, columns in TABLES.items()
        for column in columns
        if f"`{column}`" not in told.get(table, "")
        and not (column.startswith("p_") and "`p_*`" in told.get(table, ""))
    }
    assert absent == set()
