import json
import os
import shutil
from pathlib import Path

import pytest

from geostance import digests, fingerprints
from geostance.config import Config
from geostance.errors import ConfigError
from geostance.settings.compute import ComputeSettings
from geostance.settings.corpus import EncoderSettings
from geostance.settings.publishing import FigureSettings, PublishSettings
from geostance.settings.stance import (
    ComparedScorer,
    CompareSettings,
    LlmSettings,
    NliSettings,
    StanceSettings,
)
from geostance.settings.topics import QualitySettings, TopicSettings

NOTEBOOK = {"cells": [{"cell_type": "code", "source": "1"}], "metadata": {}}
FITS = {"topics-fit", "topics-stability", "topics-multiverse"}


@pytest.fixture
def study(tmp_path, monkeypatch):
    """A study of one article and one notebook, over a copy of the package."""
    package = tmp_path / "geostance"
    shutil.copytree(
        fingerprints.PACKAGE, package, ignore=shutil.ignore_patterns("__pycache__", "encoder")
    )
    monkeypatch.setattr(fingerprints, "PACKAGE", package)
    monkeypatch.setattr(digests, "PACKAGE", package)
    monkeypatch.setattr(digests, "STAGE_FILES", package / "stages")
    monkeypatch.setattr(fingerprints, "model_identity", lambda *named: "@".join(map(str, named)))
    for folder in ("corpus", "annotations", "notebooks"):
        (tmp_path / folder).mkdir()
    (tmp_path / "corpus" / "a.txt").write_text("Un article.")
    (tmp_path / "notebooks" / "01-corpus.ipynb").write_text(json.dumps(NOTEBOOK))

    def changed(config=None, edits=None, parallel=None, events=None):
        """Write the fingerprints and return the names of those that were rewritten."""
        for cached in (digests._parse, digests._functions, digests._pieces):
            cached.cache_clear()
        before = _times(tmp_path / "fp")
        fingerprints.write_fingerprints(
            tmp_path / "fp",
            config or Config(),
            corpus=tmp_path / "corpus",
            annotations=tmp_path / "annotations",
            notebooks=tmp_path / "notebooks",
            figures=["stance-over-time", "stance-trajectories", "topic-map"],
            edits=edits,
            parallel=parallel,
            events=events,
        )
        after = _times(tmp_path / "fp")
        return {name for name, time in after.items() if before.get(name) != time}

    changed()
    changed.root = tmp_path
    return changed


def _times(folder: Path) -> dict[str, int]:
    return {path.stem: path.stat().st_mtime_ns for path in folder.glob("*.json")}


