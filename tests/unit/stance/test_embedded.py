import json
import shutil
from dataclasses import replace

import numpy as np
import pytest

from geostance.errors import ModelError
from geostance.stance.embedded import SHIPPED, EmbeddedScorer, Tokens, sentence_inputs
from geostance.stance.passages import Passage

FILES = ("model.json", "network.onnx", "linear.safetensors", "tokenizer.json")


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


@pytest.mark.parametrize("damaged", ["network.onnx", "linear.safetensors", "tokenizer.json"])
def test_a_damaged_model_is_a_model_error(tmp_path, damaged):
    for name in FILES:
        shutil.copy(SHIPPED / name, tmp_path)
    (tmp_path / damaged).write_bytes(b"short")
    with pytest.raises(ModelError, match="does not load"):
        EmbeddedScorer(tmp_path)


def test_a_model_of_another_format_is_refused(tmp_path):
    for name in FILES:
        shutil.copy(SHIPPED / name, tmp_path)
    settings = json.loads((tmp_path / "model.json").read_text())
    (tmp_path / "model.json").write_text(json.dumps({**settings, "format": 99}))
    with pytest.raises(ModelError, match="format 99"):
        EmbeddedScorer(tmp_path)


def test_a_judgement_does_not_depend_on_its_neighbours(scorer):
    texts = [
        "Arlande menace.",
        "Le gouvernement d'Arlande a promis mardi une aide à tous ses voisins. " * 6,
        "Selon Paris, l'Arlande « ment » et trahit ses alliés depuis des années.",
    ]
    passages = [passage(text, "Arlande") for text in texts]
    together = scorer.score(passages)
    for n, alone in enumerate(map(scorer.score, ([each] for each in passages))):
        np.testing.assert_array_equal(alone.portrayal[0], together.portrayal[n])
        assert alone.relevance[0] == together.relevance[n]
        assert alone.quoted[0] == together.quoted[n]


def test_evidence_are_shares_of_the_sentences(scorer):
    text = "L'Arlande bombarde un hôpital. Il pleut. La récolte est bonne."
    sentences = ((0, 30), (31, 40), (41, 62))
    judged = scorer.score(
        [replace(passage(text, "Arlande"), sentences=sentences), passage(text, "Arlande")]
    )
    first, second = judged.evidence
    assert first.argmax() == 0 and first.sum() == pytest.approx(1, abs=1e-3)
    assert len(second) == 0


def test_a_sentence_is_known_by_the_mention_the_name_and_its_place():
    found = Passage(
        "Arlande. Pluie. Arlande. Ment.", 16, 23, same=((0, 7),),
        sentences=((0, 8), (9, 15), (16, 24), (25, 30)),
    )  # fmt: skip
    tokens = Tokens(np.array([4, 9, 4, 8]), np.array([0, 9, 16, 25]), 2)
    weight, *rest = sentence_inputs(found, tokens, np.array([0.1, 0.1, 0.1, 0.7])).T
    mention, named, opening = (list(np.flatnonzero(each)) for each in rest)
    assert weight.argmax() == 3
    assert (mention, named, opening) == ([2], [0, 2], [0])


def test_a_mention_far_into_a_long_passage_is_read(scorer):
    filler = "La pluie tombe sur les collines. " * 60
    text = f"{filler}L'Arlande bombarde un hôpital. {filler}"
    start = text.index("Arlande")
    far = scorer.score([Passage(text, start, start + 7, "fr")]).portrayal[0]
    none = scorer.score([passage("Arlande. " + filler, "Arlande")]).portrayal[0]
    assert far[0] > none[0]


def test_words_inside_quotation_marks_are_a_sources(scorer):
    said = "Selon le ministre, « l'Arlande est un agresseur qui menace le monde »."
    own = "L'Arlande est un agresseur qui menace le monde."
    quoted = scorer.score([passage(text, "Arlande") for text in (said, own)]).quoted
    assert quoted[0] > 0.5 > quoted[1]
