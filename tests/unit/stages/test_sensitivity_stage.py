from datetime import date

import polars as pl
import pytest

from geostance.config import Config
from geostance.errors import ConfigError
from geostance.files import write_table
from geostance.schema import empty_table
from geostance.settings.sensitivity import SensitivitySettings
from geostance.settings.stance import ComparedScorer, CompareSettings, StanceSettings
from geostance.settings.validation import ValidationSettings
from geostance.stages.sensitivity import sensitivity

IDS = [f"d{n:02}" for n in range(40)]


def write(folder, table, rows):
    frame = pl.concat([empty_table(table), pl.DataFrame(rows)], how="diagonal_relaxed")
    path = folder / f"{table}.parquet"
    write_table(path, frame.cast(dict(empty_table(table).schema)), table)
    return path


def mention(n, relevance, voice, value):
    up, down = max(value, 0.0), max(-value, 0.0)
    portrayal = {"p_favourable": up, "p_neutral": 1 - up - down, "p_unfavourable": down}
    own = {"doc_id": IDS[n], "target": "nato", "relevance": relevance, "relevant": relevance >= 0.2}
    sentence = {"sentence_id": f"{IDS[n]}-{voice}-{relevance}", "voice": voice, "scorer": "words"}
    return own | sentence | portrayal


@pytest.fixture
def study(tmp_path):
    """Forty articles: authors blame, those they quote praise, names in passing are neutral."""
    (tmp_path / "annotations").mkdir()
    rows = [
        f"{doc_id},nato,1,{1 if n % 5 == 0 else -1},{'quoted' if n % 5 == 0 else 'author'},ana,0.5"
        for n, doc_id in enumerate(IDS[:20])
    ]
    header = "doc_id,target,relevant,stance,voice,coder,inclusion_probability"
    (tmp_path / "annotations" / "ana.csv").write_text("\n".join([header, *rows]))
    write(tmp_path, "topic_info", {"topic": [-1, 0], "label": ["outliers", "gas"]})
    return {
        "annotations": tmp_path / "annotations",
        "documents": write(
            tmp_path,
            "documents",
            {
                "doc_id": IDS,
                "source": ["week.csv"] * 40,
                "position": range(40),
                "outlet": ["Courier", "Herald"] * 20,
                "date": [date(2024, 1, 1)] * 40,
            },
        ),
        "unique": write(
            tmp_path,
            "unique",
            {
                "doc_id": IDS,
                # The last five are copies of the first.
                "cluster_id": [*IDS[:35], *[IDS[0]] * 5],
                "is_representative": [n < 35 for n in range(40)],
            },
        ),
        "topics": write(
            tmp_path,
            "topics",
            {"doc_id": IDS, "topic": [0] * 40, "topic_found": [-1] * 10 + [0] * 30},
        ),
        "cleaned": write(tmp_path, "cleaned", {"doc_id": IDS, "language": ["en"] * 40}),
        "mentions": write(
            tmp_path,
            "mentions",
            [
                row
                for n in range(35)
                for row in (
                    mention(n, 0.9, "author", -0.6 + 0.01 * n),
                    mention(n, 0.5, "quoted", 0.8),
                    mention(n, 0.1, "author", 0.0),
                )
            ],
        ),
        "output": tmp_path / "sensitivity.parquet",
    }


def config(**sections):
    return Config(
        stance=StanceSettings(targets=("nato",)),
        validation=ValidationSettings(min_labels=5, min_group=2),
        **({"sensitivity": SensitivitySettings(thresholds=(0.05, 0.6))} | sections),
    )


def run(study, settings=None, **more):
    record = sensitivity(settings or config(), **study, **more)
    return record, pl.read_parquet(study["output"])


def one(table, *changed, **where):
    correction = {"correction": "model"} if "correction" in changed else {}
    found = table.filter(pl.col("changed") == list(changed), **(correction | where))
    assert found.height == 1
    return found.row(0, named=True)


