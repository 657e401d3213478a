import numpy as np
import pytest

from geostance.stance.passages import Passage
from geostance.stance.quotation import SPAN_KINDS
from geostance.stance.voice import FEATURES, REGIONS, quotation_features


def features(text, name, language="fr", **spans):
    start = text.index(name)
    found = quotation_features(Passage(text, start, start + len(name), language, **spans))
    return dict(zip(FEATURES, found.tolist(), strict=True))


def test_names_are_distinct_and_values_are_shares():
    text = "Riga accuse Minsk de mentir\n\n« Nous tiendrons bon », a dit le maire."
    found = features(text, "Minsk")
    assert len(set(FEATURES)) == len(FEATURES) == len(found)
    assert all(0 <= value <= 1 for value in found.values())
    assert {f"{region}_{kind}" for region in REGIONS for kind in SPAN_KINDS} <= set(FEATURES)


def test_an_authors_text_has_no_feature():
    text = "Minsk bombarde la ville."
    found = quotation_features(Passage(text, 0, 5, "fr"))
    assert found.dtype == np.float32 and not found.any()


def test_the_mention_is_what_an_accusing_verb_is_about():
    found = features("Riga accuse Minsk de mentir.", "Minsk")
    assert found["mention_judged"] == found["mention_inside"] == found["mention_judging"] == 1
    assert found["mention_speaks"] == 0


@pytest.mark.parametrize("text", ["Minsk affirme que tout va bien.", "Selon Minsk, tout va bien."])
def test_the_mention_is_the_source(text):
    assert features(text, "Minsk")["mention_speaks"] == 1


def test_shares_tell_the_headline_from_the_rest():
    found = features("« Nous tiendrons bon contre Minsk »\n\nLe maire a voté.", "Minsk")
    assert found["first_share"] == found["first_quotation"] == 1
    assert found["rest_share"] == 0
    assert 0 < found["passage_share"] < 1


def test_the_sentence_is_the_mentions_own():
    text = "Il pleut. Riga dit que Minsk ment."
    found = features(text, "Minsk", sentences=((0, 9), (10, len(text))))
    assert found["smallest_sentence_share"] == 0
    assert found["sentence_share"] == found["largest_sentence_share"] > 0.5


def test_further_mentions_count_as_much_as_the_first():
    text = "Minsk se tait. Riga accuse Minsk."
    again = text.rindex("Minsk")
    found = features(text, "Minsk", same=((again, again + 5),), others=((15, 19),))
    assert found["mention_inside"] == 0
    assert found["mentions_inside"] == 0.5
    assert found["mention_judged"] == 1
    assert found["mention_among_names"] == pytest.approx(2 / 3)
