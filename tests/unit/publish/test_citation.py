import io
import sys

import pytest

from geostance.cli import main
from geostance.config import Config
from geostance.errors import StaleError
from geostance.files import sha256, write_json
from geostance.publish.citation import cite_figure, cite_study
from geostance.publish.manifest import MANIFEST, build_manifest, read_manifest
from geostance.publish.references import bibtex, references

KEYS = ("geostance", "broder1997", "holm1979")


@pytest.fixture
def published(tmp_path):
    """A published folder with one figure and a bibliography, drawn by an earlier geostance."""
    folder = tmp_path / "published"
    (folder / "figures").mkdir(parents=True)
    (folder / "tables.json").write_text("{}")
    (folder / "references.bib").write_text(bibtex({key: references()[key] for key in KEYS}))
    drawn = folder / "figures" / "topic-map.pdf"
    drawn.write_bytes(b"pdf")
    record = {"id": "topic-map", "title": "Map of topics", "inputs": {"topics": "a", "documents": "b"}, "files": {drawn.name: sha256(drawn)}}  # fmt: skip
    write_json(folder / "figures" / "topic-map.json", record)
    (tmp_path / "study.yml").write_text("")
    config = Config.model_validate({"publish": {"title": "Gas & press", "authors": ["Arendt, Hannah"]}})  # fmt: skip
    value = build_manifest(config, tmp_path / "study.yml", tmp_path / "study.yml", folder)
    value["run"]["geostance"] = "0.0.9"
    write_json(folder / MANIFEST, value)
    return folder


def test_a_study_is_cited_with_its_version_models_and_papers(published):
    text = cite_study(published, "text")
    assert "geostance 0.0.9 (The geostance team, 2026), configuration e3b0c44298fc." in text
    assert "Sentence encoder: embedded, version" in text and "licence mit" in text
    assert "Works: Broder, 1997; Holm, 1979." in text


def test_the_papers_are_those_of_the_studys_own_bibliography(published):
    assert len(cite_study(published, "apa").splitlines()) == len(KEYS)
    assert "(Version 0.0.9) [Computer software]" in cite_study(published, "apa")
    entries = cite_study(published, "bibtex")
    assert "version = {0.0.9}" in entries and entries.count("@") == len(KEYS)


def test_a_figure_is_cited_with_the_hash_of_its_file(published):
    digest = sha256(published / "figures" / "topic-map.pdf")
    assert cite_figure(published, "topic-map", "text") == (
        "Map of topics. Figure topic-map of “Gas & press”. Drawn by geostance 0.0.9 from the tables "
        f"documents, topics; SHA-256 of topic-map.pdf: {digest}\n"
    )
    assert cite_figure(published, "topic-map", "apa").startswith(
        "Arendt, H. (n.d.). Map of topics."
    )
    entry = cite_figure(published, "topic-map", "bibtex")
    assert entry.startswith("@misc{figure-topic-map,\n  author = {Arendt, Hannah}")
    assert "Gas \\& press" in entry


def test_what_is_not_the_published_figure_is_not_cited(published):
    with pytest.raises(StaleError, match="no figure topic-chart"):
        cite_figure(published, "topic-chart", "text")
    (published / "figures" / "topic-map.pdf").write_bytes(b"another")
    with pytest.raises(StaleError, match="not the one that was published"):
        cite_figure(published, "topic-map", "text")


def test_the_command_cites_the_study_or_the_figure_it_is_given(published, monkeypatch):
    for arguments, said in (([], "The analyses"), (["topic-map"], "Map of topics")):
        monkeypatch.setattr(sys, "stdout", io.StringIO())
        main(["cite", *arguments, f"--published={published}"])
        assert sys.stdout.getvalue().startswith(said)


def test_the_manifest_names_the_models_with_their_licences(published):
    models = read_manifest(published)["run"]["models"]
    assert [(model["role"], model["licence"]) for model in models] == [("encoder", "mit"), ("scorer", "mit")]  # fmt: skip
