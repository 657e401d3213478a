import json

import pytest

from geostance.config import Config
from geostance.errors import StaleError
from geostance.files import sha256, write_json
from geostance.publish.manifest import MANIFEST, build_manifest, verify_manifest


@pytest.fixture
def published(tmp_path):
    """A published folder with one figure, one page and their manifest."""
    folder = tmp_path / "published"
    (folder / "figures").mkdir(parents=True)
    (folder / "tables.json").write_text("{}")
    (folder / "report.html").write_text("<p>Report</p>")
    (folder / "report.html.run.json").write_text('{"seconds": 3}')
    (folder / "figures" / "topic-map.json.run.json").write_text('{"id": "topic-map"}')
    drawn = folder / "figures" / "topic-map.png"
    drawn.write_bytes(b"png")
    record = {"id": "topic-map", "files": {drawn.name: sha256(drawn)}}
    (folder / "figures" / "topic-map.json").write_text(json.dumps(record))
    for name in ("study.yml", "lock"):
        (tmp_path / name).write_text("")
    value = build_manifest(Config(), tmp_path / "study.yml", tmp_path / "lock", folder)
    write_json(folder / MANIFEST, value)
    return folder


def test_every_published_file_is_answered_for(published):
    artefacts = json.loads((published / MANIFEST).read_text())["artefacts"]
    assert sorted(artefacts) == [
        "figures/topic-map.json",
        "figures/topic-map.png",
        "report.html",
        "tables.json",
    ]
    assert verify_manifest(published) == 4


def test_the_manifest_is_the_same_when_written_again(published, tmp_path):
    again = build_manifest(Config(), tmp_path / "study.yml", tmp_path / "lock", published)
    assert again == json.loads((published / MANIFEST).read_text())


def test_changed_absent_and_added_files_are_named(published):
    (published / "report.html").write_text("<p>Another</p>")
    (published / "figures" / "topic-map.png").unlink()
    (published / "figures" / "stance-map.png").write_bytes(b"png")
    with pytest.raises(StaleError) as error:
        verify_manifest(published)
    assert "3 published files differ" in error.value.what
    assert "report.html is changed" in error.value.what
    assert "figures/topic-map.png is absent" in error.value.what
    assert "figures/stance-map.png is not in it" in error.value.what
    assert "delete that folder" in error.value.mend


def test_nothing_published_is_said(tmp_path):
    with pytest.raises(StaleError, match="no manifest"):
        verify_manifest(tmp_path)