def test_every_choice_is_made_otherwise_once(study):
    record, table = run(study)
    assert record["claims"] == 1 and record["numbers"] == len(table) - 1
    once = table.filter(pl.col("changed").list.len() == 1)
    assert sorted(once["changed"].list.first().to_list()) == sorted(
        ["unit", "voice", "threshold", "threshold", "outliers", "correction", "correction"]
    )
    # Units, voices, outliers, three thresholds and three corrections, each with each.
    assert len(table) == 2 * 2 * 2 * 3 * 3
    assert set(table["confidence"]) == {0.95}


def test_scores_are_made_anew_from_the_mentions_that_count(study):
    _, table = run(study)
    model = table.filter(correction="model", unit="distinct", outliers="kept")
    mean = {
        (row["voice"], row["threshold"]): row["estimate"] for row in model.iter_rows(named=True)
    }
    author = -0.6 + 0.01 * 17
    assert mean["all", 0.2] == pytest.approx((author + 0.8) / 2)
    assert mean["author", 0.2] == mean["all", 0.6] == pytest.approx(author)
    assert mean["all", 0.05] == pytest.approx((author + 0.8) / 3)


def test_labels_of_what_is_quoted_are_beside_the_author_s_voice(study):
    _, table = run(study)
    assert one(table)["n_labels"] == 20
    voice = one(table, "voice")
    assert voice["n_labels"] == 16 and voice["reason"].startswith("all values agree")
    alone = one(table, "voice", "correction", correction="labels")
    assert alone["estimate"] == pytest.approx(-1)


def test_labels_without_a_voice_do_not_correct_the_author_s(study):
    path = study["annotations"] / "ana.csv"
    path.write_text(path.read_text().replace(",author,", ",,"))
    _, table = run(study)
    assert one(table, "voice")["reason"] == "too few labels: 0 of 5"


def test_copies_and_outliers_count_or_not(study):
    _, table = run(study)
    assert one(table)["n_documents"] == 35
    assert one(table, "unit")["n_documents"] == 40
    assert one(table, "outliers")["n_documents"] == 25


def test_a_difference_that_the_study_names_is_a_claim(study):
    named = SensitivitySettings(thresholds=(), differences=(("outlet", "Courier", "Herald"),))
    _, table = run(study, config(sensitivity=named))
    found = one(table, kind="difference")
    assert (found["group"], found["against"]) == ("Courier", "Herald")
    assert found["estimate"] is not None


def test_a_difference_of_a_column_that_no_document_has_is_an_error(study):
    named = SensitivitySettings(differences=(("desk", "a", "b"),))
    with pytest.raises(ConfigError, match="no document has a column desk"):
        run(study, config(sensitivity=named))


def test_other_scorers_are_the_means_of_the_labelled_articles(study, tmp_path):
    compared = write(
        tmp_path,
        "compared",
        [
            {
                "scorer": name,
                "doc_id": doc_id,
                "target": "nato",
                "coder": "ana",
                "relevant": True,
                "detected": True,
                "predicted": 0,
                "p_unfavourable": 0.1 + 0.01 * n,
                "p_neutral": 0.4 - 0.01 * n,
                "p_favourable": 0.5,
            }
            for name in ("embedded", "other")
            for n, doc_id in enumerate(IDS[:20])
        ],
    )
    scorers = CompareSettings(
        scorers=(ComparedScorer(), ComparedScorer(name="other", relevance_threshold=0.5))
    )
    _, table = run(study, config(compare=scorers), compared=compared)
    # The published one is not drawn twice.
    assert set(table["scorer"]) == {"words", "other"}
    found = one(table, "scorer")
    assert (found["correction"], found["n_labels"]) == ("model", 20)
    assert found["estimate"] == pytest.approx(0.4 - 0.01 * 9.5)


def test_a_study_without_mentions_makes_no_claim(study, tmp_path):
    write(tmp_path, "mentions", [])
    record, table = run(study)
    assert record == {"claims": 0, "numbers": 0, "hold": 0} and table.is_empty()
