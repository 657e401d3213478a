import numpy as np
import polars as pl
import pytest

from geostance.config import read_config
from geostance.errors import ConfigError, InputError
from geostance.settings.topics import TopicSettings
from geostance.topics import Guidance, NamedTheme, TopicDocuments, fit_topics, name_topics
from geostance.topics.guidance import Themes, draw_together, nearest_theme, own_topics
from geostance.topics.vectors import LanguageMeans

# The axis that each text lies on; French lies on a further one, as encoders have it.
AXES = {"le gaz": 0, "gas": 0, "le vote": 1, "le sport": 2, "la neige": 5}
DIM = 12


def encode(texts):
    """An encoder of known texts: along their axis, with a part that says they are French."""
    vectors = np.zeros((len(texts), DIM), np.float32)
    for row, text in enumerate(texts):
        vectors[row, AXES[text]] = 0.8
        vectors[row, 11] = 0.6 if text.startswith(("le ", "la ")) else -0.6
    return vectors


def press(per_theme=30, seed=0):
    """French documents of three themes, in the order of their ids, and the theme of each."""
    generator = np.random.default_rng(seed)
    themes = generator.permutation(np.repeat(np.arange(3), per_theme))
    vectors = 0.8 * np.eye(3, DIM)[themes] + generator.normal(scale=0.06, size=(len(themes), DIM))
    vectors[:, 11] += 0.6
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    ids = [f"{row:03d}" for row in range(len(themes))]
    texts = [["gaz livré", "vote compté", "sport joué"][theme] for theme in themes]
    documents = TopicDocuments.of(ids, texts, ["fr"] * len(ids), vectors.astype(np.float32))
    return documents, themes


def fit(settings, documents):
    return fit_topics(documents, settings, 1, Guidance.of(settings, encode))


@pytest.fixture(scope="module")
def zero_shot():
    documents, themes = press()
    settings = TopicSettings(
        zero_shot={"Gaz": {"fr": "le gaz", "en": "gas"}, "Neige": {"fr": "la neige"}},
        zero_shot_similarity=0.5,
    )
    return fit(settings, documents), themes


def test_documents_near_a_theme_take_it_and_the_rest_is_clustered(zero_shot):
    found, themes = zero_shot
    topics = found.topics["topic"].to_numpy()
    (named,) = [theme for theme in found.themes if theme.name == "Gaz"]
    assert named.kind == "zero_shot" and named.n_near == 30
    assert set(np.flatnonzero(topics == named.topic)) == set(np.flatnonzero(themes == 0))
    others = [set(themes[topics == topic]) for topic in set(topics) - {-1, named.topic}]
    assert sorted(others, key=str) == [{1}, {2}]
    nearness = found.topics.filter(topic=named.topic)["probability"]
    assert 0.5 <= nearness.min() and nearness.max() <= 1


def test_a_theme_without_documents_has_no_topic_and_is_told(zero_shot):
    found, _ = zero_shot
    assert NamedTheme("Neige", "zero_shot", None, 0) in found.themes
    assert "no text is near the theme Neige" in found.messages


def test_seed_words_name_the_topic_made_of_their_documents():
    documents, themes = press()
    settings = TopicSettings(
        guided={"Scrutin": {"fr": ["le", "vote"]}, "Neige": {"fr": ["la", "neige"]}},
        guided_similarity=0.5,
    )
    found = fit(settings, documents)
    scrutin, snow = found.themes
    topics = found.topics["topic"].to_numpy()
    assert scrutin.kind == "guided" and scrutin.n_near == 30
    assert set(themes[topics == scrutin.topic]) == {1}
    assert snow.topic is None


def test_too_few_documents_beside_a_theme_are_outliers():
    documents, themes = press(per_theme=30)
    few = np.flatnonzero(themes == 1)[:5]
    rows = sorted([*np.flatnonzero(themes == 0), *few])
    some = TopicDocuments(
        [documents.doc_ids[row] for row in rows],
        [documents.texts[row] for row in rows],
        ["fr"] * len(rows),
        documents.vectors[rows],
    )
    # The mean of the language is mostly the theme itself here.
    settings = TopicSettings(zero_shot={"Gaz": {"fr": "le gaz"}}, zero_shot_similarity=-0.2)
    found = fit(settings, some)
    assert found.topics["topic"].to_list() == [-1 if row in few else 0 for row in rows]
    assert any("near no theme are outliers" in message for message in found.messages)


def test_themes_without_their_vectors_are_refused():
    documents, _ = press(per_theme=6)
    settings = TopicSettings(zero_shot={"Gaz": {"fr": "le gaz"}})
    with pytest.raises(InputError, match="no vectors for the themes Gaz"):
        fit_topics(documents, settings, 1)


def test_a_theme_in_another_language_counts_and_is_told():
    means = LanguageMeans.of(press()[0].vectors, ["fr"] * 90)
    themes = Themes.of({"Gaz": {"en": "gas"}, "Vote": {"fr": "le vote", "en": "gas"}}, encode)
    names, vectors = themes.centred(means)
    assert names == ["Gaz", "Vote"]
    # The English text beside a French one is left out: its language was not measured.
    only_french = Themes.of({"Vote": {"fr": "le vote"}}, encode).centred(means)[1]
    np.testing.assert_array_equal(vectors[1:], only_french)
    said = Guidance(zero_shot=themes).messages(["fr", "fr"], [])
    assert said == ["the theme Gaz has no text in a language of the corpus (fr)"]


def test_the_nearest_theme_must_be_near_enough():
    vectors = np.array([[1, 0], [0.6, 0.8], [-1, 0]], np.float32)
    near, closeness = nearest_theme(vectors, np.eye(2, dtype=np.float32), 0.9)
    assert near.tolist() == [0, -1, -1]
    np.testing.assert_allclose(closeness, [1, 0.8, 0], atol=1e-6)


def test_only_documents_near_a_seed_move_and_a_quarter_of_the_way():
    vectors = np.array([[1.0, 0.0], [1.0, 0.0]])
    drawn = draw_together(vectors, np.array([[0.0, 1.0]]), np.array([-1, 0]))
    np.testing.assert_allclose(drawn, [[1, 0], [0.75, 0.25]])


def test_a_topic_mostly_of_other_documents_is_not_the_themes():
    topics = np.array([0, 0, 0, 0, 0, 1, 1, -1])
    near = np.array([0, 0, -1, -1, -1, 1, -1, 1])
    assert own_topics(near, topics, 3) == [None, 1, None]


def test_named_topics_bear_their_names():
    info = pl.DataFrame({"topic": [-1, 0, 1], "label": ["outliers", "0 gaz", "1 vote"]})
    named = name_topics(
        info, [NamedTheme("Gaz", "zero_shot", 0, 9), NamedTheme("N", "guided", None, 0)]
    )
    assert named["label"].to_list() == ["outliers", "Gaz", "1 vote"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("zero_shot: {gaz: {}}", "zero_shot.gaz"),
        ("guided: {gaz: {fr: []}}", "guided.gaz.fr"),
        ("{guided: {gaz: {fr: [gaz]}}, zero_shot: {gaz: {fr: gaz}}}", "at once"),
        ("{number: 1, zero_shot: {gaz: {fr: gaz}}}", "leaves no topic beside 1 zero-shot"),
    ],
)
def test_themes_that_say_nothing_are_refused(tmp_path, text, said):
    path = tmp_path / "study.yml"
    path.write_text(f"topics: {text if text[0] == '{' else '{' + text + '}'}\n")
    with pytest.raises(ConfigError, match=said):
        read_config(path)
