import json
import shutil
import socket

import numpy as np
import polars as pl
import pytest

pytest.importorskip("torch")
pytest.importorskip("sentence_transformers")

from geostance.config import Config
from geostance.encoders import load_encoder, model_folder
from geostance.errors import ModelError
from geostance.files import read_table, write_table
from geostance.settings.corpus import EncoderSettings
from geostance.stages import load_stage

WORDS = "gas pipeline vote election the city query : long .".split()
WINDOW = 12


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """Save a random encoder of a few words that reads 12 pieces; return its folder."""
    import torch
    from sentence_transformers import SentenceTransformer
    from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors
    from transformers import BertConfig, BertModel, PreTrainedTokenizerFast

    try:
        from sentence_transformers.sentence_transformer.modules import Pooling, Transformer
    except ImportError:
        from sentence_transformers.models import Pooling, Transformer

    vocabulary = {word: n for n, word in enumerate(["[PAD]", "[UNK]", "[CLS]", "[SEP]", *WORDS])}
    tokenizer = Tokenizer(models.WordPiece(vocabulary, unk_token="[UNK]"))
    tokenizer.normalizer = normalizers.Lowercase()
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    tokenizer.post_processor = processors.BertProcessing(("[SEP]", 3), ("[CLS]", 2))
    bare, folder = tmp_path_factory.mktemp("bert"), tmp_path_factory.mktemp("encoder")
    torch.manual_seed(5)
    BertModel(
        BertConfig(
            vocab_size=len(vocabulary), hidden_size=32, num_hidden_layers=2, num_attention_heads=2,
            intermediate_size=64, max_position_embeddings=32, initializer_range=0.3,
        )
    ).save_pretrained(bare)  # fmt: skip
    PreTrainedTokenizerFast(
        tokenizer_object=tokenizer, pad_token="[PAD]", unk_token="[UNK]", cls_token="[CLS]",
        sep_token="[SEP]", model_max_length=32,
    ).save_pretrained(bare)  # fmt: skip
    whole = SentenceTransformer(
        modules=[Transformer(str(bare), max_seq_length=WINDOW), Pooling(32)], device="cpu"
    )
    whole.save(str(folder))
    return folder


def test_a_folder_of_sentence_transformers_is_a_drop_in(made):
    encoder = load_encoder(made)
    texts = ["gas pipeline", "the vote", "the city vote ."]
    vectors = encoder.encode(texts)
    assert vectors.dtype == np.float32 and vectors.shape == (3, encoder.dim) == (3, 32)
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)
    assert vectors[0] @ vectors[1] < 0.99
    np.testing.assert_allclose(encoder.encode(texts[::-1]), vectors[::-1], atol=1e-5)
    assert encoder.encode([]).shape == (0, 32)


def test_the_batch_does_not_matter(made):
    texts = [" ".join(WORDS[: n + 1]) for n in range(len(WORDS))]
    vectors = [load_encoder(made, batch=batch).encode(texts) for batch in (1, 3, 64)]
    np.testing.assert_allclose(vectors[0], vectors[1], atol=1e-5)
    np.testing.assert_allclose(vectors[0], vectors[2], atol=1e-5)


def test_a_prompt_stands_before_every_text(made):
    plain, prompted = load_encoder(made), load_encoder(made, prompt="query: ")
    vectors = prompted.encode(["gas", "vote"])
    np.testing.assert_allclose(vectors, plain.encode(["query: gas", "query: vote"]), atol=1e-5)
    assert np.abs(vectors - plain.encode(["gas", "vote"])).max() > 0.01


def test_a_folder_may_name_its_own_prompt(made, tmp_path):

    folder = shutil.copytree(made, tmp_path / "prompted")
    path = folder / "config_sentence_transformers.json"
    settings = json.loads(path.read_text())
    settings |= {"prompts": {"query": "query: "}, "default_prompt_name": "query"}
    path.write_text(json.dumps(settings))
    own, plain = load_encoder(folder), load_encoder(made)
    np.testing.assert_allclose(own.encode(["gas"]), plain.encode(["query: gas"]), atol=1e-5)
    text = "the city " * 5
    assert (plain.truncated([text]), own.truncated([text])) == (0, 1)


def test_texts_beyond_the_window_are_counted_and_told(made, caplog):
    encoder = load_encoder(made)
    fits = "gas " * (WINDOW - 2)
    longer = "gas " * (WINDOW - 1)
    assert encoder.truncated([fits, longer, longer + longer, "gas"]) == 2
    # The prompt takes its place too: "query" and ":".
    assert load_encoder(made, prompt="query: ").truncated([fits, "gas " * (WINDOW - 4)]) == 1
    with caplog.at_level("WARNING", logger="geostance"):
        encoder.encode([fits])
        assert caplog.text == ""
        vectors = encoder.encode([fits, fits + "vote"])
    assert "1 of 2 texts are longer than the encoder's window of 12 pieces" in caplog.text
    np.testing.assert_allclose(vectors[0], vectors[1], atol=1e-5)


def test_the_stage_records_what_was_cut(made, tmp_path):
    texts = ["gas pipeline .", "gas " * 40]
    sentences = pl.DataFrame(
        {
            "doc_id": ["a" * 16] * 2,
            "sentence_id": [f"{'a' * 16}-{n:04d}" for n in range(2)],
            "start": [0, 20],
            "end": [14, 180],
            "text": texts,
        }
    )
    write_table(tmp_path / "sentences.parquet", sentences, "sentences")
    record = load_stage("embed")(
        Config(encoder=EncoderSettings(name=str(made), batch=1)),
        sentences=tmp_path / "sentences.parquet",
        output=tmp_path / "embeddings.parquet",
    )
    assert record == {"read": 2, "dimensions": 32, "truncated": 1}
    assert len(read_table(tmp_path / "embeddings.parquet", "embeddings")) == 2


def test_a_download_is_read_without_a_network(made, tmp_path, monkeypatch):

    commit = "0123456789abcdef0123456789abcdef01234567"
    snapshot = tmp_path / "models--owner--tiny" / "snapshots" / commit
    shutil.copytree(made, snapshot)
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(tmp_path))

    def no_network(*_):
        raise AssertionError("a model on disk asked for the network")

    monkeypatch.setattr(socket.socket, "connect", no_network)
    assert model_folder("owner/tiny", commit) == snapshot
    assert load_encoder("owner/tiny", commit).encode(["gas"]).shape == (1, 32)


def test_a_damaged_folder_is_refused(made, tmp_path):

    folder = shutil.copytree(made, tmp_path / "damaged")
    (folder / "model.safetensors").write_bytes(b"half")
    with pytest.raises(ModelError, match="sentence-transformers model does not load"):
        load_encoder(folder)
