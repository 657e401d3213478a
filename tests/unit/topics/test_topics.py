import numpy as np
import polars as pl
import pytest

from geostance.errors import InputError
from geostance.settings.topics import TopicSettings
from geostance.topics import TopicDocuments, describe_topics, document_vectors, fit_topics
from geostance.topics.model import _cluster, resolve
from geostance.topics.vectors import centre_languages

WORDS = {
    "gaz": "le gazoduc livre du gaz avant l'hiver",
    "vote": "les électeurs votent au scrutin municipal",
    "sport": "le gardien arrête un penalty en finale",
}


def corpus(per_theme, seed=0):
    """Documents of three themes around three directions, in shuffled order."""
    generator = np.random.default_rng(seed)
    themes = np.repeat(np.arange(3), per_theme)
    generator.shuffle(themes)
    vectors = np.eye(3, 12)[themes] + generator.normal(scale=0.08, size=(len(themes), 12))
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    texts = [list(WORDS.values())[theme] for theme in themes]
    ids = [f"{i:03d}" for i in range(len(themes))]
    return ids, texts, ["fr"] * len(themes), vectors.astype(np.float32), themes


@pytest.fixture(scope="module")
def three_themes():
    *columns, themes = corpus(30)
    documents = TopicDocuments.of(*columns)
    return documents, fit_topics(documents, TopicSettings(), seed=1), themes


def test_three_themes_give_three_topics(three_themes):
    _, fit, themes = three_themes
    found = fit.topics["topic"].to_numpy()
    assert set(found) - {-1} == {0, 1, 2}
    assert all(len(set(themes[found == topic])) == 1 for topic in range(3))


def test_labels_hold_content_words_not_function_words(three_themes):
    documents, fit, _ = three_themes
    labels = " ".join(describe_topics(documents, fit.topics, TopicSettings()).info["label"])
    assert "gazoduc" in labels and "scrutin" in labels
    assert not {"le", "du", "les"} & set(labels.split())


def test_row_order_changes_nothing(three_themes):
    documents, fit, _ = three_themes
    ids, texts, languages, vectors, _ = corpus(30)
    order = np.random.default_rng(5).permutation(len(ids))
    shuffled = TopicDocuments.of(
        [ids[i] for i in order], [texts[i] for i in order], languages, vectors[order]
    )
    again = fit_topics(shuffled, TopicSettings(), seed=1)
    assert again.topics.equals(fit.topics)
    described = [describe_topics(one, fit.topics, TopicSettings()) for one in (documents, shuffled)]
    assert described[0].words.equals(described[1].words)
    assert described[0].info.equals(described[1].info)


def test_without_a_map_the_topics_are_the_same(three_themes):
    documents, fit, _ = three_themes
    unmapped = fit_topics(documents, TopicSettings(), seed=1, mapped=False).topics
    assert unmapped.drop("x", "y").equals(fit.topics.drop("x", "y"))
    assert unmapped["x"].is_nan().all()


def test_no_document_is_a_clear_error():
    with pytest.raises(InputError, match="no document to find topics in"):
        fit_topics(
            TopicDocuments.of([], [], [], np.zeros((0, 4), np.float32)), TopicSettings(), seed=1
        )


@pytest.mark.parametrize("n", [1, 2, 3, 15])
def test_a_few_documents_are_one_topic_with_a_message(n):
    *columns, _ = (part[:n] for part in corpus(5))
    fit = fit_topics(TopicDocuments.of(*columns), TopicSettings(), seed=1)
    assert fit.topics["topic"].to_list() == [0] * n
    assert "too few to cluster" in fit.messages[0]
    assert fit.topics["x"].is_finite().all()


@pytest.mark.parametrize("n", [16, 17, 24])
def test_a_small_corpus_does_not_crash(n):
    *columns, _ = (part[:n] for part in corpus(8))
    documents = TopicDocuments.of(*columns)
    fit = fit_topics(documents, TopicSettings(), seed=1)
    assert len(fit.topics) == n
    info = describe_topics(documents, fit.topics, TopicSettings()).info
    assert info["n_documents"].sum() == n


def test_parameters_scale_with_the_corpus_unless_fixed():
    sizes = [resolve(TopicSettings(), n)["min_topic_size"] for n in (20, 270, 20_000, 430_000)]
    assert sizes == [5, 16, 81, 226]
    assert resolve(TopicSettings(min_topic_size=40), 430_000)["min_topic_size"] == 40


def test_in_a_sample_the_smallest_topic_has_its_share_of_documents():
    found = resolve(TopicSettings(), 430_000, 43_000)
    assert (found["min_topic_size"], found["min_samples"]) == (23, 6)
    assert found["max_topic_size"] == 21_500
    own = resolve(TopicSettings(min_topic_size=300, min_samples=10), 400_000, 40_000)
    assert (own["min_topic_size"], own["min_samples"]) == (30, 2)
    assert resolve(TopicSettings(), 430_000, 430_000) == resolve(TopicSettings(), 430_000)


def test_no_topic_may_hold_more_than_half_but_in_a_small_corpus():
    most = [resolve(TopicSettings(), n)["max_topic_size"] for n in (20, 64, 1_000, 430_000)]
    assert most == [20, 32, 500, 215_000]


def grids(*places):
    """Points of a plane in grids six wide and so many high, which begin at a place each."""
    return np.array(
        [(start + x, y) for start, high in places for x in range(6) for y in range(high)], float
    )


def cluster(reduced, most):
    parameters = {"min_topic_size": 10, "min_samples": 2, "max_topic_size": most}
    return _cluster(reduced, parameters)[0]


def test_a_topic_of_most_documents_is_divided_into_its_parts():
    # Three grids of 36 points side by side, and one of 30 far away.
    reduced = grids((0, 6), (6.6, 6), (13.2, 6), (60, 5))
    assert np.bincount(cluster(reduced, most=0)).tolist() == [108, 30]
    assert sorted(np.bincount(cluster(reduced, most=75))) == [30, 36, 36, 36]


def test_a_topic_that_does_not_divide_stays_whole():
    reduced = grids((0, 20), (60, 5))
    assert np.bincount(cluster(reduced, most=20)).tolist() == [120, 30]


def test_a_document_is_the_mean_of_all_its_sentences():
    frame = pl.DataFrame(
        {
            "sentence_id": ["b-1", "a-2", "a-1"],
            "doc_id": ["b", "a", "a"],
            "vector": [[0.0, 1.0], [0.0, 1.0], [1.0, 0.0]],
        },
        schema_overrides={"vector": pl.Array(pl.Float32, 2)},
    )
    ids, vectors = document_vectors(frame)
    assert ids == ["a", "b"]
    np.testing.assert_allclose(vectors, [[0.5**0.5, 0.5**0.5], [0, 1]], atol=1e-6)


def test_centring_takes_the_language_off():
    generator = np.random.default_rng(0)
    themes = generator.normal(size=(40, 8))
    offset = np.repeat([[3.0] * 8, [-3.0] * 8], 20, axis=0)
    centred = centre_languages((themes + offset).astype(np.float32), ["fr"] * 20 + ["ru"] * 20)
    means = [centred[:20].mean(axis=0), centred[20:].mean(axis=0)]
    assert np.linalg.norm(means[0] - means[1]) < 0.5
