"""What holds of the measures of topics whatever the topics are."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geostance.topics.coherence import coherence
from geostance.topics.compactness import compactness
from geostance.topics.leakage import language_leakage

LANGUAGES = ("fr", "en", "ru")
documents = st.lists(
    st.tuples(st.sampled_from(LANGUAGES), st.integers(0, 4)), min_size=1, max_size=60
)


def leakage(languages, topics, seed=1, permutations=100):
    return language_leakage(languages, topics, permutations, np.random.default_rng(seed))


@settings(max_examples=30)
@given(st.integers(0, 2**32 - 1))
def test_shuffled_languages_leak_next_to_nothing(seed):
    draw = np.random.default_rng(seed)
    languages = draw.choice(LANGUAGES, 600).tolist()
    topics = draw.integers(0, 6, 600).tolist()
    found = leakage(languages, topics, seed)
    # Above its 99th percentile once in a hundred, and never far above.
    assert found.excess_share < 0.02
    assert found.information == pytest.approx(found.chance, abs=0.03)


@settings(max_examples=40)
@given(documents, st.permutations(range(5)))
def test_the_numbers_of_topics_say_nothing(pairs, renamed):
    languages, topics = map(list, zip(*pairs, strict=True))
    one = leakage(languages, topics)
    other = leakage(languages, [renamed[topic] for topic in topics])
    assert other == one


@settings(max_examples=40)
@given(documents)
def test_information_lies_between_nothing_and_the_languages_entropy(pairs):
    languages, topics = zip(*pairs, strict=True)
    found = leakage(languages, topics)
    assert -1e-9 <= found.information <= found.entropy + 1e-9
    assert found.chance <= found.entropy + 1e-9
    assert 0 < found.p_value <= 1


@settings(max_examples=30)
@given(
    st.lists(st.lists(st.sampled_from("abcdefgh"), max_size=30), min_size=1, max_size=12),
    st.lists(st.sampled_from("abcdefgh"), min_size=2, max_size=5, unique=True),
    st.randoms(use_true_random=False),
)
def test_coherence_hangs_neither_on_the_order_of_words_nor_of_texts(texts, words, random):
    (one,) = coherence([words], texts, "npmi")
    shuffled = random.sample(words, len(words))
    (other,) = coherence([shuffled], random.sample(texts, len(texts)), "npmi")
    assert (one is None) == (other is None)
    if one is not None:
        assert other == pytest.approx(one)
        assert -1 - 1e-9 <= one <= 1 + 1e-9


@settings(max_examples=30)
@given(st.integers(2, 30), st.integers(0, 2**32 - 1))
def test_closeness_hangs_not_on_the_order_of_documents(n, seed):
    draw = np.random.default_rng(seed)
    vectors = draw.normal(size=(n, 5))
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    topics = draw.integers(-1, 3, n)
    order = draw.permutation(n)
    one, other = compactness(vectors, topics), compactness(vectors[order], topics[order])
    assert np.allclose(one.to_numpy(), other.to_numpy(), equal_nan=True)
    assert one["separation"].drop_nulls().is_between(-1 - 1e-9, 1 + 1e-9).all()
