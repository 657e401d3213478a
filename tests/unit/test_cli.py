import io
import json
import sys

import pytest

from geostance.cli import main


def failing(capsys, *arguments):
    """Run a command that must fail; return its exit code and what it said."""
    with pytest.raises(SystemExit) as stopped:
        main(arguments)
    return stopped.value.code, capsys.readouterr().err


def fingerprint(tmp_path, config):
    path = tmp_path / "study.yml"
    path.write_text(config)
    folders = [f"--{name}={tmp_path / name}" for name in ("corpus", "annotations", "notebooks")]
    return ["fingerprint", f"--config={path}", *folders, "--figures", "topic-map",
            f"--output={tmp_path / 'fp'}"]  # fmt: skip


@pytest.mark.parametrize(
    ("config", "said"),
    [
        ("stance: {targets: []}", "stance.targets"),
        ("stance: {targets: [rusia]}", "unknown target 'rusia'"),
        ("stance: {targets_file: nowhere.yml}", "nowhere.yml"),
        ("publish: {figures: {topic-chart: {}}}", "there is no figure topic-chart"),
    ],
)
def test_a_wrong_name_in_the_config_stops_before_any_stage(tmp_path, capsys, config, said):
    code, err = failing(capsys, *fingerprint(tmp_path, config))
    assert code == 2 and said in err
    assert [line[:8] for line in err.splitlines()[1:]] == ["  where:", "  mend: "]
    assert not (tmp_path / "fp").exists()


@pytest.mark.parametrize(
    ("config", "code", "said"),
    [
        ("encoder: {name: no-such-encoder}", 6, "there is no model 'no-such-encoder'"),
        ("encoder: {name: owner/model}", 6, "encoder.revision"),
        ("stance: {scorer: nli}", 2, "stance.nli.model"),
        ("stance: {scorer: nli, nli: {model: nowhere}}", 6, "there is no model 'nowhere'"),
    ],
)
def test_a_model_that_is_not_there_stops_before_any_stage(tmp_path, capsys, config, code, said):
    found, err = failing(capsys, *fingerprint(tmp_path, config))
    assert found == code and said in err and len(err.splitlines()) == 3
    assert not (tmp_path / "fp").exists()


def test_what_the_system_refuses_is_said_in_three_lines(tmp_path, capsys):
    (tmp_path / "fp").write_text("a file where a folder should be")
    code, err = failing(capsys, *fingerprint(tmp_path, ""))
    assert code == 3 and "the system refuses" in err and str(tmp_path / "fp") in err
    assert len(err.splitlines()) == 3


def test_training_says_what_it_lacks_before_it_starts(tmp_path, capsys, monkeypatch):
    train = ["train", "stance", "--base=encoder", f"--data={tmp_path}", f"--output={tmp_path}/m"]
    code, err = failing(capsys, *train, "--precision=double")
    assert code == 2 and "precision is double" in err
    monkeypatch.setitem(sys.modules, "torch", None)
    code, err = failing(capsys, *train)
    assert code == 5 and "EXTRAS=transformers" in err
    assert not (tmp_path / "m").exists()


def test_status_tells_ready_stale_and_to_do_apart(tmp_path, capsys, monkeypatch):
    for name, stage in (("topics.parquet", "topics-fit"), ("unique.parquet", "duplicates")):
        record = {"stage": stage, "seconds": 1.5, "read": 1200, "dropped": {"empty": 2}}
        (tmp_path / f"{name}.run.json").write_text(json.dumps(record))
    planned = (
        "python topics fit --output x/topics.parquet\npython stance --output x/stance.parquet\n"
    )
    monkeypatch.setattr(sys, "stdin", io.StringIO(planned))
    main(["status", f"--data={tmp_path}"])
    lines = {
        line.split()[-1 if "to do" in line else 1]: line
        for line in capsys.readouterr().out.splitlines()
    }
    assert lines["topics.parquet"].startswith("stale")
    assert lines["unique.parquet"].startswith("ready")
    assert lines["unique.parquet"].endswith("1.5 s  read 1,200, dropped empty 2")
    assert lines["stance.parquet"].startswith("to do")


def test_the_closing_line_keeps_reasons_of_several_words_apart(tmp_path, capsys):
    (tmp_path / "raw").mkdir()
    for name, content in {"a.txt": b"Un pont.", "b.txt": b"", "c.pdf": b"%PDF-1.4"}.items():
        (tmp_path / "raw" / name).write_bytes(content)
    config = tmp_path / "study.yml"
    config.write_text("ingest: {max_rejected_share: 0.7}")
    output = tmp_path / "documents.parquet"
    main(["ingest", f"--config={config}", f"--corpus={tmp_path / 'raw'}", f"--output={output}"])
    dropped = capsys.readouterr().err.partition("dropped ")[2].rpartition(" (")[0]
    # The commonest first, and what is as common by its name.
    assert dropped == "PDF is not read: export as text, HTML or a table 1; empty 1"


def test_every_figure_is_listed_with_its_tables(capsys):
    from geostance.publish.figures import APART, FIGURES

    main(["figure", "--list"])
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in lines] == [*FIGURES, *APART]
    assert next(line for line in lines if line.startswith("stance-trajectories")).endswith(
        "estimates, [stance], [unique], [events]"
    )
