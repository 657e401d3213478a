import re

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from geostance.clean.folding import fold, words
from geostance.clean.keys import Keys, alternatives, find_keys
from geostance.clean.phrases import LANGUAGES, MAX_CHARACTERS, REASONS, load_phrases

NO_WORDS = frozenset()


@pytest.mark.parametrize(
    ("expression", "first", "within"),
    [
        ("partager", {"part"}, None),
        ("(?:à |a )?lire aussi ?: ?{any}", {"à", "a", "lire"}, {"lire"}),
        ("e-?mail", {"e", "emai"}, None),
        ("{n} commentaires?", {"comm"}, {"comm"}),
        ("{any}cookies{any}", None, {"cook"}),
        ("© {any}", {"©"}, None),
        ("(?:non|oui)?{any}", None, None),
        (r"ad(?:s|vert)?\b{short}?", {"ad", "ads", "adve"}, None),
    ],
)
def test_keys_are_the_first_letters_of_words_that_every_match_has(expression, first, within):
    found = find_keys(expression, NO_WORDS)
    assert found.first == (first and frozenset(first))
    if within:
        assert found.within == frozenset(within)


def test_alternatives_are_those_outside_groups():
    assert alternatives("a|(?:b|c) d|(?:e|f)") == ["a", "(?:b|c) d", "e", "f"]
    assert alternatives(r"[a|b]|c\|d") == ["[a|b]", r"c\|d"]


def test_of_two_places_the_rarer_words_count():
    assert find_keys("{any}(?:de|la) {any}newsletter", frozenset({"de", "la"})) == Keys(
        None, frozenset({"news"}), ("newsletter",), 180 + 2 + 1 + 180 + 10
    )


@pytest.mark.parametrize(
    ("expression", "literals"),
    [
        ("partager", ["partager"]),
        ("partager(?: ici)?", ["partager"]),
        ("e-?mail", ["mail"]),
        ("{any}(?:cookies|traceurs){any}", ["cookies", "traceurs"]),
        (r"ad(?:s|vert)?\b{short}?", ["ad"]),
        ("{n} ?vues?", ["vue"]),
        ("(?:oui|{any})", []),
    ],
)
def test_every_match_has_one_of_the_literals(expression, literals):
    assert list(find_keys(expression, NO_WORDS).literals) == literals


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_has_every_kind_of_phrase(language):
    known = {
        phrase.verdict.reason
        for phrase in load_phrases().phrases
        if phrase.verdict.language == language
    }
    assert set(REASONS) - known <= {"rss_footer", "date", "loading", "source_link"}


def test_few_phrases_have_to_be_tried_on_every_line():
    assert len(load_phrases().index.unkeyed) <= 3


@settings(max_examples=300, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_a_line_that_matches_has_the_keys_of_its_phrase(data):
    """The index must not hide a phrase: what it tells must be found among the candidates."""
    known = load_phrases()
    phrase = data.draw(st.sampled_from(known.phrases))
    plain = re.sub(r"\{(?:any|short|clause)\}", "(?: zzz )", phrase.expression)
    plain = plain.replace("{n}", "12").replace("{name}", "Ada Lovelace")
    line = fold(data.draw(st.from_regex(re.compile(plain, re.IGNORECASE), fullmatch=True)))
    if len(line) <= MAX_CHARACTERS and phrase.matches(line):
        found = known.index.candidates(line, words(line))
        assert known.phrases.index(phrase) in found


@pytest.mark.parametrize("letter", ["a", " ", "é", "1", ".", "я", "ن", "ह", "(", "|"])
def test_hostile_lines_are_judged(letter):
    """As long as a line may be: an expression that runs away would never come back."""
    for start in ("", "cookies ", "lire ", "newsletter accepter "):
        line = fold(start + letter * (MAX_CHARACTERS - len(start)))
        assert set(load_phrases().verdicts(line, words(line))) <= {
            "anywhere", "edges", "tail", "opener", "glued",
        }  # fmt: skip
        for phrase in load_phrases().phrases:
            assert phrase.matches(line) in (True, False)
