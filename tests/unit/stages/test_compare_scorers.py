"""The command compare-scorers on a study of twelve articles, with two invented scorers."""

import json

import numpy as np
import polars as pl
import pytest

from geostance import stance
from geostance.cli import main
from geostance.errors import ModelError
from geostance.files import read_table, sha256, write_table
from geostance.schema import empty_table
from geostance.sentences import sentence_table

TONES = {-1: "coldly refused", 0: "met", 1: "warmly helped"}


class Reader:
    """Reads the tone from the verb; a dull one finds everything neutral."""

    measured_languages = calibrated_languages = frozenset()

    def __init__(self, name, *, dull=False):
        self.name, self.dull = name, dull

    def score(self, passages):
        portrayal = np.array([self._tone(p.text) for p in passages]).reshape(-1, 3)
        sure = np.ones(len(passages))
        evidence = tuple(np.full(len(p.sentences), 1 / max(1, len(p.sentences))) for p in passages)
        return stance.Judgement(sure, portrayal, 0 * sure, evidence)

    def _tone(self, text):
        if self.dull:
            return [0.1, 0.8, 0.1]
        likely = 0 if "coldly" in text else 2 if "warmly" in text else 1
        return [0.8 if at == likely else 0.1 for at in range(3)]


@pytest.fixture
def study(tmp_path, monkeypatch):
    """Twelve labelled articles and one that is not; returns a function that runs the command."""
    texts = [f"On day {n} NATO {TONES[n % 3 - 1]} the delegates of the port." for n in range(13)]
    ids = [f"d{n:02}" for n in range(13)]
    shared = {
        "doc_id": ids,
        "text": texts,
        "language": ["en" if n % 2 else "de" for n in range(13)],
    }
    documents = pl.DataFrame(shared | {"source": [f"{i}.txt" for i in ids], "position": 1})
    cleaned = pl.DataFrame(shared)
    for name, frame in (("documents", documents), ("cleaned", cleaned)):
        empty = empty_table(name)
        whole = pl.concat(
            [empty, frame.cast({c: empty.schema[c] for c in frame.columns})], how="diagonal"
        )
        write_table(tmp_path / f"{name}.parquet", whole, name)
    kept = read_table(tmp_path / "cleaned.parquet", "cleaned")
    write_table(tmp_path / "sentences.parquet", sentence_table(kept), "sentences")
    (tmp_path / "annotations").mkdir()
    rows = [f"{i},nato,1,{n % 3 - 1},author,{n}" for n, i in enumerate(ids[:12])]
    (tmp_path / "annotations" / "ana.csv").write_text(
        "\n".join(["doc_id,target,relevant,stance,voice,language", *rows])
    )
    asked = []

    def load(settings, responses=None):
        asked.append(settings)
        if settings.scorer == "nli":
            raise ModelError("there is no model", "stance.nli", "name one")
        return Reader(settings.scorer, dull=settings.scorer == "transformer")

    monkeypatch.setattr(stance, "load_scorer", load)

    def run(config, *more):
        (tmp_path / "study.yml").write_text(config)
        output = tmp_path / "comparison" / "comparison.parquet"
        main(
            ["compare-scorers", f"--config={tmp_path / 'study.yml'}",
             f"--annotations={tmp_path / 'annotations'}", f"--responses={tmp_path / 'responses'}",
             *(f"--{name}={tmp_path / name}.parquet" for name in ("documents", "cleaned", "sentences")),
             f"--output={output}", *more]
        )  # fmt: skip
        return output

    run.asked, run.folder = asked, tmp_path
    return run


TWO = """
validation: {min_labels: 5, bootstrap_samples: 100}
compare:
  scorers:
    - {scorer: embedded, name: reader}
    - {scorer: transformer, name: dull, relevance_threshold: 0.5}
"""


