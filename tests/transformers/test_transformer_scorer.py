"""Fine-tuning and scoring with a BERT of two layers, made here: no network, no download."""

import json
import shutil
from dataclasses import replace

import numpy as np
import pytest

pytest.importorskip("torch")
pytest.importorskip("transformers")

from safetensors.numpy import load_file

from geostance.cli import main
from geostance.errors import ConfigError, InputError, ModelError
from geostance.settings.stance import StanceSettings, TransformerSettings
from geostance.stance.embedded import Tokens
from geostance.stance.passages import Passage
from geostance.stance.scorer import load_scorer
from geostance.stance.transformer import TransformerScorer
from geostance.train import stance_teacher
from geostance.train.learning import Learning, Recipe
from geostance.train.stance_data import press
from geostance.train.transformer import train

RECIPE = Recipe(epochs=12, batch=8, learning_rate=3e-3, length=40, seed=7)

# How sentences go on behind the name of a state, and what they say of it.
BAD = ["bombs the old harbour", "lies about the prisoners", "threatens the small island"]
PLAIN = ["signs a paper on fishing", "opens an office in spring", "meets the envoys on monday"]
GOOD = ["rescues the lost sailors", "keeps every promise it made", "helps the flooded villages"]
STATES = ["Russia", "India", "China", "Turkey"]
SPEAKER = "the minister said that "


def records():
    for stance, endings in ((-1, BAD), (0, PLAIN), (1, GOOD)):
        for ending in endings:
            for number, state in enumerate(STATES):
                quoted = stance != 0 and number % 2 == 1
                yield {
                    "lang": "en",
                    "target": {"Russia": "RU", "India": "IN", "China": "CN", "Turkey": "TR"}[state],
                    "text": f"{SPEAKER if quoted else ''}{state} {ending}. The sky is grey.",
                    "stance": stance,
                    "relevant": 1,
                    "voice": ("quoted" if quoted else "author") if stance else "none",
                    "evidence": [ending] if stance else [],
                }
    for place in ("a hotel", "a beach", "a train"):
        for state, code in (("Russia", "RU"), ("India", "IN")):
            yield {
                "lang": "en",
                "target": code,
                "text": f"{place} near {state} is for sale. The sky is grey.",
                "stance": 0,
                "relevant": 0,
                "voice": "none",
                "evidence": [],
            }


def write_lines(path, rows):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")


@pytest.fixture(scope="module")
def base(tmp_path_factory):
    """An untrained encoder of two layers, 32 wide, whose words are those of the sentences."""
    import torch
    from transformers import BertConfig, BertModel, BertTokenizerFast

    folder = tmp_path_factory.mktemp("models") / "tiny"
    folder.mkdir()
    words = {word for row in records() for word in row["text"].lower().replace(".", " .").split()}
    letters = [*"abcdefghijklmnopqrstuvwxyz[]'"]
    pieces = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *letters, *(f"##{a}" for a in letters)]
    vocabulary = folder / "vocab.txt"
    vocabulary.write_text("\n".join([*pieces, *sorted(words - set(letters))]) + "\n")
    BertTokenizerFast(str(vocabulary)).save_pretrained(folder)
    torch.manual_seed(0)
    config = BertConfig(
        vocab_size=len(pieces) + len(words),
        hidden_size=32,
        num_hidden_layers=2,
        num_attention_heads=2,
        intermediate_size=64,
        max_position_embeddings=64,
    )
    BertModel(config).save_pretrained(folder)
    return folder


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    folder = tmp_path_factory.mktemp("labelled")
    write_lines(folder / "press" / "train.jsonl", records())
    return folder


@pytest.fixture(scope="module")
def model(base, data, tmp_path_factory):
    folder = tmp_path_factory.mktemp("trained") / "model"
    train(str(base), data, folder, RECIPE)
    return folder


@pytest.fixture(scope="module")
def scorer(model):
    return TransformerScorer.of(TransformerSettings(model=str(model), batch=4))


def passage(text, name, **more):
    start = text.index(name)
    return Passage(text, start, start + len(name), "en", **more)


def test_it_learns_to_tell_the_sentences_apart(scorer):
    endings = [*BAD, *PLAIN, *GOOD]
    judged = scorer.score([passage(f"Freedonia {ending}.", "Freedonia") for ending in endings])
    assert judged.portrayal.argmax(axis=1).tolist() == [0, 0, 0, 1, 1, 1, 2, 2, 2]
    np.testing.assert_allclose(judged.portrayal.sum(axis=1), 1, atol=1e-4)


