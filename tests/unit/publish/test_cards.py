import pytest

from geostance.config import Config
from geostance.errors import ModelError
from geostance.publish.cards import ModelCard, hub_works, model_cards


def test_the_shipped_models_state_their_licence_and_what_they_were_made_from():
    encoder, scorer = model_cards(Config())
    assert (encoder.kind, encoder.licence, encoder.base) == ("embedded", "mit", ("sentence-transformers/all-MiniLM-L6-v2",))  # fmt: skip
    assert (scorer.kind, scorer.licence, scorer.base) == ("embedded", "mit", ("intfloat/multilingual-e5-small",))  # fmt: skip
    assert len(encoder.version) == len(scorer.version) == 12 and encoder.version != scorer.version


@pytest.mark.parametrize(
    ("card", "licence", "base"),
    [
        (
            "---\nlicense: apache-2.0\nbase_model: [a, b]\n---\n# A model\n",
            "apache-2.0",
            ("a", "b"),
        ),
        ("---\nlanguage: fr\n---\n", None, ()),
        ("# No head\n---\nlicense: mit\n---\n", None, ()),
        ("---\nlicense: [unclosed\n---\n", None, ()),
        ("---\nlicense: mit\n", None, ()),
        (None, None, ()),
    ],
    ids=["stated", "not stated", "below a title", "no YAML", "not closed", "no card"],
)
def test_a_folder_says_what_its_card_states(tmp_path, card, licence, base):
    (tmp_path / "config.json").write_text("{}")
    if card is not None:
        (tmp_path / "README.md").write_text(card)
    found = model_cards(Config.model_validate({"encoder": {"name": str(tmp_path)}}))[0]
    assert (found.kind, found.licence, found.base) == ("folder", licence, base)


def test_a_service_shows_neither_version_nor_licence():
    config = Config.model_validate({"stance": {"scorer": "llm", "llm": {"model": "big"}}})
    assert model_cards(config)[1] == ModelCard("scorer", "service", "big", None, None, ())


def test_a_model_that_is_not_there_is_an_error():
    with pytest.raises(ModelError):
        model_cards(Config.model_validate({"encoder": {"name": "no-such-model"}}))


def test_only_models_that_readers_can_fetch_are_works():
    hub = ModelCard("encoder", "hub", "owner/model", "abc", "mit", ())
    folder = ModelCard("scorer", "folder", "there", "def", None, ())
    works = hub_works([hub, folder])
    assert list(works) == ["model-encoder"]
    assert works["model-encoder"]["url"].endswith("owner/model")
