from pathlib import Path

import pytest

from geostance.config import Config, read_config
from geostance.errors import ConfigError
from geostance.strict_yaml import read_yaml

ROOT = Path(__file__).parents[2]


@pytest.fixture
def written(tmp_path):
    def write(text):
        path = tmp_path / "study.yml"
        path.write_text(text, encoding="utf-8")
        return path

    return write


def test_an_empty_file_gives_every_default(written):
    assert read_config(written("")) == Config()


def test_the_projects_config_lists_every_option_with_its_default():
    values = read_yaml(ROOT / "config.yml")
    defaults = Config().model_dump(mode="json")
    # Figures are free keys, shown by an example; everything else is the default.
    values["publish"].pop("figures"), defaults["publish"].pop("figures")
    assert values["ingest"].pop("latest_date") is not None and defaults["ingest"].pop("latest_date")
    assert Config.model_validate(values) == Config()
    # A scorer to compare has the options of the section stance.
    assert values.pop("compare").keys() == defaults.pop("compare").keys()
    assert values == defaults


def test_all_faults_are_told_at_once(written):
    path = written("seed: -1\ntopics: {words: 1}\nstence: {}\n")
    with pytest.raises(ConfigError) as caught:
        read_config(path)
    what, where, mend = str(caught.value).split("\n")
    assert "seed" in what and "topics.words" in what and "unknown key stence" in what
    assert str(path) in where and mend.startswith("  mend:")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("seed: 1\nseed: 2\n", "stands twice"),
        ("seed: [1\n", "not valid"),
        ("- a\n- b\n", "a configuration is a mapping, not list"),
        ("publish: {title: &x [lol]}\nseed: *x\n", "the alias \\*x"),
        ("ingest: {latest_date: 2024-13-45}\n", "month must be"),
        ("{[seed]: 1}\n", "a key is a list or a mapping"),
        ("seed: !!python/object/apply:os.getpid []\n", "constructor for the tag"),
        ("seed: !!float x\n", "could not convert"),
        ("seed: !!bool x\n", "not valid"),
        ("seed: !!timestamp x\n", "not valid"),
        ("seed: \x07\n", "unacceptable character"),
        ("seed: " + "9" * 5000, "digits"),
        ("[" * 5000, "not valid"),
    ],
)
def test_broken_yaml_is_refused_with_its_place(written, text, said):
    with pytest.raises(ConfigError, match=said):
        read_config(written(text))


def test_yes_no_and_times_stay_text(written):
    assert read_yaml(written("languages: [en, no, fr]\nat: 12:30\non: off\n")) == {
        "languages": ["en", "no", "fr"],
        "at": "12:30",
        "on": "off",
    }


def test_an_absent_file_is_a_config_error(tmp_path):
    with pytest.raises(ConfigError, match="cannot be read"):
        read_config(tmp_path / "none.yml")


def test_seeds_differ_by_stage_and_follow_the_studys_seed():
    config = Config(seed=1)
    assert config.seed_for("topics") == Config(seed=1).seed_for("topics")
    assert (
        len(
            {
                config.seed_for("topics"),
                config.seed_for("stance"),
                Config(seed=2).seed_for("topics"),
            }
        )
        == 3
    )


@pytest.mark.parametrize(
    "line",
    [
        "url: 'https://user:sk-secret@example.org/v1'",
        "url: 'https://example.org/v1?key=sk-secret'",
        "url: sk-secret",
        "key_variable: sk-secret",
        "key_variable: hf_sk_secret",
    ],
)
def test_a_key_in_the_file_is_refused_unseen(written, line):
    with pytest.raises(ConfigError, match=r"stance\.llm\.") as caught:
        read_config(written(f"stance: {{llm: {{{line}}}}}"))
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize(
    "url", ["http://localhost:11434/v1", "https://api.example.org/openai/v1/", "http://[::1]:80"]
)
def test_addresses_of_services(written, url):
    assert read_config(written(f"stance: {{llm: {{url: '{url}'}}}}")).stance.llm.url == url


def test_parameters_cannot_replace_the_question(written):
    with pytest.raises(ConfigError, match="parameters: cannot hold messages, n"):
        read_config(written("stance: {llm: {parameters: {messages: [], n: 2, top_p: 1}}}"))


def test_one_column_is_not_read_as_two_fields(written):
    with pytest.raises(ConfigError) as raised:
        read_config(written("ingest: {columns: {title: texte, text: texte}}"))
    assert "text and title are both read from the column texte" in str(raised.value)


def test_two_fields_may_change_their_columns(written):
    columns = read_config(written("ingest: {columns: {title: text, text: title}}")).ingest.columns
    assert (columns.title, columns.text) == ("text", "title")
    columns = read_config(written("ingest: {columns: {outlet: section}}")).ingest.columns
    assert columns.outlet == columns.section == "section"