def test_it_learns_relevance_and_voice(scorer):
    texts = [f"Freedonia {BAD[0]}.", f"{SPEAKER}Freedonia {BAD[0]}.", "a beach near Freedonia"]
    own, said, place = range(3)
    judged = scorer.score([passage(text, "Freedonia") for text in texts])
    assert judged.relevance[own] > judged.relevance[place]
    assert judged.quoted[said] > 0.5 > judged.quoted[own]


def test_evidence_lies_in_the_sentence_that_evaluates(scorer):
    text = f"The sky is grey. Freedonia {BAD[1]}."
    sentences = ((0, 16), (17, len(text)))
    (shares,) = scorer.score([passage(text, "Freedonia", sentences=sentences)]).evidence
    assert shares[1] > shares[0] and shares.sum() == pytest.approx(1, abs=1e-4)
    assert scorer.score([passage(text, "Freedonia")]).evidence[0].shape == (0,)


def test_the_name_of_the_state_does_not_count(scorer):
    first, second = (
        scorer.score([passage(f"{name} {GOOD[0]}.", name)]).portrayal
        for name in ("Russia", "Freedonia")
    )
    np.testing.assert_array_equal(first, second)


def test_a_mark_written_in_the_text_is_plain_letters(scorer):
    (read,) = scorer._marker.mark([passage("[TARGET] and [SEP] met Freedonia.", "Freedonia")])
    assert (read.ids == scorer._marker.target).sum() == 1
    # The special token of the end stands at the end alone.
    assert (read.ids == read.ids[-1]).sum() == 1


def test_judgement_does_not_depend_on_the_batch(scorer):
    texts = [f"Freedonia {ending}." for ending in (*BAD, *PLAIN)]
    texts += [f"Freedonia {GOOD[0]}. " + "The sky is grey. " * n for n in range(5)]
    passages = [passage(text, "Freedonia", sentences=((0, len(text)),)) for text in texts]
    together = scorer.score(passages)
    turned = scorer.score(passages[::-1])
    for n, one in enumerate(passages):
        alone = scorer.score([one])
        np.testing.assert_allclose(together.portrayal[n], alone.portrayal[0], atol=2e-5)
        np.testing.assert_allclose(turned.portrayal[::-1][n], alone.portrayal[0], atol=2e-5)
        np.testing.assert_allclose(together.relevance[n], alone.relevance[0], atol=2e-5)
        np.testing.assert_allclose(together.quoted[n], alone.quoted[0], atol=2e-5)


def test_a_long_passage_is_cut_around_its_mention(scorer):
    far = "The sky is grey. " * 30
    text = f"{far}Freedonia {BAD[0]}. {far}"
    (read,) = scorer._marker.mark([passage(text, "Freedonia")])
    assert read.cut and len(read.ids) == RECIPE.length
    kept = text[read.starts[1] : read.ends[-2]]
    assert f"Freedonia {BAD[0]}" in kept


def test_no_passages(scorer):
    judged = scorer.score([])
    assert judged.portrayal.shape == (0, 3) and judged.evidence == ()
    assert judged.relevance.shape == judged.quoted.shape == (0,)


def test_the_folder_says_what_was_measured_and_holds_no_pickle(model):
    settings = json.loads((model / "model.json").read_text())
    assert settings["figures"]["development"]["rows"] > 0
    assert "macro_f1" in settings["figures"]["development"]
    # Too few rows for a figure that means something.
    assert settings["measured_languages"] == settings["calibrated_languages"] == []
    suffixes = {path.suffix for path in model.iterdir()}
    assert suffixes <= {".json", ".safetensors", ".md", ".txt"}
    assert len({path.stat().st_mode for path in model.iterdir()}) == 1
    assert not model.with_name("model.checkpoint").exists()
    written = "".join(p.read_text() for p in model.iterdir() if p.suffix in {".json", ".md"})
    assert str(model.parent) not in written and "/tiny" not in written


def test_training_again_gives_the_same_weights_whether_or_not_interrupted(
    base, data, tmp_path, monkeypatch
):
    recipe = replace(RECIPE, epochs=4)
    for name in ("whole", "broken"):
        (tmp_path / name).mkdir()
    train(str(base), data, tmp_path / "whole" / "model", recipe)
    output, epoch = tmp_path / "broken" / "model", Learning._epoch

    def stopping(at):
        def stopped(self, number):
            if number == at:
                raise KeyboardInterrupt
            return epoch(self, number)

        return stopped

    for at in (1, 3):
        monkeypatch.setattr(Learning, "_epoch", stopping(at))
        with pytest.raises(KeyboardInterrupt):
            train(str(base), data, output, recipe)
        assert not output.exists()
    done = []
    monkeypatch.setattr(Learning, "_epoch", lambda self, n: done.append(n) or epoch(self, n))
    train(str(base), data, output, recipe)
    assert done == [3]
    for path in sorted((tmp_path / "whole" / "model").iterdir()):
        assert path.read_bytes() == (output / path.name).read_bytes(), path.name


