import json

import numpy as np
import pytest

pytest.importorskip("torch")
pytest.importorskip("transformers")

from geostance.errors import ModelError
from geostance.settings.stance import NliSettings, StanceSettings
from geostance.stance.hypotheses import load_hypotheses
from geostance.stance.passages import Passage, make_passage
from geostance.stance.scorer import load_scorer

NAMES = ("entailment", "neutral", "contradiction")


@pytest.fixture(scope="module")
def model(tmp_path_factory):
    """Save a random model of inference that reads single letters; return a maker of its folder.

    ``order`` permutes its outputs, names and weights alike: they are one model.
    """
    import torch
    from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors
    from transformers import BertConfig, BertForSequenceClassification, PreTrainedTokenizerFast

    letters = sorted({letter for words in load_hypotheses().values() for question in words.questions.values() for letter in question.lower()} | set("abcdefghijklmnopqrstuvwxyz0123456789"))  # fmt: skip
    pieces = ["[PAD]", "[UNK]", "[CLS]", "[SEP]"]
    pieces += [mark + letter for letter in letters if letter != " " for mark in ("", "##")]
    vocabulary = {piece: n for n, piece in enumerate(dict.fromkeys(pieces))}
    tokenizer = Tokenizer(models.WordPiece(vocabulary, unk_token="[UNK]"))
    tokenizer.normalizer = normalizers.Lowercase()
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    tokenizer.post_processor = processors.BertProcessing(("[SEP]", 3), ("[CLS]", 2))

    def made(order=(0, 1, 2), names=NAMES, places=256, drop=None):
        folder = tmp_path_factory.mktemp("nli")
        torch.manual_seed(2)
        network = BertForSequenceClassification(
            BertConfig(
                vocab_size=len(vocabulary), hidden_size=32, num_hidden_layers=2, num_labels=3,
                num_attention_heads=2, intermediate_size=64, max_position_embeddings=places,
                initializer_range=0.3,
            )
        )  # fmt: skip
        with torch.no_grad():
            network.classifier.weight.copy_(3 * network.classifier.weight[list(order)])
            network.classifier.bias.copy_(network.classifier.bias[list(order)])
        network.config.id2label = {n: names[place] for n, place in enumerate(order)}
        network.config.label2id = {names[place]: n for n, place in enumerate(order)}
        weights = {key: value for key, value in network.state_dict().items() if key != drop}
        network.save_pretrained(folder, state_dict=weights)
        PreTrainedTokenizerFast(
            tokenizer_object=tokenizer, pad_token="[PAD]", unk_token="[UNK]", cls_token="[CLS]",
            sep_token="[SEP]", model_max_length=places,
        ).save_pretrained(folder)  # fmt: skip
        return folder

    return made


def scorer(folder, batch=16):
    settings = NliSettings(model=str(folder), batch=batch)
    return load_scorer(StanceSettings(scorer="nli", nli=settings))


def passages():
    """Passages of several lengths and languages, with one and two sentences."""
    found = []
    for language, text, mention in (
        ("en", "India opened a port. Its crews came home to cheers.", "India"),
        ("en", "Russia shut the strait.", "Russia"),
        ("fr", "La Turquie se tait, et l'affaire en reste là pour ce soir. On verra bien demain.", "Turquie"),
        ("nl", "China zwijgt.", "China"),
    ):  # fmt: skip
        stop = text.index(".") + 1
        sentences = [(0, stop)] + ([(stop + 1, len(text))] if stop < len(text) else [])
        start = text.index(mention)
        found.append(
            make_passage(text, (start, start + len(mention)), sentences, language=language)
        )
    return found


def same(one, other):
    for name in ("relevance", "portrayal", "quoted"):
        np.testing.assert_allclose(getattr(one, name), getattr(other, name), atol=5e-5)
    for first, second in zip(one.evidence, other.evidence, strict=True):
        np.testing.assert_allclose(first, second, atol=1e-3)


def test_a_judgement_has_the_form_of_the_seam(model):
    folder = model()
    nli = scorer(folder)
    judged = nli.score(passages())
    assert judged.relevance.shape == judged.quoted.shape == (4,)
    assert judged.portrayal.shape == (4, 3)
    np.testing.assert_allclose(judged.portrayal.sum(axis=1), 1)
    assert [len(shares) for shares in judged.evidence] == [2, 1, 2, 1]
    np.testing.assert_allclose([shares.sum() for shares in judged.evidence], 1)
    assert nli.name == f"nli:{folder.name}"
    assert nli.measured_languages == nli.calibrated_languages == frozenset()
    # The model is random, but it tells passages apart: the tests below compare something.
    assert judged.relevance.std() > 0.1


