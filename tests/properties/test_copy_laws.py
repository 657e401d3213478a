"""What holds of every corpus: order and partition do not matter, and clusters are well formed."""

from datetime import date, timedelta

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from geostance.clean import copies, mark_duplicates
from geostance.clean.shingles import read_corpus
from geostance.settings.corpus import DuplicateSettings

# Texts are made of these, so that they share much, little or nothing.
PIECES = [" ".join(f"mot{piece}x{word}" for word in range(24)) for piece in range(5)]
TEXTS = st.lists(st.sampled_from(PIECES), min_size=1, max_size=4).map(" ".join)
DATES = st.none() | st.integers(0, 20).map(lambda n: date(2024, 1, 1) + timedelta(n))
DOCUMENTS = st.lists(
    st.tuples(
        TEXTS, st.sampled_from(["Un", "Deux", None]), DATES, st.sampled_from(["A", "B", None])
    ),
    max_size=24,
)
SETTINGS = DuplicateSettings(standing_days=3)


def frame_of(documents):
    return pl.DataFrame(
        [
            (f"{n:03d}", title, text, day, outlet)
            for n, (text, title, day, outlet) in enumerate(documents)
        ],
        {
            "doc_id": pl.String,
            "title": pl.String,
            "text": pl.String,
            "date": pl.Date,
            "outlet": pl.String,
        },
        orient="row",
    ).with_columns(date_precision=pl.lit("day"), dropped_reason=pl.lit(None, pl.String))


@settings(max_examples=60)
@given(documents=DOCUMENTS, seed=st.integers(0, 1000), size=st.integers(1, 9))
def test_neither_the_order_of_rows_nor_their_partition_matters(documents, seed, size):
    frame = frame_of(documents)
    shuffled = frame.sample(fraction=1, shuffle=True, seed=seed)
    expected = mark_duplicates([frame], frame, SETTINGS)
    assert mark_duplicates(shuffled.iter_slices(size), shuffled, SETTINGS).equals(expected)


@settings(max_examples=60)
@given(documents=DOCUMENTS)
def test_a_cluster_has_one_representative_and_every_member_is_like_it(documents):
    unique = mark_duplicates([frame := frame_of(documents)], frame, SETTINGS)
    assert unique["doc_id"].to_list() == frame["doc_id"].to_list()
    sizes = unique.group_by("cluster_id").agg(
        n=pl.len(), said=pl.col("cluster_size").unique(), heads=pl.col("is_representative").sum()
    )
    assert (sizes["n"] == sizes["said"].list.first()).all()
    assert (sizes["heads"] == 1).all()
    assert (
        unique.filter("is_representative")
        .select((pl.col("doc_id") == pl.col("cluster_id")).all())
        .item()
        is not False
    )
    assert (unique["containment"] >= 0.5).all()
    assert (unique["similarity"] <= unique["containment"]).all()
    assert unique.filter(relation="exact")["similarity"].to_list() == [1.0] * len(
        unique.filter(relation="exact")
    )


@settings(max_examples=60)
@given(texts=st.lists(TEXTS, min_size=2, max_size=2))
def test_likeness_is_that_of_the_sets_of_shingles(texts):
    frame = frame_of([(text, None, None, None) for text in texts])
    corpus = read_corpus([frame], 4)
    one, other = (
        {tuple(words[at : at + 4]) for at in range(len(words) - 3)}
        for words in (text.split() for text in texts)
    )
    likeness = copies.compare(corpus.sketches, corpus.bodies[None, :])
    shared = len(one & other)
    assert likeness.similarity.tolist() == [shared / len(one | other)]
    assert likeness.containment.tolist() == [shared / min(len(one), len(other))]
    assert likeness.cover.tolist() == [shared / max(len(one), len(other))]