def test_a_checkpoint_of_another_recipe_is_left_aside(base, data, tmp_path, monkeypatch):
    epoch, done = Learning._epoch, []

    def counted(self, number):
        done.append(number)
        if len(done) == 2:
            raise KeyboardInterrupt
        return epoch(self, number)

    monkeypatch.setattr(Learning, "_epoch", counted)
    with pytest.raises(KeyboardInterrupt):
        train(str(base), data, tmp_path / "model", replace(RECIPE, epochs=2))
    train(str(base), data, tmp_path / "model", replace(RECIPE, epochs=2, seed=8))
    assert done == [0, 1, 0, 1]


def test_a_damaged_checkpoint_says_which_folder_to_delete(base, data, tmp_path):
    (tmp_path / "m.checkpoint").mkdir()
    (tmp_path / "m.checkpoint" / "checkpoint.safetensors").write_bytes(b"half")
    said = refused(ModelError, lambda: train(str(base), data, tmp_path / "m", RECIPE))
    assert "checkpoint does not load" in said


def test_the_command_trains_what_the_configuration_names(base, data, tmp_path):
    options = [f"--base={base}", f"--data={data}", f"--output={tmp_path / 'm'}", "--epochs=1"]
    main(["train", "stance", *options])
    settings = StanceSettings(scorer="transformer", transformer={"model": str(tmp_path / "m")})
    scorer = load_scorer(settings)
    assert scorer.name == "transformer:tiny"
    assert scorer.score([passage("Freedonia met.", "Freedonia")]).portrayal.shape == (1, 3)


def test_many_passages_are_read_in_chunks(scorer, monkeypatch):
    passages = [passage(f"Freedonia {ending}.", "Freedonia") for ending in (*BAD, *GOOD)]
    whole = scorer.score(passages)
    monkeypatch.setattr("geostance.stance.transformer.CHUNK", 4)
    parted = scorer.score(passages)
    np.testing.assert_allclose(parted.portrayal, whole.portrayal, atol=2e-5)
    assert len(parted.evidence) == len(passages)


def test_half_precision_trains_too(base, data, tmp_path):
    said = train(str(base), data, tmp_path / "m", replace(RECIPE, epochs=1, precision="half"))
    assert np.isfinite(said["epochs"][0]["training_loss"])


def test_an_encoder_of_another_family_learns_too(data, tmp_path):
    """Byte-level pieces, special tokens of other names, places counted from behind the padding."""
    import torch
    from tokenizers import ByteLevelBPETokenizer
    from tokenizers.processors import RobertaProcessing
    from transformers import PreTrainedTokenizerFast, RobertaConfig, RobertaModel

    names = ["<s>", "<pad>", "</s>", "<unk>", "<mask>"]
    pieces = ByteLevelBPETokenizer()
    pieces.train_from_iterator((row["text"] for row in records()), 400, special_tokens=names)
    pieces._tokenizer.post_processor = RobertaProcessing(("</s>", 2), ("<s>", 0))
    named = dict(zip(("bos_token", "pad_token", "eos_token", "unk_token"), names, strict=False))
    tokenizer = PreTrainedTokenizerFast(tokenizer_object=pieces._tokenizer, **named)
    tokenizer.save_pretrained(tmp_path / "base")
    config = RobertaConfig(
        vocab_size=len(tokenizer) + 3,  # spare rows: the marks take two of them
        hidden_size=32,
        num_hidden_layers=1,
        num_attention_heads=2,
        intermediate_size=64,
        max_position_embeddings=42,
        pad_token_id=1,
    )
    torch.manual_seed(0)
    RobertaModel(config).save_pretrained(tmp_path / "base")
    settings = train(str(tmp_path / "base"), data, tmp_path / "m", replace(RECIPE, length=512))
    assert settings["length"] == 40
    scorer = TransformerScorer.of(TransformerSettings(model=str(tmp_path / "m")))
    text = "The sky is grey. " * 20 + f"L'Estland {BAD[0]} of Arland."
    long = passage(text, "Estland", others=((len(text) - 7, len(text) - 1),))
    (read,) = scorer._marker.mark([long])
    assert len(read.ids) == 40 and read.ids[0] == 0 and read.ids[-1] == 2
    assert {text.index("Estland"), text.index("Arland")} <= set(read.starts)
    assert np.isfinite(scorer.score([long]).portrayal).all()
    learnt = [passage(f"Freedonia {ending}.", "Freedonia") for ending in (*BAD, *GOOD)]
    assert scorer.score(learnt).portrayal.argmax(axis=1).tolist() == [0, 0, 0, 2, 2, 2]


