import numpy as np
import polars as pl
import pytest

from geostance.train.pieces import UNKNOWN, add_words, fold, fragment_matrix, fragments

tokenizers = pytest.importorskip("tokenizers")


@pytest.mark.parametrize(
    "name", ["Washington", "Вашингтон", "Վաշինգտոն", "ვაშინგტონ", "Washıngton", "Wáshington"]
)
def test_one_name_folds_alike_in_every_script(name):
    assert fold(name.lower()) == "vasington"


def test_one_sound_folds_alike_however_it_is_spelt():
    assert fold("chavez") == fold("чавез") == fold("çavez") == fold("ჩავეზ")


def test_scripts_without_vowels_share_the_consonants():
    latin, persian = fragments("▁washington"), fragments("▁واشنگتن")
    assert {"#<vs", "#<vsn"} <= latin & persian


def test_the_start_of_a_word_is_told_from_its_inside():
    assert fragments("▁gas") != fragments("gas")


def test_kin_share_columns_and_rows_have_unit_length():
    pieces = ["▁nation", "▁nations", "▁national", "▁nationale", "▁нация", "▁qz"]
    matrix = fragment_matrix(pieces).toarray()
    assert (matrix[:4] @ matrix[0] > 0.5).all()
    lengths = np.linalg.norm(matrix, axis=1)
    assert lengths[:4] == pytest.approx(1)
    # A piece whose n-grams nobody shares has only its own vector.
    assert lengths[-1] == 0


@pytest.fixture
def letters():
    vocabulary = [(UNKNOWN, 0.0), ("▁", -2.0), ("zz", -9.0), *((c, -3.0) for c in "agpsqв")]
    tokenizer = tokenizers.Tokenizer(tokenizers.models.Unigram(vocabulary, unk_id=0))
    tokenizer.normalizer = tokenizers.normalizers.Lowercase()
    tokenizer.pre_tokenizer = tokenizers.pre_tokenizers.Metaspace()
    return tokenizer


def corpus(**rows):
    """Pairs of one language with English, the same text on both sides."""
    return pl.DataFrame(
        [(language, text, "en", text.upper()) for language, text in rows.items()],
        schema=["lang_a", "text_a", "lang_b", "text_b"],
        orient="row",
    )


def test_frequent_words_become_pieces_and_unused_pieces_go(letters):
    pairs = corpus(fr="gas " * 8 + "sap")
    grown = add_words(letters, pairs, {}, size=9)
    assert grown.encode("gas sap").tokens == ["▁gas", "▁", "s", "a", "p"]
    # Single letters stay though no word has them.
    assert {"q", "в"} <= set(grown.get_vocab())
    assert "zz" not in grown.get_vocab()
    assert grown.get_vocab_size() == 9


def test_a_weak_language_reaches_the_floor_by_its_weight(letters):
    pairs = corpus(ka="gas gas")
    assert "▁gas" not in add_words(letters, pairs, {}, size=20).get_vocab()
    assert "▁gas" in add_words(letters, pairs, {"ka": 4}, size=20).get_vocab()


def test_what_is_unknown_stays_unknown(letters):
    grown = add_words(letters, corpus(fr="gas " * 8), {}, size=20)
    assert grown.encode("ю").tokens[-1] == "ю" and UNKNOWN in grown.get_vocab()
    assert grown.encode("ю").ids[-1] == grown.token_to_id(UNKNOWN)
