import re
from pathlib import Path

import pytest

from geostance.config import read_yaml
from geostance.errors import ConfigError
from geostance.stance.cues import read_lexicons
from geostance.stance.quotation import SPAN_KINDS, attributed_spans, quoted_share

CASES = [
    (language, marked)
    for language, sentences in read_yaml(Path(__file__).with_name("quotation_cases.yml")).items()
    for marked in sentences
]
WORD = re.compile(r"[\w\u0900-\u0963]+")


def sourced_words(text, spans):
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


@pytest.mark.parametrize(("language", "marked"), CASES)
def test_a_sentence_is_divided_among_source_and_author(language, marked):
    text, expected = unmarked(marked)
    found = [(item.start, item.end) for item in attributed_spans(text, language)]
    found_words, expected_words = sourced_words(text, found), sourced_words(text, expected)
    # A cue may belong to either side: only words that are neither cue nor source are compared.
    assert found_words == expected_words
