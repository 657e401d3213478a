"""The training of the embedded scorer, on a language of a dozen words."""

from dataclasses import replace

import numpy as np
import pytest

pytest.importorskip("torch")
pytest.importorskip("onnx")

import onnxruntime
import torch
from scipy.special import softmax

from geostance.stance.embedded import Tokens
from geostance.stance.passages import Passage, mask
from geostance.train import pretraining, stance_learning
from geostance.train.network import PADDING, LanguageModel, Reader
from geostance.train.stance_graph import input_ranges, write_graph
from geostance.train.stance_learning import Example, batched, fit, predict
from geostance.train.stance_linear import Linear, fit_linear

SIZES = {"width": 32, "blocks": 2, "heads": 3, "head": 16, "inner": 64, "length": 16}
BAD, GOOD, OTHERS, TARGET = (6, 7), (8, 9), tuple(range(10, 30)), 4


def sentence(draw: np.random.Generator, word: int | None) -> Tokens:
    """Return a sentence in which ``word`` stands at random, the mention first."""
    ids = np.array([TARGET, *draw.choice(OTHERS, draw.integers(4, 9))])
    if word is not None:
        ids[draw.integers(1, len(ids))] = word
    return Tokens(ids, np.arange(len(ids)), 0)


def example(draw: np.random.Generator, kind: int) -> Example:
    word = [draw.choice(BAD), None, draw.choice(GOOD)][kind]
    tokens = sentence(draw, word)
    return Example(tokens, np.eye(3)[kind], 1.0, np.nan, tokens.ids == word)


@pytest.fixture(scope="module")
def taught() -> list[Example]:
    draw = np.random.default_rng(1)
    return [example(draw, n % 3) for n in range(360)]


@pytest.fixture(scope="module")
def reader(taught) -> Reader:
    torch.manual_seed(1)
    found = Reader(LanguageModel(30, **SIZES))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(stance_learning, "BATCH", 300)
        fit(found, taught, epochs=12, seed=1, pace=5e-3)
    return found


def unseen() -> list[Example]:
    draw = np.random.default_rng(2)
    return [example(draw, n % 3) for n in range(60)]


def test_the_reader_learns_what_is_said_and_which_word_says_it(reader):
    fresh = unseen()
    outputs, shares = predict(reader, [each.tokens for each in fresh])
    kinds = [int(each.portrayal.argmax()) for each in fresh]
    assert (outputs[:, :3].argmax(axis=1) == kinds).mean() > 0.9
    told = [(each, share) for each, share in zip(fresh, shares, strict=True) if each.evidence.any()]
    assert np.mean([each.evidence[share.argmax()] for each, share in told]) > 0.9


def test_the_same_seed_gives_the_same_reader(taught):
    found = []
    for _ in range(2):
        torch.manual_seed(3)
        each = Reader(LanguageModel(30, **SIZES))
        fit(each, taught[:60], epochs=1, seed=3)
        found.append(each.outputs.weight.detach().numpy().copy())
    np.testing.assert_array_equal(*found)


def test_the_graph_says_what_the_reader_says_alone_and_in_company(reader, tmp_path):
    tokens = [each.tokens for each in unseen()]
    path = tmp_path / "network.onnx"
    write_graph(reader, input_ranges(reader, [batched(tokens)]), path)
    session = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])

    def run(chosen: list[Tokens]) -> tuple[np.ndarray, np.ndarray]:
        ids, at = (each.numpy() for each in batched(chosen))
        places = np.column_stack([np.arange(len(ids)), at])
        given = {"ids": ids, "mask": (ids != PADDING).astype(np.int32), "at": places}
        return session.run(None, given)

    outputs, evidence = run(tokens)
    with torch.no_grad():
        wanted = reader(*batched(tokens))[0].numpy()
    assert (outputs[:, :3].argmax(axis=1) == wanted[:, :3].argmax(axis=1)).mean() > 0.95
    np.testing.assert_allclose(evidence.sum(axis=1), 1, rtol=1e-5)
    for n in (0, 7, 30):
        alone, share = run([tokens[n]])
        np.testing.assert_array_equal(alone[0], outputs[n])
        np.testing.assert_array_equal(share[0], evidence[n, : share.shape[1]])


def test_the_linear_model_learns_words(taught):
    linear = fit_linear(taught)
    fresh = unseen()
    found = Linear(*linear).outputs([each.tokens for each in fresh]).argmax(axis=1)
    assert (found == [each.portrayal.argmax() for each in fresh]).mean() > 0.9
    assert linear.weights.dtype == np.int8


def test_the_language_model_learns_what_follows(monkeypatch):
    for name, value in {"BATCH": 256, "CANDIDATES": 16, "WARM_UP": 5, "PACE": 5e-3}.items():
        monkeypatch.setattr(pretraining, name, value)
    # Each word is followed by the next: what is hidden can be told from its neighbours.
    starts = np.random.default_rng(1).integers(10, 22, 400)
    texts = [np.arange(start, start + 8, dtype=np.uint16) for start in starts]
    torch.manual_seed(1)
    model = LanguageModel(30, **SIZES)
    pretraining.pretrain(model, [(texts, 1.0)], tokens=40_000, seed=1)
    ids = torch.tensor([[15, 16, 2, 18, 19]])
    with torch.no_grad():
        guesses = model.guesses(model(ids)[0, 2][None], torch.arange(30))
    assert int(guesses.argmax()) == 17


def test_the_tokenizer_keeps_marks_and_the_signs_of_names():
    text = mask(Passage("L'Inde « menace » Москву.", 2, 6)).text
    tokenizer = pretraining.train_tokenizer([text.replace("\ue000", ""), "menace, menacé"] * 5)
    found = tokenizer.encode(text).tokens
    assert {"«", "»", ".", "\ue000"} <= set(found)
    assert [tokenizer.token_to_id(name) for name in pretraining.SPECIAL] == list(range(6))


def test_a_batch_holds_so_many_tokens_and_every_example_comes_once(taught, monkeypatch):
    monkeypatch.setattr(stance_learning, "BATCH", 60)
    batches = list(stance_learning._batches(taught, np.random.default_rng(1)))
    assert sorted(id(each) for batch in batches for each in batch) == sorted(map(id, taught))
    assert all(len(b) * max(len(each.tokens.ids) for each in b) <= 60 for b in batches)


def test_the_reader_takes_over_the_doubts_of_a_teacher(taught):
    doubtful = [replace(e, portrayal=0.7 * e.portrayal + 0.1, judged=True) for e in taught]
    torch.manual_seed(1)
    found = Reader(LanguageModel(30, **SIZES))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(stance_learning, "BATCH", 300)
        fit(found, doubtful, epochs=12, seed=1, pace=5e-3)
    outputs, _ = predict(found, [each.tokens for each in unseen()])
    surest = softmax(outputs[:, :3], axis=1).max(axis=1)
    assert 0.7 < np.median(surest) < 0.9


def test_the_linear_model_learns_from_judgements_that_are_not_sure(taught):
    unsure = [replace(each, portrayal=0.7 * each.portrayal + 0.1) for each in taught]
    linear = fit_linear(unsure)
    fresh = unseen()
    found = linear.outputs([each.tokens for each in fresh]).argmax(axis=1)
    assert (found == [each.portrayal.argmax() for each in fresh]).mean() > 0.9
