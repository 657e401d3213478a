import json
import sys
import types

import numpy as np
import pytest

from geostance.encoders import load_encoder, model_folder, model_identity, unit_rows
from geostance.errors import ModelError


@pytest.fixture
def tiny(tmp_path):
    """A Model2Vec folder of three words in two dimensions."""
    from safetensors.numpy import save_file
    from tokenizers import Tokenizer, models, pre_tokenizers

    tokenizer = Tokenizer(models.WordLevel({"[UNK]": 0, "gaz": 1, "gas": 2, "vote": 3}, "[UNK]"))
    tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()
    tokenizer.save(str(tmp_path / "tokenizer.json"))
    vectors = np.array([[0, 0], [1, 0], [1, 0], [0, 2]], np.float32)
    save_file({"embeddings": vectors}, tmp_path / "model.safetensors")
    config = {"model_type": "model2vec", "normalize": True, "max_length": None}
    (tmp_path / "config.json").write_text(json.dumps(config))
    return tmp_path


def test_a_folder_of_model2vec_is_a_drop_in(tiny):
    vectors = load_encoder(tiny).encode(["gaz", "gas gas", "vote gaz"])
    assert vectors.dtype == np.float32 and vectors.shape == (3, 2)
    np.testing.assert_allclose(vectors[:2], [[1, 0], [1, 0]], atol=1e-6)
    np.testing.assert_allclose(vectors[2], np.array([1, 2]) / 5**0.5, atol=1e-6)


def test_no_word_is_cut_from_a_long_text(tiny):
    vectors = load_encoder(tiny).encode(["gaz " * 5_000 + "vote " * 5_000])
    np.testing.assert_allclose(vectors[0], np.array([1, 2]) / 5**0.5, atol=1e-5)


def test_a_text_without_a_known_word_has_a_unit_row_too(tiny):
    vectors = load_encoder(tiny).encode(["", "zzz", "gaz"])
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-6)
    assert (vectors[0] == vectors[1]).all()


def test_no_text_gives_no_row(tiny):
    assert load_encoder(tiny).encode([]).shape == (0, 2)


def test_one_text_must_stand_in_a_list(tiny):
    with pytest.raises(TypeError, match="put the one text in a list"):
        load_encoder(tiny).encode("gaz")


def test_unit_rows_never_divides_by_zero():
    assert np.isfinite(unit_rows(np.zeros((2, 3)))).all()


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("no-such-encoder", "there is no model 'no-such-encoder' for encoder"),
        ("owner/model", "has no revision"),
    ],
)
def test_an_unknown_name_is_refused(name, said):
    with pytest.raises(ModelError, match=said):
        load_encoder(name)


def test_another_section_is_named_in_its_own_words():
    with pytest.raises(ModelError) as refused:
        model_folder("owner/model", section="stance.transformer")
    assert refused.value.where == "stance.transformer.revision"
    with pytest.raises(ModelError) as refused:
        model_folder("nowhere", section="stance.transformer")
    assert "embedded" not in refused.value.mend


def test_a_hub_model_that_is_not_on_disk_says_how_to_fetch_it(monkeypatch, tmp_path):
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(tmp_path))
    with pytest.raises(ModelError, match="hf download owner/model --revision abc"):
        load_encoder("owner/model", "abc")


def test_an_unknown_folder_is_refused(tmp_path):
    with pytest.raises(ModelError, match="neither a Model2Vec nor a sentence-transformers"):
        load_encoder(tmp_path)


def test_a_damaged_folder_is_refused(tiny):
    (tiny / "model.safetensors").write_bytes(b"half")
    with pytest.raises(ModelError, match="does not load"):
        load_encoder(tiny)


def test_the_identity_follows_the_files(tiny):
    before = model_identity(str(tiny))
    assert before == model_identity(str(tiny))
    (tiny / "config.json").write_text(json.dumps({"model_type": "model2vec"}))
    assert model_identity(str(tiny)) != before


def test_a_download_is_known_by_its_commit(tmp_path, monkeypatch):
    commit = "0123456789abcdef0123456789abcdef01234567"
    cache = tmp_path / "models--owner--model"
    (cache / "snapshots" / commit).mkdir(parents=True)
    (cache / "refs").mkdir()
    (cache / "refs" / "main").write_text(commit)
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(tmp_path))
    assert model_folder("owner/model", "main") == cache / "snapshots" / commit
    assert model_identity("owner/model", "main") == f"owner/model@{commit}"
    assert model_identity("owner/model", commit) == f"owner/model@{commit}"


def test_a_prompt_stands_before_every_text(tiny):
    plain, prompted = load_encoder(tiny), load_encoder(tiny, prompt="gaz ")
    assert (prompted.encode(["vote"]) == plain.encode(["gaz vote"])).all()


def test_a_static_encoder_cuts_no_text(tiny):
    assert load_encoder(tiny).truncated(["gaz " * 5_000]) == 0


def test_a_translation_is_nearer_than_another_story():
    encoder = load_encoder()
    french, english, other = encoder.encode(
        [
            "Le gazoduc alimentera la ville avant l'hiver.",
            "The gas pipeline will supply the city before winter.",
            "The goalkeeper saved two penalties in the final.",
        ]
    )
    assert french @ english > 0.6 > french @ other + 0.2


@pytest.mark.parametrize(
    ("kind", "file", "said"),
    [
        ("subprocess.Popen", "model.safetensors", "classes of its own: 'subprocess.Popen'"),
        ("own_module.Layer", "model.safetensors", "classes of its own"),
        ("sentence_transformers.models.Transformer", "pytorch_model.bin", "are a pickle"),
    ],
)
def test_a_folder_that_could_run_code_is_refused(tmp_path, monkeypatch, kind, file, said):
    monkeypatch.setitem(sys.modules, "sentence_transformers", types.ModuleType("never used"))
    (tmp_path / "modules.json").write_text(json.dumps([{"idx": 0, "path": "", "type": kind}]))
    (tmp_path / file).write_bytes(b"\x80\x04.")
    with pytest.raises(ModelError, match=said):
        load_encoder(tmp_path)


@pytest.mark.parametrize("name", ["config.json", "modules.json"])
def test_a_description_that_is_no_json_is_refused(tmp_path, monkeypatch, name):
    monkeypatch.setitem(sys.modules, "sentence_transformers", types.ModuleType("never used"))
    (tmp_path / name).write_text("{half")
    with pytest.raises(ModelError, match="not JSON"):
        load_encoder(tmp_path)
