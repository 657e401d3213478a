"""A fit of a sample, extended to all documents."""

import numpy as np
import polars as pl
import pytest

from geostance.settings.topics import TopicSettings
from geostance.topics import TopicDocuments, fit_topics, neighbour_shares
from geostance.topics.extension import extended, fitted_rows
from geostance.topics.guidance import Guidance, NamedTheme, Themes

N, DRAWN = 1_300, 1_000


@pytest.fixture(scope="module")
def documents():
    """Documents around three directions, most around the second."""
    draws = np.random.default_rng(3)
    themes = draws.choice(3, N, p=[0.3, 0.45, 0.25])
    vectors = np.eye(3, 8)[themes] + draws.normal(scale=0.05, size=(N, 8))
    vectors = (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)
    ids = [f"{at:04d}" for at in range(N)]
    return TopicDocuments(ids, [""] * N, ["fr"] * N, vectors), themes


def table(documents, topics):
    return pl.DataFrame(
        {
            "doc_id": documents.doc_ids,
            "topic": np.asarray(topics, dtype=np.int64),
            "probability": 1.0,
            "x": 0.0,
            "y": 0.0,
            "topic_found": np.asarray(topics, dtype=np.int64),
        }
    )


def test_all_are_fitted_up_to_the_limit():
    assert fitted_rows(5, 5, seed=1).tolist() == list(range(5))
    assert fitted_rows(5, None, seed=1).tolist() == list(range(5))


def test_a_seed_draws_the_same_rows_in_order_and_another_others():
    rows = fitted_rows(N, DRAWN, seed=1)
    assert len(set(rows.tolist())) == DRAWN and (np.diff(rows) > 0).all()
    assert rows.tolist() == fitted_rows(N, DRAWN, seed=1).tolist()
    assert rows.tolist() != fitted_rows(N, DRAWN, seed=2).tolist()


def test_the_others_get_the_topic_of_their_neighbours_and_sizes_number_the_topics(documents):
    units, themes = documents
    # The sample holds few of the second theme, which is the largest of all.
    rows = np.sort(np.concatenate([np.flatnonzero(themes != 1), np.flatnonzero(themes == 1)[:50]]))
    numbers = np.array([0, 2, 1])
    found, named = extended(
        table(units.take(rows), numbers[themes[rows]]),
        (),
        units,
        rows,
        TopicSettings(),
        Guidance(),
    )
    assert found["doc_id"].to_list() == units.doc_ids
    assert found["topic"].to_list() == np.array([1, 0, 2])[themes].tolist()
    assert found["topic"].to_list() == found["topic_found"].to_list()
    assert named == ()


def test_outliers_stay_outliers_where_their_neighbours_are(documents):
    units, themes = documents
    rows = np.arange(DRAWN)
    topics = np.where(themes == 2, -1, themes)
    found, _ = extended(
        table(units.take(rows), topics[rows]), (), units, rows, TopicSettings(), Guidance()
    )
    assert (found["topic"] == -1).to_list() == (themes == 2).tolist()


def test_themes_keep_their_topic_and_count_all_who_are_near(documents):
    units, themes = documents
    settings = TopicSettings(zero_shot={"rare": {"fr": "Rare."}})
    guidance = Guidance(zero_shot=Themes(["rare"], ["fr"], np.eye(3, 8, dtype=np.float32)[[2]]))
    rows = np.arange(DRAWN)
    # In the sample the theme has the first number.
    topics = np.array([1, 2, 0])[themes]
    found, (theme,) = extended(
        table(units.take(rows), topics[rows]),
        (NamedTheme("rare", "zero_shot", 0, int((themes[rows] == 2).sum())),),
        units,
        rows,
        settings,
        guidance,
    )
    assert theme == NamedTheme("rare", "zero_shot", 2, int((themes == 2).sum()))
    assert set(found["topic"].to_numpy()[themes == 2]) == {2}


def test_shares_come_from_fitted_neighbours_and_the_document_itself(documents):
    units, themes = documents
    rows = np.arange(DRAWN)
    shares = neighbour_shares(units, table(units, themes), rows)
    assert shares["doc_id"].unique().sort().to_list() == units.doc_ids
    assert shares.group_by("doc_id").agg(pl.col("share").sum())["share"].to_numpy() == (
        pytest.approx(np.ones(N))
    )


def test_a_fit_of_a_sample_says_so_and_finds_what_the_whole_holds(documents):
    units, themes = documents
    fit = fit_topics(units, TopicSettings(fit_documents=DRAWN), seed=1, mapped=False)
    assert (fit.n_fitted, fit.n_units) == (DRAWN, N)
    assert any("1,000 of 1,300 texts, drawn with seed 1" in message for message in fit.messages)
    topics = fit.topics["topic"].to_numpy()
    inside = topics >= 0
    assert inside.mean() > 0.5
    for theme, number in ((1, 0), (0, 1), (2, 2)):
        assert set(topics[inside & (themes == theme)]) == {number}
    sizes = np.bincount(topics[inside])
    assert (np.diff(sizes) <= 0).all()