def test_two_scorers_are_measured_on_the_labelled_articles(study):
    output = study(TWO)
    table = read_table(output, "comparison")
    whole = table.filter(grouping="all", measure="macro_f1")
    assert whole["scorer"].to_list() == ["reader", "dull"]
    assert whole["estimate"].to_list() == [1.0, pytest.approx(1 / 6)]
    assert whole["difference"].to_list() == [None, pytest.approx(-5 / 6)]
    assert whole["n_labels"].to_list() == [12, 12]
    assert set(table.filter(grouping="language")["group"]) == {"en", "de"}
    compared = read_table(output.with_name("compared.parquet"), "compared")
    assert compared["doc_id"].n_unique() == 12
    assert read_table(output.with_name("reliability.parquet"), "reliability").height > 0


def test_labels_count_as_they_do_where_the_study_is_validated(study):
    (study.folder / "annotations" / "maria.csv").write_text(
        "doc_id,target,relevant,stance,adjudicates\nd00,nato,1,0,ana: stance -1\n"
    )
    chances = {"inclusion_probability": [0.9] + [0.1] * 5, "round": [1] * 6}
    drawn = {"doc_id": [f"d{n:02}" for n in range(6)], "target": ["nato"] * 6, **chances}
    rows = pl.concat([empty_table("frame"), pl.DataFrame(drawn)], how="diagonal")
    write_table(study.folder / "frame.parquet", rows, "frame")
    table = read_table(study(TWO, f"--frame={study.folder / 'frame.parquet'}"), "comparison")
    [right] = table.filter(grouping="all", measure="accuracy", scorer="reader")["estimate"]
    assert right == pytest.approx(5 / 0.1 / (5 / 0.1 + 1 / 0.9))


def test_speed_is_in_the_run_record_and_the_tables_repeat(study):
    output = study(TWO)
    tables = {path.name: sha256(path) for path in output.parent.glob("*.parquet")}
    record = json.loads(output.with_name("comparison.parquet.run.json").read_text())
    assert record["stage"] == "compare-scorers"
    assert set(record["mentions_per_second"]) == {"reader", "dull"}
    assert record["mentions"] == {"reader": 12, "dull": 12}
    study(TWO)
    assert {path.name: sha256(path) for path in output.parent.glob("*.parquet")} == tables


def test_a_scorer_takes_what_it_does_not_set_from_the_section_stance(study):
    study("stance: {relevance_threshold: 0.4, unmeasured_languages: skip}\n" + TWO)
    assert [s.relevance_threshold for s in study.asked] == [0.4, 0.5]
    # Skipping what was not measured would leave nothing to measure.
    assert {s.unmeasured_languages for s in study.asked} == {"mark"}


def test_without_the_section_the_studys_own_scorer_is_measured(study):
    table = read_table(study("validation: {bootstrap_samples: 100}"), "comparison")
    assert table["scorer"].unique().to_list() == ["embedded"]


@pytest.mark.parametrize(
    ("config", "code", "said"),
    [
        ("compare: {scorers: [{}, {scorer: nli}]}", 6, "there is no model"),
        ("compare: {scorers: [{}, {scorer: embedded}]}", 2, "two scorers have the name 'embedded'"),
        ("compare: {scorers: []}", 2, "compare.scorers"),
        ("compare: {scorers: [{scorer: oracle}]}", 2, "compare.scorers.0.scorer"),
        ("compare: {scorers: [{targets: [nato]}]}", 2, "unknown key compare.scorers.0.targets"),
        ("stance: {targets: [india]}", 3, "there is no label"),
    ],
)
def test_what_cannot_run_stops_before_anything_is_scored(
    study, monkeypatch, capsys, config, code, said
):
    monkeypatch.setattr(Reader, "score", lambda *_: pytest.fail("a scorer ran"))
    with pytest.raises(SystemExit) as stopped:
        study(config)
    error = capsys.readouterr().err
    assert stopped.value.code == code and said in error
    assert [line[:8] for line in error.splitlines()[1:]] == ["  where:", "  mend: "]
    assert not list((study.folder / "comparison").glob("*.parquet"))
