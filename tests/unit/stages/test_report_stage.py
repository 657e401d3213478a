import json

import pytest

from benchmarks.report import invented_items, publish, study_of
from geostance.config import Config
from geostance.errors import StaleError
from geostance.files import sha256, write_json, write_table
from geostance.publish.figures import FIGURES
from geostance.publish.manifest import MANIFEST, build_manifest, verify_manifest
from geostance.publish.paging import BESIDE
from geostance.publish.report import build_report
from geostance.stages.publication import report


@pytest.fixture
def run(tmp_path):
    """Run the stage on so many documents; the published folder."""
    published = tmp_path / "published"
    publish(study_of(invented_items(3)), published)
    (published / "report.html").unlink()
    for name in FIGURES:
        record = {"id": name, "title": name, "caption": "", "numbers": "toy.csv", "inputs": {}}
        files = [published / "figures" / file for file in ("toy.png", "toy.csv")]
        record["files"] = {path.name: sha256(path) for path in files}
        write_json(published / "figures" / f"{name}.json", record)
    write_json(published / "tables.json", {})
    (tmp_path / "raw").mkdir()
    (tmp_path / "raw" / "a.txt").write_text("text")

    def call(n):
        for name, frame in study_of(invented_items(n)).items():
            write_table(tmp_path / "tables" / f"{name}.parquet", frame, name)
        record = report(
            Config(),
            tables=[tmp_path / "tables"],
            figures=published / "figures",
            corpus=tmp_path / "raw",
            annotations=tmp_path / "annotations",
            output=published / "report.html",
        )
        return record, published

    return call


@pytest.fixture
def few_inline(monkeypatch):
    monkeypatch.setitem(build_report.__kwdefaults__, "inline", 5)


def beside(published):
    return sorted(path.name for path in (published / BESIDE).glob("*"))


def test_a_small_corpus_has_one_file(run):
    record, published = run(4)
    assert record["files"] == record["bytes_beside"] == 0
    assert not (published / BESIDE).exists()


def test_stale_files_beside_the_page_go_and_the_others_are_those_it_names(run, few_inline):
    record, published = run(8)
    first = beside(published)
    assert record["files"] == len(first) == 1
    run(9)
    assert len(beside(published)) == 1
    assert beside(published) != first
    assert beside(published)[0] in (published / "report.html").read_text()
    run(4)
    assert not (published / BESIDE).exists()


def test_the_manifest_lists_the_files_beside_the_page_and_verify_checks_them(
    run, few_inline, tmp_path
):
    _, published = run(8)
    for name in ("study.yml", "lock"):
        (tmp_path / name).write_text("")
    manifest = build_manifest(Config(), tmp_path / "study.yml", tmp_path / "lock", published)
    write_json(published / MANIFEST, manifest)
    (name,) = beside(published)
    assert f"{BESIDE}/{name}" in json.loads((published / MANIFEST).read_text())["artefacts"]
    assert verify_manifest(published) > 1
    (published / BESIDE / name).write_text("geostance.page(0,[]);")
    with pytest.raises(StaleError, match="1 published files differ"):
        verify_manifest(published)
