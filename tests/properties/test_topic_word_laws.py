"""Laws of the description of topics, whatever the documents."""

import numpy as np
import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from geostance.settings.topics import DescriptionSettings
from geostance.topics.representation import REPRESENTATIONS, Candidates
from geostance.topics.terms import is_part
from geostance.topics.tokens import segments, tokenize
from geostance.topics.trends import topic_trends
from geostance.topics.words import lexicons, topic_words

LANGUAGES = ["fr", "tr", "az", "hy", "fa", "en", "it", "kk", ""]
texts_of_few_words = st.lists(
    st.sampled_from("port navire quai grue phare marée nations unies".split()), max_size=9
).map(" ".join)


@given(st.text(max_size=80), st.sampled_from(LANGUAGES))
def test_words_are_cut_from_the_text_in_its_order(text, language):
    end = 0
    for word in (word for segment in segments(text, language) for word in segment):
        end = text.index(word, end) + len(word)


@given(st.text(max_size=80), st.sampled_from(LANGUAGES))
def test_words_have_two_letters_at_least(text, language):
    assert all(len(word) > 1 for word in tokenize(text, language))


@settings(max_examples=25)
@given(st.lists(st.tuples(texts_of_few_words, st.integers(-1, 2)), min_size=1, max_size=40))
def test_no_word_is_part_of_a_term_beside_it_and_order_tells_nothing(documents):
    texts, topics = map(list, zip(*documents, strict=True))
    own = DescriptionSettings(lemmas=False)
    words = topic_words(lexicons(texts, ["fr"] * len(texts), own), topics, own)
    for _, listed in words.group_by("topic", "language"):
        found = listed["word"].to_list()
        assert not [(a, b) for a in found for b in found if is_part(a, b)]
        assert len(set(found)) == len(found) <= own.words
    back = topic_words(lexicons(texts[::-1], ["fr"] * len(texts), own), topics[::-1], own)
    assert back.drop("weight").equals(words.drop("weight"))


@given(
    st.sampled_from(sorted(REPRESENTATIONS)), st.integers(0, 12), st.integers(1, 8), st.integers(0)
)
def test_a_representation_chooses_each_candidate_once(name, n, wanted, seed):
    draw = np.random.default_rng(seed)
    vectors = draw.normal(size=(n, 3))
    candidates = Candidates(np.sort(draw.random(n))[::-1], vectors, draw.normal(size=3))
    chosen = [at for at, _ in REPRESENTATIONS[name](candidates, wanted)]
    assert len(set(chosen)) == len(chosen) == min(n, wanted)


printings = st.lists(
    st.tuples(st.integers(0, 6), st.integers(-1, 2), st.sampled_from("xyz")),
    min_size=1,
    max_size=40,
)


@given(printings)
def test_shares_sum_to_one_and_lie_in_their_intervals(rows):
    frame = pl.DataFrame(
        [
            (f"{n:03d}", str(cluster), topic, outlet)
            for n, (cluster, topic, outlet) in enumerate(rows)
        ],
        schema=["doc_id", "cluster_id", "topic", "outlet"],
        orient="row",
    )
    unknown = pl.lit(None, pl.String)
    groups = frame.drop("topic").with_columns(
        language=unknown, month=unknown, quarter=unknown, year=unknown
    )
    found = topic_trends(
        frame.select("doc_id", "topic"),
        groups,
        frame.unique("cluster_id", keep="first", maintain_order=True).select("doc_id"),
    )
    sums = found.group_by("unit", "grouping", "group").agg(pl.col("share").sum())
    assert np.allclose(sums["share"], 1)
    assert found.select(
        ((pl.col("low") <= pl.col("share")) & (pl.col("share") <= pl.col("high"))).all()
    ).item()
