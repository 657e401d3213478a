from math import log

import numpy as np
import pytest

from benchmarks.topics import npmi
from geostance.topics.coherence import (
    absent_share,
    coherence,
    count_windows,
    diversity,
    npmi_of_strangers,
    reference_texts,
    topic_terms,
)

TEXTS = ["gaz prix hiver", "gaz prix usine", "vote maire", "vote scrutin maire", "gaz"]
SPLIT = [text.split() for text in TEXTS]


def test_npmi_of_two_words_by_hand():
    # Each text is one window: gaz in 3 of 5, prix in 2, both in 2.
    expected = log((2 / 5) / (3 / 5 * 2 / 5)) / -log(2 / 5)
    assert coherence([["gaz", "prix"]], SPLIT, "npmi") == [pytest.approx(expected)]


def test_c_v_of_two_words_by_hand():
    # The cosine of (1, m) and (1 + m, 1 + m), the same for both words.
    m = log((2 / 5) / (3 / 5 * 2 / 5)) / -log(2 / 5)
    expected = (1 + m) / np.hypot(1, m) / np.sqrt(2)
    assert coherence([["gaz", "prix"]], SPLIT, "c_v") == [pytest.approx(expected)]


def test_npmi_is_that_of_the_benchmark():
    draw = np.random.default_rng(4)
    texts = [[f"w{i}" for i in draw.integers(0, 30, length)] for length in (3, 10, 11, 40, 200)]
    topics = [["w1", "w2", "w3"], ["w10", "w20", "w29"]]
    assert np.mean(coherence(topics, texts, "npmi")) == pytest.approx(npmi(topics, texts))


def test_both_are_gensims_where_no_word_stands_twice_in_a_window():
    from gensim.corpora import Dictionary
    from gensim.models.coherencemodel import CoherenceModel

    draw = np.random.default_rng(2)
    texts = [[f"w{i}" for i in draw.permutation(40)[:20]] for _ in range(30)]
    topics = [["w1", "w2", "w3", "w4"], ["w5", "w6", "w7", "w8"]]
    for ours, theirs in (("npmi", "c_npmi"), ("c_v", "c_v")):
        oracle = CoherenceModel(
            topics=topics, texts=texts, dictionary=Dictionary(texts), coherence=theirs, processes=1
        )
        assert coherence(topics, texts, ours) == pytest.approx(oracle.get_coherence_per_topic())


def test_a_word_that_leaves_a_window_and_stands_in_it_again_is_counted():
    # Windows of three: axa, xab, bcd … the second still holds the first text's other a.
    texts = [["a", "x", "a", "b"], ["a", "c", "d", "e"]]
    windows = count_windows(texts, {"a": 0, "b": 1}, [np.array([0, 1])], 3)
    assert windows.num_docs == 4
    assert (windows[0], windows[1], windows[0, 1], windows[1, 0]) == (3, 1, 1, 1)


def test_many_texts_are_counted_in_parts(monkeypatch):
    monkeypatch.setattr("geostance.topics.coherence._PLACES", 5)
    windows = count_windows(SPLIT, {"gaz": 0, "prix": 1}, [np.array([0, 1])], 10)
    assert (windows.num_docs, windows[0], windows[0, 1]) == (5, 3, 2)


def test_absent_words_are_left_out_and_told():
    topics = [["gaz", "prix", "zèbre"], ["girafe", "vote"]]
    found = coherence(topics, SPLIT, "npmi")
    assert found == [pytest.approx(coherence([["gaz", "prix"]], SPLIT, "npmi")[0]), None]
    assert absent_share(topics, SPLIT) == pytest.approx(2 / 5)


@pytest.mark.parametrize("measure", ["npmi", "c_v"])
def test_without_texts_or_words_there_is_no_coherence(measure):
    assert coherence([["gaz", "prix"]], [], measure) == [None]
    assert coherence([["gaz", "prix"]], [[]], measure) == [None]
    assert coherence([], SPLIT, measure) == []


def test_words_of_different_topics_go_together_less():
    topics = [["gaz", "prix"], ["vote", "maire"]]
    within = coherence(topics, SPLIT, "npmi")
    # None of the four pairs meets: log(ε / (p q)) / −log ε, the mean over them.
    shares = {"gaz": 3 / 5, "prix": 2 / 5, "vote": 2 / 5, "maire": 2 / 5}
    pairs = [(one, other) for one in topics[0] for other in topics[1]]
    expected = np.mean([log(1e-12 / (shares[a] * shares[b])) / -log(1e-12) for a, b in pairs])
    assert npmi_of_strangers(topics, SPLIT) == pytest.approx(expected)
    assert npmi_of_strangers(topics, SPLIT) < min(within)


def test_one_topic_has_no_strangers():
    assert npmi_of_strangers([["gaz", "prix"]], SPLIT) is None
    assert npmi_of_strangers([["gaz", "prix"], ["gaz", "prix"]], SPLIT) is None


def test_terms_of_several_words_are_found_where_they_stand_side_by_side():
    texts = [["nations", "unies", "gaz"], ["nations", "gaz", "unies"], ["vote"]]
    topics = [topic_terms(["Nations unies", "gaz"], "fr")]
    assert topics == [["nations unies", "gaz"]]
    # Once in three texts, gaz in two, both in one.
    expected = log((1 / 3) / (1 / 3 * 2 / 3)) / -log(1 / 3)
    assert coherence(topics, texts, "npmi") == [pytest.approx(expected)]


def test_reference_texts_are_bounded_and_repeat_with_the_seed():
    texts = [f"gazoduc {n:03d} numéro{n}" for n in range(50)]
    drawn = [reference_texts(texts, "fr", 10, np.random.default_rng(1)) for _ in range(2)]
    assert len(drawn[0]) == 10 and drawn[0] == drawn[1]
    assert reference_texts(texts, "fr", 50, np.random.default_rng(1))[3] == ["gazoduc", "numéro3"]


def test_diversity_by_hand():
    assert diversity([["a", "b"], ["b", "c"]]) == 3 / 4
