import pytest

from geostance.errors import ConfigError
from geostance.stance.hypotheses import (
    QUESTIONS,
    hypotheses_of,
    load_hypotheses,
    masked_part,
)
from geostance.stance.passages import Passage
from geostance.targets import find_any

LANGUAGES = {"fr", "en", "ru", "tr", "de", "es", "it", "az", "hi", "ar", "uk", "fa", "pl"}

ENGLISH = """
en:
  target: Lendoria
  other: Kelvania
  favourable: "{target} is good."
  neutral: "{target} is."
  unfavourable: "{target} is bad."
  relevant: The text speaks of {target}.
  quoted: Someone judges {target}.
"""


def spans(text, *words):
    """Return the place of each word in ``text``."""
    return tuple((text.index(word), text.index(word) + len(word)) for word in words)


def test_every_language_asks_everything_in_one_sentence_that_names_the_target():
    known = load_hypotheses()
    assert set(known) == LANGUAGES
    for words in known.values():
        assert set(words.questions) == set(QUESTIONS)
        assert len(set(words.questions.values())) == len(QUESTIONS)
        for question in words.questions.values():
            assert words.target in question and words.other not in question
            assert question[-1] in ".।" and "{" not in question


def test_the_invented_names_are_no_state_and_begin_with_a_consonant():
    for language, words in load_hypotheses().items():
        assert find_any(f"{words.target}, {words.other}", language) == []
        assert find_any(f"{words.target}, {words.other}") == []
        # Before a consonant French and Italian do not elide: no article tells two names apart.
        assert words.target[0] not in "AEIOUaeiou" and words.other[0] not in "AEIOUaeiou"


def test_a_language_without_hypotheses_is_asked_in_english():
    assert hypotheses_of("nl") is hypotheses_of("en") is hypotheses_of(None)
    assert hypotheses_of("pt-BR") is hypotheses_of("en")
    assert hypotheses_of("de-AT") is hypotheses_of("de")


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("  quoted: Someone judges {target}.\n", "", "en lacks quoted"),
        ("  quoted:", "  quotd:", "en lacks quoted, has an unknown key quotd"),
        ("{target} is bad", "It is bad", "en.unfavourable holds no slot"),
        ("{target} is bad", "{target} and {target} are bad", "en.unfavourable holds {target}, "),
        ("{target} is bad", "{state} is bad", "en.unfavourable holds {state}"),
        ("{target} is bad", "{target is bad", "en.unfavourable holds {target is bad."),
        ("target: Lendoria", "target: ''", "en.target is no text"),
        ("target: Lendoria", "target: '{target}'", "en.target holds {target}"),
        ("en:", "fr:", "no English hypotheses"),
    ],
)
def test_a_file_that_is_not_complete_is_refused(tmp_path, old, new, said):
    assert ENGLISH.count(old) == 1
    path = tmp_path / "hypotheses.yml"
    path.write_text(ENGLISH.replace(old, new))
    with pytest.raises(ConfigError) as refused:
        load_hypotheses(path)
    assert said in refused.value.what and refused.value.where == str(path)


@pytest.mark.parametrize(
    ("language", "text", "mention", "others", "read"),
    [
        ("en", "(India) warns China's fleet.", "India", ["China"], "(Lendoria) warns Kelvania's fleet."),
        ("fr", "Selon l'Inde, la Chine cède.", "Inde", ["Chine"], "Selon la Lendorie, la Kelvanie cède."),
        ("fr", "Le chef de l’Inde\n parle.", "Inde", [], "Le chef de la Lendorie parle."),
        ("tr", "Ankara, NATO'ya güveniyor.", "NATO", ["Ankara"], "Kelvanya, Lendorya'ya güveniyor."),
    ],
)  # fmt: skip
def test_the_passage_reads_as_before_under_invented_names(language, text, mention, others, read):
    start, end = spans(text, mention)[0]
    passage = Passage(text, start, end, language, others=spans(text, *others))
    assert hypotheses_of(language).named(masked_part(passage)) == read


def test_whatever_state_is_meant_the_model_reads_the_same():
    sentences = [
        ("Selon l'Inde, l'Otan menace la Chine.", "Otan", ["Inde", "Chine"]),
        ("Selon la Chine, la Russie menace l'Inde.", "Russie", ["Chine", "Inde"]),
    ]
    read = {
        hypotheses_of("fr").named(
            masked_part(Passage(text, *spans(text, own)[0], "fr", others=spans(text, *others)))
        )
        for text, own, others in sentences
    }
    assert read == {"Selon la Kelvanie, la Lendorie menace la Kelvanie."}


def test_a_sentence_without_the_target_still_hides_the_others():
    text = "India waits. China moves on India."
    mention, *rest = spans(text, "India", "China")
    passage = Passage(text, *mention, "en", same=((28, 33),), others=tuple(rest))
    named = hypotheses_of("en").named
    assert named(masked_part(passage, (0, 12))) == "Lendoria waits."
    assert named(masked_part(passage, (13, 34))) == "Kelvania moves on Lendoria."
    assert named(masked_part(passage, (13, 24))) == "Kelvania moves"


def test_half_a_name_at_the_edge_is_hidden_too():
    passage = Passage("New Delhi waits.", 0, 9, "en")
    assert hypotheses_of("en").named(masked_part(passage, (4, 16))) == "Lendoria waits."