def _edit(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def test_nothing_changed_rewrites_nothing(study):
    assert study() == set()


def test_where_parts_are_worked_on_rewrites_nothing(study):
    assert study(Config(compute=ComputeSettings(engine="dask", workers=3))) == set()


def test_a_comment_a_docstring_or_a_touch_rewrites_nothing(study):
    path = study.root / "geostance" / "topics" / "vectors.py"
    path.write_text(
        '"""Another docstring."""\n' + path.read_text().split('"""', 2)[2] + "\n# note\n"
    )
    path.touch()
    assert study() == set()


def test_code_rewrites_the_stages_that_import_it(study):
    path = study.root / "geostance" / "topics" / "vectors.py"
    _edit(path, "FULL_CENTRING = 20", "FULL_CENTRING = 21")
    assert study() == {*FITS, "topics-describe", "topics-assess", "topics-assign"}


def test_what_describes_topics_leaves_the_fit_alone(study):
    changed = study(Config(topics=TopicSettings(words=12, terms=False)))
    assert "topics-describe" in changed and "topics-fit" not in changed
    study()
    path = study.root / "geostance" / "topics" / "terms.py"
    _edit(path, "THRESHOLD, FEWEST = 0.5, 5", "THRESHOLD, FEWEST = 0.4, 5")
    assert study() == {"topics-describe", "topics-stability", "topics-multiverse"}


def test_what_fits_are_held_against_counts_for_a_consensus_only(study):
    apart = {"topics-stability", "topics-multiverse"}
    held = {"stability": {"fits": 30}}
    assert study(Config(topics=TopicSettings(**held))) & {*FITS, "topics-describe"} == apart
    assert "topics-fit" in study(Config(topics=TopicSettings(solution="consensus", **held)))
    fewer = {"stability": {"fits": 10}}
    assert "topics-fit" in study(Config(topics=TopicSettings(solution="consensus", **fewer)))
    wider = {"multiverse": {"most": 10}, **fewer}
    changed = study(Config(topics=TopicSettings(solution="consensus", **wider)))
    assert changed & FITS == {"topics-multiverse"}


def test_the_service_counts_for_topics_only_where_it_is_asked(study):
    service = StanceSettings(llm=LlmSettings(model="small"))
    assert "topics-describe" not in study(Config(stance=service))
    assert "topics-describe" in study(Config(stance=service, topics=TopicSettings(labels="llm")))


def test_how_topics_are_judged_leaves_their_fit_alone(study):
    path = study.root / "geostance" / "topics" / "flags.py"
    _edit(path, "_LEVEL = 0.01", "_LEVEL = 0.02")
    assert study() == {"topics-assess"}
    quality = QualitySettings(permutations=200)
    changed = study(Config(topics=TopicSettings(quality=quality)))
    assert "topics-assess" in changed and "topics-fit" not in changed


def test_parallel_texts_count_by_content(study):
    path = study.root / "parallel.csv"
    path.write_text("pair,language,text\n")
    assert study(parallel=path) == {"topics-assess"}
    path.touch()
    assert study(parallel=path) == set()
    assert study() == {"topics-assess"}


def test_events_rewrite_the_figure_that_marks_them(study):
    path = study.root / "events.csv"
    path.write_text("date,label\n2024-03-12,A vote\n", encoding="utf-8")
    assert study(events=path) == {"figure-stance-trajectories"}
    os.utime(path, (1, 1))
    assert study(events=path) == set()
    assert study() == {"figure-stance-trajectories"}


def test_the_page_of_all_figures_leaves_one_with_its_own_alone(study):
    own = {"topic-map": FigureSettings(preset="nature", dark=False)}
    assert study(Config(publish=PublishSettings(figures=own))) == {"manifest"}
    changed = study(Config(publish=PublishSettings(figures=own, preset="slides", dark=True)))
    assert changed == {"figure-stance-over-time", "figure-stance-trajectories", "manifest"}


def test_a_stages_own_function_rewrites_that_stage(study):
    path = study.root / "geostance" / "stages" / "corpus.py"
    _edit(path, '"dimensions": encoder.dim', '"dimension": encoder.dim')
    assert study() == {"embed"}


def test_a_helper_rewrites_the_stages_that_call_it(study):
    path = study.root / "geostance" / "stages" / "assignment.py"
    _edit(path, "have no topic", "are without a topic")
    assert study() == {"topics-assign"}
    path = study.root / "geostance" / "stages" / "fits.py"
    _edit(path, "min(n_processes, len(missing))", "min(n_processes, 1 + len(missing))")
    assert study() == FITS


def test_an_option_of_one_section_leaves_the_stages_of_the_others_alone(study):
    path = study.root / "geostance" / "settings" / "topics.py"
    _edit(
        path,
        "    representative_documents: int",
        "    seeds: int = 1\n    representative_documents: int",
    )
    # Four take the whole configuration.
    found = {*FITS, "topics-describe", "topics-assess", "topics-assign"}
    assert study() == found | {"tables", "methods", "manifest", "deposit"}


def test_words_and_edits_of_topics_leave_the_fit_alone(study):
    changed = study(Config(topics=TopicSettings(words=12, edits={"drifted_below": 0.9})))
    assert "topics-describe" in changed and "topics-fit" not in changed


def test_topic_edits_count_by_what_they_say(study):
    path = study.root / "topics.yml"
    path.write_text("topics:\n- {match: {documents: [a]}, name: Gas}\n")
    assert study(edits=path) == {"topics-describe"}
    path.write_text("# read on Monday\ntopics:\n- {name: Gas, match: {documents: [a]}}\n")
    assert study(edits=path) == set()
    path.write_text("topics:\n- {match: {documents: [a]}, name: Gaz}\n")
    assert study(edits=path) == {"topics-describe"}
    assert study() == {"topics-describe"}
    path.write_text("topics:\n- {match: {documents: [a]}, nmae: Gaz}\n")
    with pytest.raises(ConfigError, match="unknown key nmae"):
        study(edits=path)


def test_what_a_section_rests_on_counts_with_it(study):
    path = study.root / "geostance" / "settings" / "basis.py"
    _edit(path, "Share = Annotated[float, Field(ge=0, le=1)]", "Share = float")
    changed = study()
    assert {"ingest", "duplicates", "mentions"} <= changed
    assert not {"embed", "corpus-describe"} & changed
    path = study.root / "geostance" / "strict_yaml.py"
    _edit(path, '"tag:yaml.org,2002:bool", re.compile(r"^(?:true|false)$")',
          '"tag:yaml.org,2002:bool", re.compile(r"^(?:true|false|on)$")')  # fmt: skip
    changed = study()
    # Ingest reads the words of dates from YAML.
    assert {"ingest", "mentions", "report"} <= changed and not {"embed", "sentences"} & changed


def test_code_a_stage_imports_itself_counts(study):
    path = study.root / "geostance" / "sentences.py"
    _edit(path, "if title else text", "if title is not None else text")
    assert {"sentences", "mentions", "topics-fit"} <= study()


def test_the_researchers_own_targets_count_by_content(study):
    own = study.root / "targets.yml"
    own.write_text("mayor: {labels: {en: Mayor}, aliases: {en: [mayor]}}\n")
    config = Config(stance=StanceSettings(targets_file=str(own)))
    study(config)
    own.touch()
    assert study(config) == set()
    _edit(own, "[mayor]", "[mayor, town hall]")
    told = {"mentions", "stance", "compare-scorers", "report", "methods", "annotate-export"}
    assert study(config) == told | {"annotate-import"}
    _edit(own, "Mayor", "The mayor")
    assert {"figure-stance-over-time", "report"} <= study(config)


def test_a_figures_setting_rewrites_that_figure_and_what_lists_the_config(study):
    figures = {"topic-map": FigureSettings(width="single")}
    assert study(Config(publish=PublishSettings(figures=figures))) == {
        "figure-topic-map",
        "manifest",
    }


def test_a_prompt_rewrites_the_vectors_and_what_names_the_encoder(study):
    changed = study(Config(encoder=EncoderSettings(prompt="query: ")))
    assert changed == {"embed", "topics-multiverse", "methods", "manifest"}


def test_a_scorers_model_counts_by_its_files(study):
    named = NliSettings(model="models/nli")
    value = fingerprints.fingerprint(
        "mentions", Config(stance=StanceSettings(scorer="nli", nli=named)), None
    )
    assert value["model"] == "models/nli@None@stance.nli"
    assert "model" not in fingerprints.fingerprint("mentions", Config(), None)


def test_targets_rewrite_the_scores_only(study):
    changed = study(Config(stance=StanceSettings(targets=("turkey",))))
    assert {"mentions", "stance"} <= changed
    assert not changed & {"ingest", "clean", "embed", "topics-fit", "figure-topic-map"}


@pytest.mark.parametrize("change", ["added", "removed", "edited"])
def test_the_corpus_listing_counts(study, change):
    article = study.root / "corpus" / "a.txt"
    if change == "added":
        (study.root / "corpus" / "b.txt").write_text("Un autre.")
    elif change == "removed":
        article.unlink()
    else:
        article.write_text("Un article plus long.")
    assert study() == {"ingest"}


def test_a_file_name_that_is_no_text_is_listed(study):
    (study.root / "corpus" / os.fsdecode(b"Caf\xe9.txt")).write_text("Un autre.")
    assert study() == {"ingest"}


def test_labels_rewrite_what_reads_them_only(study):
    (study.root / "annotations" / "coder.csv").write_text("doc_id,target\n")
    assert study() == {"validate", "sensitivity", "compare-scorers"}


def test_the_scorers_to_compare_touch_nothing_but_what_tells_of_them(study):
    nli = ComparedScorer(scorer="nli", nli=NliSettings(model="models/absent"))
    config = Config(compare=CompareSettings(scorers=(ComparedScorer(), nli)))
    assert study(config) == {"compare-scorers", "sensitivity", "manifest"}


def test_a_notebooks_cells_count_and_its_metadata_do_not(study):
    path = study.root / "notebooks" / "01-corpus.ipynb"
    path.write_text(json.dumps(NOTEBOOK | {"metadata": {"language_info": {"name": "python"}}}))
    assert study() == set()
    path.write_text(json.dumps(NOTEBOOK | {"cells": [{"cell_type": "code", "source": "2"}]}))
    assert study() == {"notebook-01-corpus"}


def test_a_second_run_parses_no_source_again(study, monkeypatch):
    monkeypatch.setattr(digests, "_found", {})
    monkeypatch.setattr(digests, "_used", {})

    def parse(source):
        raise AssertionError("parsed again")

    monkeypatch.setattr(digests.ast, "parse", parse)
    assert study() == set()


def test_what_was_found_in_sources_may_be_lost(study):
    (study.root / "fp" / fingerprints.KNOWN_SOURCES).write_text("{half")
    assert study() == set()


def test_every_stage_has_its_fingerprint():
    from geostance.stages import STAGES

    assert set(fingerprints.STAGES) == set(STAGES)