def test_the_order_of_the_labels_does_not_matter(model):
    judged = scorer(model()).score(passages())
    same(judged, scorer(model(order=(2, 0, 1))).score(passages()))
    same(judged, scorer(model(order=(2, 1, 0), names=tuple(map(str.upper, NAMES)))).score(passages()))  # fmt: skip


def test_labels_taken_for_others_would_give_another_judgement(model):
    judged = scorer(model()).score(passages())
    swapped = scorer(model(names=("contradiction", "neutral", "entailment"))).score(passages())
    assert np.abs(judged.relevance - swapped.relevance).max() > 0.1


def test_companions_batch_and_order_do_not_matter(model):
    folder = model()
    given = passages()
    together = scorer(folder).score(given)
    backwards = scorer(folder, batch=3).score(given[::-1])
    np.testing.assert_allclose(together.portrayal, backwards.portrayal[::-1], atol=5e-5)
    for n, passage in enumerate(given):
        alone = scorer(folder, batch=1).score([passage])
        np.testing.assert_allclose(alone.portrayal[0], together.portrayal[n], atol=5e-5)
        np.testing.assert_allclose(alone.evidence[0], together.evidence[n], atol=1e-3)


def test_which_state_it_is_does_not_matter(model):
    nli = scorer(model())
    text = "{} warns {} once more."
    pairs = (("Russia", "India"), ("Armenia", "the European Union"))
    read = []
    for target, other in pairs:
        filled = text.format(target, other)
        at = filled.index(other)
        read.append(Passage(filled, 0, len(target), "en", others=((at, at + len(other)),)))
    judged = nli.score(read)
    assert (judged.portrayal[0] == judged.portrayal[1]).all()
    assert judged.relevance[0] == judged.relevance[1]


def test_a_long_passage_is_read_around_its_mention(model, caplog):
    nli = scorer(model())
    text = "so it goes on and on " * 30 + "India met them today " + "and on it goes " * 30
    start = text.index("India")
    with caplog.at_level("INFO", logger="geostance"):
        judged = nli.score([Passage(text, start, start + 5, "en")])
    assert "1 of 1 passages cut around their mention" in caplog.text
    assert np.isfinite(judged.portrayal).all()
    far = text[: start - 400].replace("so", "no") + text[start - 400 :]
    again = nli.score([Passage(far, start, start + 5, "en")])
    np.testing.assert_allclose(judged.portrayal, again.portrayal)


def test_a_mark_of_the_tokenizer_in_a_text_is_plain_letters(model):
    nli = scorer(model())
    plain, marked = (Passage(f"India {end} waits.", 0, 5, "en") for end in ("SEP", "[SEP]"))
    found = nli._model._tokenizer(marked.text, split_special_tokens=True)["input_ids"]
    assert found.count(nli._model._tokenizer.sep_token_id) == 1
    assert np.isfinite(nli.score([plain, marked]).portrayal).all()


@pytest.mark.parametrize("names", [("LABEL_0", "LABEL_1", "LABEL_2"), ("good", "bad", "ugly")])
def test_a_classifier_of_something_else_is_refused(model, names):
    with pytest.raises(ModelError) as refused:
        scorer(model(names=names))
    assert all(name in refused.value.what for name in names)
    assert len(str(refused.value).splitlines()) == 3


def test_a_model_without_its_classifier_is_refused(model):
    with pytest.raises(ModelError, match=r"lacks weights: classifier\.weight"):
        scorer(model(drop="classifier.weight"))


def test_a_damaged_model_is_refused(model):
    folder = model()
    (folder / "model.safetensors").write_bytes(b"half")
    with pytest.raises(ModelError, match="does not load"):
        scorer(folder)


def test_a_window_too_small_for_the_hypotheses_is_told(model):
    with pytest.raises(ModelError, match="room for"):
        scorer(model(places=96))


def test_a_tokenizer_that_knows_no_limit_takes_the_models(model):
    folder = model()
    path = folder / "tokenizer_config.json"
    settings = json.loads(path.read_text())
    settings["model_max_length"] = 10**30
    path.write_text(json.dumps(settings))
    assert scorer(folder)._model._window == 254