def refused(error, call):
    with pytest.raises(error) as found:
        call()
    lines = str(found.value).splitlines()
    assert [line[:8] for line in lines[1:]] == ["  where:", "  mend: "]
    return lines[0]


@pytest.mark.parametrize(
    ("damage", "said"),
    [
        (lambda folder: (folder / "model.safetensors").write_bytes(b"half"), "does not load"),
        (lambda folder: (folder / "tokenizer.json").write_text("{"), "does not load"),
        (lambda folder: (folder / "config.json").unlink(), "does not load"),
        (lambda folder: (folder / "model.json").unlink(), "is no fine-tuned stance model"),
        (lambda folder: (folder / "model.json").write_text('{"format": 99}'), "has format 99"),
        (lambda folder: (folder / "model.json").write_text('{"format": 1}'), "lacks calibrated"),
        (lambda folder: (folder / "model.json").write_text("[]"), "is no fine-tuned stance model"),
    ],
)
def test_a_damaged_folder_is_refused(model, tmp_path, damage, said):
    shutil.copytree(model, tmp_path / "copy")
    damage(tmp_path / "copy")
    settings = TransformerSettings(model=str(tmp_path / "copy"))
    assert said in refused(ModelError, lambda: TransformerScorer.of(settings))


def test_a_base_of_pickles_or_of_another_kind_is_refused(base, data, tmp_path):
    import torch

    shutil.copytree(base, tmp_path / "pickled")
    (tmp_path / "pickled" / "model.safetensors").unlink()
    torch.save({}, tmp_path / "pickled" / "pytorch_model.bin")
    (tmp_path / "empty").mkdir()
    for name in ("pickled", "empty"):
        run = lambda name=name: train(str(tmp_path / name), data, tmp_path / "m", RECIPE)  # noqa: E731
        assert "encoder does not load" in refused(ModelError, run)
    refused(ModelError, lambda: train("owner/model", data, tmp_path / "m", RECIPE))


def test_a_recipe_or_data_that_cannot_be_followed_is_refused(base, data, tmp_path):
    output = tmp_path / "m"
    wrong = replace(RECIPE, precision="double")
    assert "double" in refused(ConfigError, lambda: train(str(base), data, output, wrong))
    one_sided = tmp_path / "labelled"
    write_lines(one_sided / "press" / "train.jsonl", [r for r in records() if r["relevant"]])
    said = refused(InputError, lambda: train(str(base), one_sided, output, RECIPE))
    assert "relevant" in said
    assert not output.exists()


def test_a_teacher_of_the_embedded_scorer_learns_the_rows_and_judges_passages(
    base, data, tmp_path, monkeypatch
):
    monkeypatch.setattr(stance_teacher, "RECIPE", replace(RECIPE, epochs=24))
    monkeypatch.setattr(stance_teacher, "KEPT", 2)
    monkeypatch.setattr(stance_teacher, "FROZEN", 0)
    rows = list(press(data / "press" / "train.jsonl"))
    teacher = stance_teacher.fit_teacher(str(base), None, rows, [], rows, tmp_path)
    # What it says is to be learnt over the tokens of the other model, whatever they are.
    tokens = [Tokens(np.arange(3), np.arange(3), 0)] * len(rows)
    judged = teacher.judged([row.passage for row in rows], tokens)
    found = np.array([example.portrayal.argmax() - 1 for example in judged])
    assert np.mean(found == [row.stance for row in rows]) > 0.8
    assert [np.isnan(example.quoted) for example in judged] == (found == 0).tolist()
    assert all(example.judged and not example.evidence.any() for example in judged)


def test_a_teacher_keeps_its_lowest_blocks_and_leaves_out_its_highest(
    base, data, tmp_path, monkeypatch
):
    monkeypatch.setattr(stance_teacher, "RECIPE", replace(RECIPE, epochs=1))
    monkeypatch.setattr(stance_teacher, "KEPT", 1)
    monkeypatch.setattr(stance_teacher, "FROZEN", 1)
    rows = list(press(data / "press" / "train.jsonl"))
    network = stance_teacher.fit_teacher(str(base), None, rows, [], rows, tmp_path).network
    untaught = load_file(base / "model.safetensors")
    (block,) = network["encoder"].encoder.layer
    name = "attention.self.query.weight"
    np.testing.assert_array_equal(
        block.state_dict()[name].numpy(), untaught[f"encoder.layer.0.{name}"]
    )
