from itertools import pairwise

import numpy as np
import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from geostance.stance import Passage, load_scorer, score_stance
from geostance.targets import find_targets, load_targets

WORDS = st.sampled_from(
    "Russia NATO India Moscow attacks thanks condemns the ally . a summit , said French".split()
)
TEXTS = st.lists(WORDS, min_size=1, max_size=30).map(" ".join)


@given(st.text(max_size=80))
def test_mentions_are_slices_that_never_overlap(text):
    for target in ("russia", "india"):
        mentions = find_targets(text, None, [target])
        assert all(text[m.start : m.end] == m.surface for m in mentions)
        assert all(a.end <= b.start for a, b in pairwise(mentions))


@settings(max_examples=50)
@given(TEXTS)
def test_mentions_of_a_target_do_not_depend_on_the_others_asked_for(text):
    together = find_targets(text, "en")
    apart = [m for name in load_targets() for m in find_targets(text, "en", [name])]
    assert sorted(together, key=repr) == sorted(apart, key=repr)


@given(st.lists(st.text(min_size=1, max_size=60), max_size=5))
def test_probabilities_are_probabilities(texts):
    judged = load_scorer().score([Passage(text, 0, 1) for text in texts])
    np.testing.assert_allclose(judged.portrayal.sum(axis=1), 1)
    for values in (judged.portrayal, judged.relevance, judged.quoted):
        assert ((values >= 0) & (values <= 1)).all()


@settings(max_examples=25)
@given(st.lists(TEXTS, min_size=1, max_size=5), st.randoms(use_true_random=False))
def test_the_order_of_documents_does_not_count(texts, random):
    order = list(range(len(texts)))
    random.shuffle(order)
    first = score_stance(texts, languages=["en"] * len(texts))
    second = score_stance([texts[n] for n in order], languages=["en"] * len(texts))
    placed = second.with_columns(pl.col("document").replace_strict(dict(enumerate(order))))
    assert first.rows() == placed.sort("document", maintain_order=True).rows()


@settings(max_examples=25)
@given(TEXTS)
def test_another_document_changes_nothing_and_stance_is_bounded(text):
    alone = score_stance([text], languages=["en"])
    beside = score_stance([text, "Russia thanks NATO."], languages=["en", "en"])
    assert beside.filter(pl.col("document") == 0).rows() == alone.rows()
    assert alone["stance"].is_between(-1, 1).all()
    assert (alone["stance_sd"] >= 0).all()
