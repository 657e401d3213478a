import polars as pl
import pytest

from geostance.train import stance_corpus
from geostance.train.stance_data import letters

NEWS = "Avant le vote de mardi, la ministre Jeanne Dupuis a promis de revoir toute la loi."
TESTED = "Le maire affirme que le juge Paul Lenoir avait déjà rendu sa décision jeudi soir."
PRESS = "Selon le journal, la chanteuse Marie Petit et le peintre Jean Grand ont refusé le prix."


@pytest.fixture
def pairs(tmp_path):
    path = tmp_path / "pairs.parquet"
    rows = [
        ("ntrex", "en", "x", "fr", NEWS),
        ("ntrex", "fr", TESTED, "en", "x"),
        ("wmt_newstest", "fr", "Une phrase de presse assez longue mais qui ne nomme personne.", "en", "x"),
        ("tatoeba_test", "en", "x", "fr", NEWS.replace("Jeanne", "Anne")),
    ]  # fmt: skip
    columns = ["source", "lang_a", "text_a", "lang_b", "text_b"]
    pl.DataFrame(rows, schema=columns, orient="row").write_parquet(path)
    return path


def test_persons_are_named_by_news_and_press_and_never_by_a_tested_sentence(pairs):
    held_out = {letters(TESTED.upper())}
    found = stance_corpus.persons(pairs, {"fr": [PRESS], "ru": []}, held_out, seed=1)
    named = [passage.text[passage.start : passage.end] for passage in found]
    assert named == ["Jeanne Dupuis", "Marie Petit", "Jean Grand"]
