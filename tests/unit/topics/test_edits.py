import pytest
from hypothesis import given
from hypothesis import strategies as st

from geostance.errors import ConfigError
from geostance.topics.edits import TopicEdit, TopicMatch, edits_text, read_edits

FILE = """\
topics:
  - name: Gas deliveries
    match: {documents: [a1, a2], words: [gaz, hiver]}
    merge: energy
    mark: keep
    note: "read on Monday: sound"
  - match: {documents: [b1]}
    merge: energy
"""


@pytest.fixture
def written(tmp_path):
    def write(text):
        path = tmp_path / "topics.yml"
        path.write_text(text, encoding="utf-8")
        return path

    return write


def test_a_file_is_read_as_it_stands(written):
    first, second = read_edits(written(FILE))
    assert first.name == "Gas deliveries" and first.merge == second.merge == "energy"
    assert first.match.documents == ("a1", "a2") and first.match.words == ("gaz", "hiver")
    assert first.mark == "keep" and second.mark is None and second.name is None


@pytest.mark.parametrize("text", ["", "topics:\n", "topics: []\n"])
def test_a_file_without_edits_has_none(written, text):
    assert read_edits(written(text)) == ()


def topics(*edits):
    return "topics:\n" + "".join(f"  - {edit}\n" for edit in edits)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("- a\n", "one key topics"),
        ("topic: []\n", "one key topics"),
        ("topics: all\n", "topics is str, not a list"),
        ("topics: [\n", "the YAML is not valid"),
        (topics("{match: {documents: [a]}, mark: bin}"), "mark"),
        (topics("{match: {documents: [a]}, nmae: Gas}"), "unknown key nmae"),
        (topics("{name: Gas}"), "match"),
        (topics("{match: {}}"), "neither documents nor words"),
        (topics("{match: {documents: [1234567890123456]}}"), "valid string"),
        (topics("{match: {documents: [a]}, name: '  '}"), "must not be empty"),
        (topics("{match: {documents: [a]}, name: Outliers}"), "must not be 'outliers'"),
        (topics('{match: {documents: [a]}, name: "a\\ab"}'), "control characters"),
        (topics("{match: {documents: [a, b]}}", "{match: {documents: [b, a]}}"), "edits 1 and 2"),
        (
            topics("{match: {documents: [a]}, name: Gas}", "{match: {documents: [b]}, name: Gas}"),
            "two topics have the name 'Gas'",
        ),
        (
            topics(
                "{match: {documents: [a]}, merge: m, name: Gas}",
                "{match: {documents: [b]}, merge: m, name: Oil}",
            ),
            "have two names: Gas and Oil",
        ),
        (
            topics(
                "{match: {documents: [a]}, merge: m, mark: keep}",
                "{match: {documents: [b]}, merge: m, mark: drop}",
            ),
            "have two marks: drop and keep",
        ),
        (
            topics("{match: {documents: [a]}, merge: m}", "{match: {documents: [b]}, name: m}"),
            "two topics have the name 'm'",
        ),
    ],
)
def test_a_broken_file_is_told_in_three_lines(written, text, said):
    path = written(text)
    with pytest.raises(ConfigError) as caught:
        read_edits(path)
    what, where, mend = str(caught.value).split("\n")
    assert said in what and str(path) in where and mend.startswith("  mend:  ")


def test_a_fault_names_the_edit(written):
    path = written(topics("{match: {documents: [a]}}", "{match: {documents: [b]}, mark: 1}"))
    with pytest.raises(ConfigError, match="edit 2"):
        read_edits(path)


def test_one_name_is_one_name_however_it_is_typed(written):
    [edit] = read_edits(
        written(topics('{match: {documents: [a]}, name: " E\u0301tat \\n civil "}'))
    )
    assert edit.name == "\u00c9tat civil"


words = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=12)
# What YAML could take for something else than text.
traps = st.sampled_from(
    [
        "no",
        "on",
        "1.5e5",
        "08",
        "0x1F",
        "12:30",
        "2024-01-05",
        "null",
        "~",
        "=",
        "- a",
        "#",
        "'",
        ".5",
    ]
)


@given(st.lists(words | traps, min_size=1, max_size=4), words | traps, traps)
def test_what_is_written_is_read_back(tmp_path_factory, listed, note, name):
    edits = (
        TopicEdit(
            name=name, match=TopicMatch(documents=tuple(listed), words=tuple(listed)), note=note
        ),
    )
    path = tmp_path_factory.mktemp("edits") / "topics.yml"
    path.write_bytes(edits_text(edits).encode())
    assert read_edits(path) == edits
