from hypothesis import given, settings
from hypothesis import strategies as st

from geostance.stance.quotation import SPAN_KINDS, attributed_spans, quoted_share

LANGUAGES = ["fr", "en", "ru", "uk", "de", "es", "tr", "az", "hi", None]
# Words that are cues somewhere, with marks, names and points between them.
PIECES = [
    *"«»“”„\"'‘’,.!:;—-*\nİ",
    *("selon", "a dit que", "accuse", "accusée", "aurait tué", "pour", "said", "according to"),
    *("заявил, что", "об этом сообщил", "по словам", "sagte", "laut", "sei", "según", "göre"),
    *("dedi", "suçladı", "bildirib ki", "ने कहा कि", "के अनुसार", "Kiev", "Москва", "ville", "да"),
]
TEXTS = st.one_of(st.text(max_size=80), st.lists(st.sampled_from(PIECES)).map(" ".join))
# Letters that begin no cue, and points that end sentences.
PLAIN = st.text("kvx ,.!?\n", max_size=60)


@given(TEXTS, st.sampled_from(LANGUAGES))
@settings(max_examples=300)
def test_spans_lie_in_the_text_ordered_and_hold_something(text, language):
    found = attributed_spans(text, language)
    assert found == sorted(set(found))
    for item in found:
        assert 0 <= item.start < item.end <= len(text)
        assert 0 <= item.cue_start <= item.cue_end <= len(text)
        assert item.kind in SPAN_KINDS
        assert not text[item.start].isspace() and not text[item.end - 1].isspace()
    assert 0 <= quoted_share(text, (0, len(text)), found) <= 1


@given(PLAIN, st.sampled_from(LANGUAGES))
def test_a_text_without_marks_and_cues_is_its_authors(text, language):
    assert attributed_spans(text, language) == []


@given(TEXTS, TEXTS, st.sampled_from(LANGUAGES))
@settings(max_examples=300)
def test_a_paragraph_added_changes_nothing_before_it(text, more, language):
    whole = attributed_spans(f"{text}\n\n{more}", language)
    assert [item for item in whole if item.cue_start < len(text)] == attributed_spans(
        text, language
    )
