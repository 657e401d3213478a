import numpy as np
import pytest

from geostance.topics.leakage import information, language_leakage, shares_of_topics


def leakage(languages, topics, strata=None, permutations=400):
    return language_leakage(languages, topics, permutations, np.random.default_rng(3), strata)


def test_topics_that_are_languages_tell_all_of_it():
    found = leakage(["fr", "en"] * 50, [0, 1] * 50)
    assert found.information == pytest.approx(1) and found.entropy == pytest.approx(1)
    assert found.excess > 0.8 and found.p_value == pytest.approx(1 / 401)
    assert found.excess_share == pytest.approx(found.excess)


def test_topics_that_hold_languages_alike_tell_nothing():
    found = leakage(["fr", "en", "fr", "en"] * 25, [0, 0, 1, 1] * 25)
    assert found.information == 0 and found.excess < 0 and found.p_value == 1


def test_information_by_hand():
    # Joint shares 3/8, 1/8, 1/8, 3/8: margins are even.
    expected = 2 * (3 / 8 * np.log2(3 / 2)) + 2 * (1 / 8 * np.log2(1 / 2))
    assert information(np.array([[3, 1], [1, 3]])) == pytest.approx(expected)


def test_information_is_that_of_scikit_learn():
    from sklearn.metrics import mutual_info_score

    draw = np.random.default_rng(5)
    languages, topics = draw.integers(0, 3, 80), draw.integers(0, 7, 80)
    found = leakage([str(n) for n in languages], topics.tolist())
    assert found.information == pytest.approx(mutual_info_score(languages, topics) / np.log(2))


def test_the_baseline_is_that_of_shuffled_languages():
    draw = np.random.default_rng(6)
    languages = np.array(["fr"] * 60 + ["en"] * 25 + ["ru"] * 15)
    topics = draw.integers(0, 5, 100)
    found = leakage(languages.tolist(), topics.tolist(), permutations=4000)
    shuffled = [
        leakage(draw.permutation(languages).tolist(), topics.tolist(), permutations=100).information
        for _ in range(400)
    ]
    assert found.chance == pytest.approx(np.mean(shuffled), rel=0.06)
    assert found.baseline == pytest.approx(np.quantile(shuffled, 0.99), rel=0.15)


def test_themes_of_other_outlets_are_not_leakage_within_themes():
    # French papers write of gas, English ones of votes; topics follow the theme.
    languages = ["fr"] * 40 + ["en"] * 10 + ["fr"] * 10 + ["en"] * 40
    themes = ["gas"] * 50 + ["vote"] * 50
    topics = [0] * 50 + [1] * 50
    assert leakage(languages, topics).excess > 0
    found = leakage(languages, topics, themes)
    assert found.information > 0.2
    assert found.excess == pytest.approx(0) and found.p_value == 1


def test_topics_that_follow_language_within_a_theme_are():
    languages = ["fr", "en"] * 50
    themes = ["gas"] * 50 + ["vote"] * 50
    topics = [0, 1] * 25 + [2, 3] * 25
    found = leakage(languages, topics, themes)
    assert found.information == pytest.approx(1) and found.excess > 0.5


def test_translations_in_topics_of_their_language_are_leakage_within_pairs():
    languages, pairs = ["fr", "en", "ru"] * 20, [str(n // 3) for n in range(60)]
    themes = [n // 3 % 2 for n in range(60)]
    assert leakage(languages, themes, pairs).excess == pytest.approx(0)
    own = [theme * 3 + n % 3 for n, theme in enumerate(themes)]
    assert leakage(languages, own, pairs).excess > 0.5
    # Some go astray, but as often in one language as in another.
    astray = [2 if n % 7 == 0 else theme for n, theme in enumerate(themes)]
    assert leakage(languages, astray, pairs).excess < 0


def test_within_strata_the_baseline_is_that_of_languages_shuffled_there():
    draw = np.random.default_rng(8)
    strata = np.repeat(range(12), 10)
    languages = draw.choice(["fr", "en"], 120)
    topics = (strata + draw.integers(0, 2, 120)) % 4
    found = leakage(languages.tolist(), topics.tolist(), strata.tolist(), 2000)
    shuffled = []
    for _ in range(400):
        order = np.concatenate([draw.permutation(10) + 10 * part for part in range(12)])
        table = np.zeros((4, 2))
        np.add.at(table, (topics, (languages[order] == "fr").astype(int)), 1)
        shuffled.append(information(table))
    assert found.chance == pytest.approx(np.mean(shuffled), rel=0.1)
    assert found.baseline == pytest.approx(np.quantile(shuffled, 0.99), rel=0.25)


@pytest.mark.parametrize(("languages", "topics"), [([], []), (["fr"] * 4, [0, 1, 0, 1])])
def test_where_nothing_can_be_told_nothing_is(languages, topics):
    found = leakage(languages, topics)
    assert (found.information, found.excess, found.excess_share, found.p_value) == (0, 0, 0, 1)


def test_many_topics_are_dealt_out_in_parts(monkeypatch):
    languages, topics = ["fr", "en"] * 20, list(range(8)) * 5
    monkeypatch.setattr("geostance.topics.leakage._CELLS", 16)
    assert 0 < leakage(languages, topics).chance < 0.5


def test_shares_by_hand():
    found = shares_of_topics(["fr", "fr", "en", "en"], [0, 0, 0, 1])
    rows = {(row["topic"], row["group"]): row for row in found.iter_rows(named=True)}
    french = rows[0, "fr"]
    assert (french["n_documents"], french["corpus_share"]) == (2, 0.5)
    assert french["share"] == pytest.approx(2 / 3)
    # Two French among three drawn of two French and two English: 2 of the 4 draws of three.
    assert french["p_value"] == pytest.approx(1 / 2)
    assert rows[1, "en"]["share"] == 1 and rows[1, "en"]["p_value"] == pytest.approx(1 / 2)


def test_no_document_has_no_share():
    assert shares_of_topics([], []).is_empty()
