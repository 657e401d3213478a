import json
import shutil

import numpy as np
import pytest

from geostance.errors import ModelError
from geostance.stance.embedded import SHIPPED, EmbeddedScorer
from geostance.stance.passages import Passage


def passage(text: str, name: str, language: str = "fr") -> Passage:
    start = text.index(name)
    return Passage(text, start, start + len(name), language)


@pytest.fixture(scope="module")
def scorer() -> EmbeddedScorer:
    return EmbeddedScorer.shipped()


def balance(scorer: EmbeddedScorer, text: str, name: str, language: str) -> float:
    portrayal = scorer.score([passage(text, name, language)]).portrayal[0]
    return portrayal[2] - portrayal[0]


@pytest.mark.parametrize(
    ("language", "name", "worse", "better"),
    [
        (
            "fr",
            "Arlande",
            "L'Arlande bombarde un hôpital et menace ses voisins",
            "L'Arlande intercepte les drones et envoie une aide humanitaire à ses alliés",
        ),
        (
            "en",
            "Arland",
            "Arland continues its brutal aggression and its violations of international law",
            "We thank Arland for its generous support and welcome our strong partnership",
        ),
        (
            "ru",
            "Арландия",
            "Арландия нанесла удар ракетами по городу, погибли мирные жители",
            "Арландия успешно развивает экономику и помогает партнёрам, её поддержали союзники",
        ),
    ],
)
def test_blame_scores_below_praise(scorer, language, name, worse, better):
    assert balance(scorer, worse, name, language) < balance(scorer, better, name, language)


def test_the_name_of_the_state_does_not_count(scorer):
    texts = ["La Russie menace son voisin.", "La Norvège menace son voisin."]
    first, second = scorer.score(
        [passage(texts[0], "Russie"), passage(texts[1], "Norvège")]
    ).portrayal
    np.testing.assert_array_equal(first, second)


def test_shapes_and_no_passages(scorer):
    judged = scorer.score([])
    assert judged.portrayal.shape == (0, 3)
    assert judged.relevance.shape == judged.quoted.shape == (0,)


def test_a_bare_name_is_judged_too(scorer):
    judged = scorer.score([Passage("Arlande", 0, 7)])
    assert np.isfinite(judged.portrayal).all()


def test_a_missing_model_is_a_model_error(tmp_path):
    with pytest.raises(ModelError, match="does not load"):
        EmbeddedScorer(tmp_path)


def test_a_damaged_model_is_a_model_error(tmp_path):
    for name in ("model.json", "model.safetensors"):
        shutil.copy(SHIPPED / name, tmp_path)
    (tmp_path / "model.safetensors").write_bytes(b"short")
    with pytest.raises(ModelError, match="does not load"):
        EmbeddedScorer(tmp_path)


def test_a_model_of_another_format_is_refused(tmp_path):
    for name in ("model.json", "model.safetensors"):
        shutil.copy(SHIPPED / name, tmp_path)
    settings = json.loads((tmp_path / "model.json").read_text())
    (tmp_path / "model.json").write_text(json.dumps({**settings, "format": 99}))
    with pytest.raises(ModelError, match="format 99"):
        EmbeddedScorer(tmp_path)
