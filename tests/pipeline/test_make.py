"""The workflow as a user runs it: once, again, and after a change."""

import json
import os
import shutil
import subprocess
from pathlib import Path

import polars as pl
import pytest

from geostance.files import read_json

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def study(new_study, make):
    """A finished study."""
    data, config = new_study()
    make(data, config=config)
    return data, config


def test_everything_is_published(study):
    data, _ = study
    manifest = read_json(data / "published" / "manifest.json")
    assert {figure["id"] for figure in manifest["figures"]} >= {"corpus-flow", "stance-over-time"}
    assert (data / "published" / "report.html").stat().st_size > 100_000
    assert {path.stem for path in (data / "published" / "notebooks").glob("*.html")} == {
        path.stem for path in (ROOT / "notebooks").glob("*.ipynb")
    }
    assert "read from 8 records" in (data / "published" / "methods.md").read_text()


def test_the_second_run_runs_nothing(study, make, contents):
    data, config = study
    before = contents(data)
    stages, _ = make(data, config=config)
    assert stages == [] and contents(data) == before


def test_a_figures_setting_reruns_that_figure_and_what_follows(study, make):
    data, config = study
    config.write_text(
        "publish:\n  title: Eight articles\n  figures:\n    corpus-flow: {width: single}\n"
    )
    stages, _ = make(data, config=config)
    assert stages.count("figure") == 1
    assert set(stages) == {"figure", "notebook", "report", "manifest"}


def test_a_comment_in_the_config_reruns_nothing(study, make):
    data, config = study
    written = config.read_text()
    config.write_text("# a note\n" + written)
    assert make(data, config=config)[0] == []
    # The manifest of a later run would hold the note.
    config.write_text(written)


def test_a_bad_config_stops_before_any_stage(study, tmp_path, make, contents):
    data, _ = study
    bad = tmp_path / "bad.yml"
    bad.write_text("stance: {targets: [russia], thresold: 1}\n")
    before = contents(data)
    stages, done = make(data, config=bad, check=False)
    assert done.returncode != 0 and stages == [] and contents(data) == before
    assert "unknown key stance.thresold" in done.stderr and "mend:" in done.stderr


def test_a_topic_is_named_without_fitting_again(study, make, contents):
    data, config = study
    before = contents(data)
    documents = pl.read_parquet(data / "processed" / "topics.parquet")["doc_id"].to_list()
    edits = data / "topics.yml"
    edits.write_text(f"topics:\n- name: The whole paper\n  match: {{documents: {documents}}}\n")
    stages, _ = make(data, config=config)
    assert stages[0] == "topics-describe" and "manifest" in stages
    assert "The whole paper" in (data / "published" / "report.html").read_text()
    edits.write_text("# read on Monday\n" + edits.read_text())
    assert make(data, config=config)[0] == []
    edits.write_text(edits.read_text() + "  mark: bin\n")
    stages, done = make(data, config=config, check=False)
    assert done.returncode != 0 and stages == [] and "topics.yml, edit 1" in done.stderr
    edits.unlink()
    assert "topics-fit" not in make(data, config=config)[0]
    assert contents(data) == before


def test_a_published_study_is_reproduced(study, make, contents):
    data, config = study
    make(data, config=config)
    done = make(data, "reproduce", config=config)[1]
    assert done.stdout.splitlines()[-1].endswith("0 equal, 0 different")
    assert contents(data / "reproduced").keys() == contents(data).keys()
    article = data / "raw" / "The Quay" / "2024-03-25_cup.txt"
    text, dates = article.read_text(), article.stat()
    article.write_text(text + " Nobody left early.")
    done = make(data, "reproduce", config=config, check=False)[1]
    article.write_text(text)
    os.utime(article, ns=(dates.st_atime_ns, dates.st_mtime_ns))
    assert done.returncode != 0 and "the corpus is not the one of the manifest" in done.stderr
    shutil.rmtree(data / "reproduced")


def test_verify_tells_a_changed_file(study, make):
    data, _ = study
    assert "as the manifest says" in make(data, "verify")[1].stdout
    path = data / "published" / "figures" / "corpus-flow.csv"
    kept = path.read_bytes()
    path.write_text("changed")
    done = make(data, "verify", check=False)[1]
    path.write_bytes(kept)
    assert done.returncode != 0 and "figures/corpus-flow.csv is changed" in done.stderr


def test_a_removed_article_leaves_every_table(study, make):
    data, config = study
    article, report = (
        data / "raw" / "The Quay" / "2024-03-25_cup.txt",
        data / "published/report.html",
    )
    text = article.read_text()
    assert "Home side wins the cup" in report.read_text()
    article.unlink()
    stages, _ = make(data, config=config)
    assert stages[0] == "ingest" and "manifest" in stages
    assert "Home side wins the cup" not in report.read_text()
    article.write_text(text)


@pytest.mark.parametrize("folder", ["", "two words"])
def test_a_study_folder_that_make_would_misread_is_refused(folder):
    """Without a name, clean would delete below the root of the disk."""
    done = subprocess.run(
        ["make", "--dry-run", "clean", f"DATA={folder}"],
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
    assert done.returncode != 0 and "name one folder" in done.stderr and not done.stdout


def test_no_article_is_a_clear_error(tmp_path, make):
    (tmp_path / "raw").mkdir()
    _, done = make(tmp_path, check=False)
    assert done.returncode != 0
    assert "InputError" in done.stderr and "mend:" in done.stderr


def test_the_run_record_counts_what_was_read(study):
    data, _ = study
    record = json.loads((data / "interim" / "documents.parquet.run.json").read_text())
    assert record["stage"] == "ingest" and record["read"] == record["kept"] > 0


def test_scorers_are_compared_on_the_labelled_articles_only_when_asked(study, tmp_path, make):
    data, config = study
    assert not (data / "comparison").exists()
    shutil.copytree(data / "raw", tmp_path / "raw")
    (tmp_path / "annotations").mkdir()
    (tmp_path / "annotations" / "ana.csv").write_text(
        "source,target,relevant,stance\nLe Phare/2024-01-10_gaz.txt,russia,1,-1\n"
        "The Quay/2024-02-20_talks.txt,nato,1,0\n"
    )
    stages, _ = make(tmp_path, "compare-scorers", config=config)
    assert stages == ["ingest", "clean", "sentences", "compare-scorers", "figure"]
    made = {path.suffix for path in (tmp_path / "comparison").glob("scorer-comparison.*")}
    assert made == {".json", ".csv", ".pdf", ".svg", ".png"}
    assert make(tmp_path, "compare-scorers", config=config)[0] == []
    make(tmp_path, "clean", config=config)
    assert not (tmp_path / "comparison").exists()


def test_a_dry_run_makes_no_environment(tmp_path):
    command = ["make", "-n", "all", f"ENV={tmp_path / '.venv'}"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode != 0 and "make env first" in done.stderr
    assert not (tmp_path / ".venv").exists()


@pytest.mark.parametrize("flags", [[], ["-k"], ["-j2"], ["DATA=n"]])
def test_any_other_run_makes_the_environment_that_is_missing(tmp_path, flags):
    installer = tmp_path / "installer"
    installer.write_text('#!/bin/sh\nmkdir -p "$3"\necho "ENV_STATE := $5" > "$3/geostance.mk"\n')
    installer.chmod(0o755)
    command = ["make", *flags, "env", f"ENV={tmp_path / 'new'}", f"BOOTSTRAP={installer}"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "new" / "geostance.mk").exists()
