import re
from pathlib import Path

import pytest

from geostance.errors import ConfigError
from geostance.stance.cues import read_lexicons
from geostance.stance.quotation import Attribution, attributed_spans, quoted_share
from geostance.strict_yaml import read_yaml

CASES = [
    (language, marked)
    for language, sentences in read_yaml(Path(__file__).with_name("quotation_cases.yml")).items()
    for marked in sentences
]
WORD = re.compile(r"[\w\u0900-\u0963]+")


def sourced(text, spans):
    """The words of the union of the spans, each with its place."""
    return {
        (found.start(), found[0])
        for found in WORD.finditer(text)
        if any(start <= found.start() < end for start, end in spans)
    }


def unmarked(marked):
    """The text without ⟦⟧, and the spans that stood between them."""
    text, spans = "", []
    for n, piece in enumerate(re.split("[⟦⟧]", marked)):
        if n % 2:
            spans.append((len(text), len(text) + len(piece)))
        text += piece
    return text, spans


def said(text, language=None):
    return [text[item.start : item.end] for item in attributed_spans(text, language)]


@pytest.mark.parametrize(("language", "marked"), CASES)
def test_a_sentence_is_divided_between_source_and_author(language, marked):
    text, expected = unmarked(marked)
    found = [(item.start, item.end) for item in attributed_spans(text, language)]
    assert sourced(text, found) == sourced(text, expected)


def test_kind_and_cue_say_why():
    text = "Riga accuse Minsk de mentir. Selon Oslo, c'est faux."
    judging, according = attributed_spans(text, "fr")
    assert (judging.kind, text[judging.cue_start : judging.cue_end]) == ("judging", "accuse")
    assert (according.kind, text[according.cue_start : according.cue_end]) == ("according", "Selon")


def test_quotation_marks_count_in_every_language_and_cues_only_in_their_own():
    text = "Ministern sade: ”Vi ger oss aldrig” enligt uppgift, selon Oslo"
    assert said("“Vi ger oss aldrig” enligt uppgift, selon Oslo") == ["Vi ger oss aldrig"]
    assert said(text.replace("”Vi", "“Vi"), "sv") == ["Vi ger oss aldrig"]
    assert said("Vi ger oss aldrig, selon Oslo", "xx") == []


def test_a_regional_tag_is_its_language():
    assert said("Selon Oslo, c'est faux.", "fr-CH") == ["Selon Oslo, c'est faux."]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("«Ils ont dit « jamais plus » hier soir» ici", "Ils ont dit « jamais plus » hier soir"),
        ("„Wir geben nicht nach“ hier", "Wir geben nicht nach"),
        ("»Wir geben nicht nach« hier", "Wir geben nicht nach"),
        ('He said "we will never yield" here', "we will never yield"),
        ("“The so-called ‘peace plan’ is dead”", "The so-called ‘peace plan’ is dead"),
        ("‘Putin’s war isn’t ours’ he", "Putin’s war isn’t ours"),
        ("“We shall never surrender", "We shall never surrender"),
        ("the “text in one mark“ here", "text in one mark"),
    ],
)
def test_marks_are_paired(text, expected):
    assert said(text) == [expected]


@pytest.mark.parametrize(
    "text",
    [
        "L'Inde n'a pas l'intention d'entrer",
        "Russia’s allies’ claims aren’t new",
        "Türkiye'nin Ankara'daki büyükelçisi",
        'it is 5\' 10" and 6" long',
        "une » fin sans début",
        '“ ” «» ""',
    ],
)
def test_apostrophes_inches_and_lone_marks_are_no_quotations(text):
    assert said(text) == []


def test_an_unclosed_quotation_ends_with_its_line():
    assert said("Il lance : « Nous allons tous partir\nLe lendemain il pleut.") == [
        "Nous allons tous partir"
    ]


def test_an_elided_or_unaccented_feed_is_read_too():
    assert said("Le ministre a declare que tout va bien.", "fr") == ["que tout va bien."]
    assert said("Le ministre précise qu’il restera.", "fr") == ["qu’il restera."]


def test_a_first_person_is_the_authors_own():
    assert said("We condemned the attack and said that it must stop.", "en") == [
        "that it must stop."
    ]


def test_share_is_of_letters_in_the_union():
    spans = [Attribution(0, 4, "saying", 0, 0), Attribution(2, 6, "quotation", 2, 3)]
    assert quoted_share("ab cd efgh", (0, 10), spans) == 4 / 8
    assert quoted_share("ab cd efgh", (6, 10), spans) == 0
    assert quoted_share("... !", (0, 5), [Attribution(0, 5, "saying", 0, 0)]) == 0


@pytest.mark.parametrize(
    "piece",
    [
        *("«", "“", '"', "'a ", "selon ", "a dit, ", "a dit que ", "aurait ", ". ", "a", ", "),
        *("— ", "*", " ", "X: ", "accuse ", "«a b c» ", "a été ", "\n", "; — ", "pour A, ", ")"),
    ],
)
@pytest.mark.parametrize("language", ["fr", "tr"])
def test_a_hostile_text_is_read(piece, language):
    # In quadratic time this test would take minutes.
    text = piece * (30_000 // len(piece))
    assert all(0 <= item.start < item.end <= len(text) for item in attributed_spans(text, language))


def write(path, text):
    path.write_text(text, encoding="utf-8")
    return path


ENTRY = """xx:
  order: verb-object
  according: [secundum]
  auxiliaries: []
  saying: []
  complement: [quod]
  judging: []
  hearsay: []
  unless: []
  earlier: []
  breaks: []
  abbreviations: []
"""


def test_a_lexicon_is_read_from_its_file(tmp_path):
    lexicons = read_lexicons(write(tmp_path / "words.yml", ENTRY))
    assert set(lexicons) == {"", "xx"}
    assert lexicons["xx"].scan.search("secundum marcum")["according"] == "secundum"


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("order: verb-object", "order: any", "xx.order"),
        ("  unless: []\n", "", "lacks unless"),
        ("unless: []", "unlss: []", "unknown key xx.unlss"),
        ("[secundum]", "secundum", "xx.according"),
        ("[secundum]", "[12]", "xx.according"),
        ("[secundum]", "['(open']", "xx.according"),
        ("[secundum]", "['*']", "xx.according"),
        ("unless: []", "dash: often", "xx.dash|lacks unless"),
        ("xx:\n", "- xx:\n", "no mapping"),
    ],
)
def test_a_faulty_lexicon_is_refused_by_name(tmp_path, old, new, message):
    text = ENTRY.replace(old, new)
    if new.startswith("-"):
        text = "[xx]"
    with pytest.raises(ConfigError, match=message):
        read_lexicons(write(tmp_path / "words.yml", text))
