import numpy as np
import pytest

from geostance.errors import ConfigError, ModelError
from geostance.settings.stance import NliSettings
from geostance.stance import nli
from geostance.stance.hypotheses import hypotheses_of
from geostance.stance.inference import entailment_output
from geostance.stance.passages import Passage, make_passage

ENTAILS = {
    "bombed": ("unfavourable", 0.9),
    "rescued": ("favourable", 0.8),
    "met": ("neutral", 0.7),
    "Lendoria": ("relevant", 0.6),
    "said": ("quoted", 0.5),
}


class Reader:
    """Stands for a model of inference: words of the premise entail hypotheses, one letter a piece."""

    def __init__(self, folder, batch):
        self.asked = []

    def room(self, hypotheses):
        return 60

    def n_pieces(self, text):
        return len(text)

    def entailed(self, pairs):
        self.asked += pairs
        questions = {text: key for key, text in hypotheses_of("en").questions.items()}
        return np.array(
            [
                max([p for word, (key, p) in ENTAILS.items() if word in premise and key == questions[asked]], default=0.0)
                for premise, asked in pairs
            ]
        )  # fmt: skip


@pytest.fixture
def scorer(monkeypatch, tmp_path):
    monkeypatch.setattr(nli, "InferenceModel", Reader)
    return nli.NliScorer(tmp_path, "nli:reader")


def passage(text, mention="India", sentences=()):
    start = text.index(mention)
    return make_passage(text, (start, start + len(mention)), sentences, language="en")


def test_each_hypothesis_gives_its_own_part_of_the_judgement(scorer):
    judged = scorer.score([passage("India bombed a port, he said."), passage("India met them.")])
    np.testing.assert_allclose(judged.portrayal, [[0.9, 0.1, 0], [0, 1, 0]])
    np.testing.assert_allclose(judged.relevance, [0.6, 0.6])
    np.testing.assert_allclose(judged.quoted, [0.5, 0])


def test_the_name_of_the_state_is_never_asked(scorer):
    scorer.score([passage("India bombed a port."), passage("Russia bombed a port.", "Russia")])
    assert {premise for premise, _ in scorer._model.asked} == {"Lendoria bombed a port."}
    assert not [asked for _, asked in scorer._model.asked if "India" in asked]


def test_the_sentence_that_evaluates_carries_the_evidence(scorer):
    text = "India met them. It bombed a port."
    judged = scorer.score([passage(text, sentences=[(0, 15), (16, 33)])])
    np.testing.assert_allclose(judged.evidence[0], [0, 1])


def test_the_evidence_is_of_an_evaluation_also_where_neutral_is_likelier(scorer):
    text = "India met them. It rescued crews it bombed. Nothing more."
    judged = scorer.score([passage(text, sentences=[(0, 15), (16, 43), (44, 57)])])
    assert judged.portrayal[0].argmax() == 1
    np.testing.assert_allclose(judged.evidence[0], [0, 1, 0])


def test_sentences_that_say_nothing_share_alike(scorer):
    judged = scorer.score([passage("India waits. So do we.", sentences=[(0, 12), (13, 22)])])
    np.testing.assert_allclose(judged.evidence[0], [0.5, 0.5])


def test_one_sentence_is_not_asked_again(scorer):
    judged = scorer.score([passage("India waits.", sentences=[(0, 12)]), passage("India waits.")])
    assert [shares.tolist() for shares in judged.evidence] == [[1.0], []]
    assert len(scorer._model.asked) == 2 * 5


def test_no_passage_gives_no_row(scorer):
    judged = scorer.score([])
    assert judged.portrayal.shape == (0, 3) and judged.evidence == ()
    assert len(judged.relevance) == len(judged.quoted) == 0


def test_a_long_passage_is_cut_around_its_own_mention(scorer):
    text = "India " + "far away from it all " * 10 + "India bombed a port " + "and so on " * 20
    at = text.rindex("India")
    scorer.score([Passage(text, at, at + 5, "en", same=((0, 5),))])
    premise = scorer._model.asked[0][0]
    assert "Lendoria bombed a port" in premise and len(premise) <= 60
    assert set(premise.split()) <= set(text.replace("India", "Lendoria").split())


def test_a_name_longer_than_the_room_ends_too(scorer):
    long = "India " + "x" * 500
    scorer.score([passage(long)])
    assert scorer._model.asked[0][0] == "Lendoria"


def test_portrayals_are_probabilities_and_contradictions_are_neutral():
    held = np.array([[0, 0, 0], [1, 0, 1], [1, 1, 0], [0.9, 0.1, 0.1], [0, 0.2, 0.7]], float)
    found = nli.portrayals(held)
    np.testing.assert_allclose(found.sum(axis=1), 1)
    np.testing.assert_allclose(found[:3], [[0, 1, 0], [0, 1, 0], [0.5, 0.5, 0]])
    assert found[3:].argmax(axis=1).tolist() == [0, 2]


def test_swapping_the_poles_swaps_the_portrayal():
    held = np.random.default_rng(1).random((50, 3))
    np.testing.assert_allclose(nli.portrayals(held[:, ::-1]), nli.portrayals(held)[:, ::-1])


@pytest.mark.parametrize(
    ("labels", "output"),
    [
        (["contradiction", "neutral", "entailment"], 2),
        (["entailment", "neutral", "contradiction"], 0),
        (["NEUTRAL", "Entailment", "CONTRADICTION"], 1),
        (["not_entailment", "entailment"], 1),
        (["entailment", "not entailment"], 0),
    ],
)
def test_the_output_for_entailment_is_found_by_its_name(labels, output, tmp_path):
    numbered = {str(n): label for n, label in enumerate(labels)}
    named = {label: n for n, label in enumerate(labels)}
    generic = {str(n): f"LABEL_{n}" for n in range(len(labels))}
    for config in (
        {"id2label": numbered, "label2id": named},
        {"id2label": numbered},
        {"id2label": generic, "label2id": named},
    ):
        assert entailment_output(config, tmp_path) == output


@pytest.mark.parametrize(
    "config",
    [
        {},
        {"id2label": {"0": "LABEL_0", "1": "LABEL_1", "2": "LABEL_2"}},
        {"id2label": {"0": "positive", "1": "neutral", "2": "negative"}},
        {"id2label": {"0": "entailment", "1": "entail", "2": "neutral"}},
        {"id2label": {"0": "neutral", "1": "contradiction"}},
        {"id2label": {"0": "entailment", "1": "neutral", "2": "contradiction"},
         "label2id": {"contradiction": 0, "neutral": 1, "entailment": 2}},
    ],
)  # fmt: skip
def test_labels_that_are_not_of_inference_are_told(config, tmp_path):
    with pytest.raises(ModelError) as refused:
        entailment_output(config, tmp_path)
    assert len(str(refused.value).splitlines()) == 3
    assert all(label in refused.value.what for label in config.get("id2label", {}).values())


def test_a_scorer_without_a_model_or_with_a_wrong_folder_says_so(tmp_path):
    with pytest.raises(ConfigError, match="the scorer nli has no model"):
        nli.NliScorer.of(NliSettings())
    with pytest.raises(ModelError, match="holds no model of transformers"):
        nli.NliScorer.of(NliSettings(model=str(tmp_path)))
