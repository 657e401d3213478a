import polars as pl
import pytest

from geostance.config import Config
from geostance.errors import AnnotationError
from geostance.files import read_table
from geostance.settings.topics import IntrusionSettings, TopicSettings
from geostance.stages.assessment import topics_intrusion

CONFIG = Config(topics=TopicSettings(intrusion=IntrusionSettings(words=2, documents=2)))


@pytest.fixture
def run(topic_study):
    """The stage on a study whose topics are those of its fit."""
    for name in ("topics", "topic_words"):
        (topic_study / "processed" / f"{name}_fitted.parquet").rename(
            topic_study / "processed" / f"{name}.parquet"
        )

    def stage():
        return topics_intrusion(
            CONFIG,
            topics=topic_study / "processed" / "topics.parquet",
            cleaned=topic_study / "interim" / "cleaned.parquet",
            returned=topic_study / "intrusion" / "returned",
            output=topic_study / "intrusion" / "topic_intrusion.parquet",
        )

    stage.folder = topic_study / "intrusion"
    return stage


def test_sheets_are_written_by_language_and_the_key_apart(run):
    record = run()
    # One document a language: too few to show two of a topic.
    assert record == {"tasks": 9, "sheets": 3}
    sheets = sorted(path.name for path in (run.folder / "sheets").iterdir())
    assert sheets == ["words-ar.csv", "words-fr.csv", "words-hi.csv"]
    written = (run.folder / "sheets" / "words-hi.csv").read_bytes()
    assert written.startswith(b"\xef\xbb\xbf") and b"intruder" not in written
    assert read_table(run.folder / "topic_intrusion.parquet", "topic_intrusion").is_empty()


def test_the_same_study_gives_the_same_sheets(run):
    run()
    before = {path.name: path.read_bytes() for path in (run.folder / "sheets").iterdir()}
    (run.folder / "sheets" / "words-eo.csv").write_text("of a language that is gone")
    run()
    assert before == {path.name: path.read_bytes() for path in (run.folder / "sheets").iterdir()}


def test_returned_answers_are_scored_and_the_key_stays(run):
    run()
    key_path = run.folder / "intrusion_key.parquet"
    key = pl.read_parquet(key_path)
    written = key_path.read_bytes()
    (run.folder / "returned").mkdir()
    for coder in ("ana", "bo"):
        key.select("task", answer="intruder").write_csv(run.folder / "returned" / f"{coder}.csv")
    assert run() == {"answers": 18, "coders": 2, "tasks": 9}
    assert key_path.read_bytes() == written
    scores = read_table(run.folder / "topic_intrusion.parquet", "topic_intrusion")
    assert set(scores["estimate"]) == {1.0}
    assert set(scores["measure"]) == {"model_precision", "coder_alpha"}


def test_answers_without_their_key_are_refused(run):
    (run.folder / "returned").mkdir(parents=True)
    (run.folder / "returned" / "ana.csv").write_text("task,answer\nt,1\n")
    with pytest.raises(AnnotationError, match="not the key of their sheets"):
        run()
