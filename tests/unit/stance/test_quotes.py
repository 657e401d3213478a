import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geostance.stance import Passage
from geostance.stance.quotes import locate, sentence_shares

TEXT = "« Moscou ment », dit-il. Le Kremlin nie. Moscou ment encore."
FIRST, SECOND, THIRD = (0, 24), (25, 40), (41, 60)
PASSAGE = Passage(TEXT, 28, 35, "fr", sentences=(FIRST, SECOND, THIRD))


def said(quote):
    span = locate(quote, PASSAGE)
    return span and TEXT[span[0] : span[1]]


def test_a_quote_is_found_as_it_is():
    assert said("Le Kremlin nie") == "Le Kremlin nie"


@pytest.mark.parametrize(
    "quote", ['"Moscou ment", dit-il', "«Moscou  ment»,\ndit-il", "Moscou\u00a0ment », dit-il"]
)
def test_white_space_and_quotation_marks_do_not_matter(quote):
    assert said(quote) == "Moscou ment », dit-il"


def test_the_place_nearest_to_the_mention_counts():
    assert locate("Moscou ment", PASSAGE) == (41, 52)


@pytest.mark.parametrize("quote", ["", "  ", "«»", "Moscou avoue", "moscou ment"])
def test_what_is_not_there_is_not_found(quote):
    assert said(quote) is None


def test_a_quote_over_two_sentences_is_shared_by_its_letters():
    shares = sentence_shares(PASSAGE, (31, 52))
    assert shares == pytest.approx([0, 9 / 20, 11 / 20])


def test_without_a_quote_the_sentences_that_name_the_target_share():
    assert sentence_shares(PASSAGE, None).tolist() == [0, 1, 0]
    same = Passage(TEXT, 28, 35, "fr", same=((41, 47),), sentences=PASSAGE.sentences)
    assert sentence_shares(same, None).tolist() == [0, 0.5, 0.5]


def test_a_span_between_sentences_counts_as_none():
    assert sentence_shares(PASSAGE, (24, 25)).tolist() == [0, 1, 0]


def test_a_name_outside_all_sentences_leaves_them_equal():
    outside = Passage("Moscou. Un. Deux.", 0, 6, sentences=((8, 11), (12, 17)))
    assert sentence_shares(outside, None).tolist() == [0.5, 0.5]


def test_no_sentences_have_no_shares():
    assert sentence_shares(Passage("Moscou", 0, 6), (0, 6)).shape == (0,)


@given(st.text("ab «»'\n.", min_size=1, max_size=40), st.data())
def test_every_part_of_a_text_is_found_in_it(text, data):
    start = data.draw(st.integers(0, len(text) - 1))
    end = data.draw(st.integers(start + 1, len(text)))
    passage = Passage(text, 0, 1, sentences=((0, len(text)),))
    span = locate(text[start:end], passage)
    if span is None:
        assert not text[start:end].strip(" «»'\n")
    else:
        assert text[slice(*span)].strip() == text[start:end].strip()
        assert np.isclose(sentence_shares(passage, span).sum(), 1)
