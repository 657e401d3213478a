import polars as pl
import pytest

from geostance.topics.conclusions import Facts, Told, drawn_conclusions, held

# 60 documents: topic 0 has 30, topic 1 has 18, the others are outliers. Outlet A prints all of
# topic 0, outlet B all of topic 1; topic 0 is of the first half, topic 1 of the second.
IDS = [f"d{n:02}" for n in range(60)]
TOPICS = [0] * 30 + [1] * 18 + [-1] * 12
HALVES = ["2024-01-01 – 2024-06-30", "2024-07-01 – 2024-12-31"]


def told(topics=TOPICS, words=None):
    frame = pl.DataFrame({"doc_id": IDS, "topic": topics}, schema_overrides={"topic": pl.Int64})
    return Told(frame, words or {0: {"gaz", "prix"}, 1: {"vote", "maire"}})


def facts(stance=None, outlets=None, periods=None, n_topics=2):
    documents = pl.DataFrame(
        {
            "doc_id": IDS,
            "outlet": outlets or ["A"] * 30 + ["B"] * 30,
            "period": periods or [HALVES[0]] * 30 + [HALVES[1]] * 30,
        },
        schema={"doc_id": pl.String, "outlet": pl.String, "period": pl.String},
    )
    return Facts(documents, stance, n_topics, 0.5, 0.95)


def test_conclusions_are_those_whose_interval_tells_the_sign():
    drawn = drawn_conclusions(told(), facts())
    assert drawn.select("conclusion", "topic", "other").rows() == [
        ("exists", 0, None),
        ("exists", 1, None),
        ("words", 0, None),
        ("words", 1, None),
        ("outlet", 0, "A − B"),
        ("outlet", 1, "A − B"),
        ("period", 0, f"{HALVES[1]} − {HALVES[0]}"),
        ("period", 1, f"{HALVES[1]} − {HALVES[0]}"),
    ]
    # 30 of 60 against 18 of 60 may be chance; that topic 0 is all of A and none of B may not.
    assert drawn.filter(conclusion="outlet")["value"].to_list() == [1.0, pytest.approx(-0.6)]
    assert drawn.filter(conclusion="period")["value"].to_list() == [-1.0, pytest.approx(0.6)]


def test_a_clearly_larger_topic_is_said_to_be_larger():
    topics = [0] * 45 + [1] * 5 + [-1] * 10
    drawn = drawn_conclusions(told(topics), facts()).filter(conclusion="larger")
    assert drawn.select("topic", "other").rows() == [(0, "1")]
    assert drawn["value"].to_list() == [pytest.approx(40 / 60)]
    assert drawn["low"][0] < 40 / 60 < drawn["high"][0]


def test_one_outlet_or_no_date_gives_no_difference():
    drawn = drawn_conclusions(told(), facts(outlets=["A"] * 60, periods=[None] * 60))
    assert set(drawn["conclusion"]) == {"exists", "words"}


def stances(values):
    rows = [(doc_id, "nato", value) for doc_id, value in zip(IDS, values, strict=False)]
    return pl.DataFrame(rows, schema=["doc_id", "target", "stance"], orient="row")


def test_a_clear_mean_stance_is_a_conclusion_and_that_of_a_few_is_none():
    clear = facts(stances([-0.5, -0.4, -0.6, -0.5, -0.4, -0.5]))
    drawn = drawn_conclusions(told(), clear).filter(conclusion="stance")
    assert drawn.select("topic", "other").rows() == [(0, "nato")]
    few = facts(stances([-0.5, -0.4, -0.6, -0.5]))
    assert drawn_conclusions(told(), few).filter(conclusion="stance").is_empty()


def test_every_conclusion_holds_in_the_published_topics_themselves():
    own = facts(stances([-0.5, -0.4, -0.6, -0.5, -0.4, -0.5]))
    found = held(drawn_conclusions(told(), own), told(), told(), own)
    assert found["holds"].all() and found["same_direction"].all()
    assert found["value"].to_list() == found["published"].to_list()


def test_other_numbers_for_the_same_topics_change_nothing():
    renamed = [{0: 7, 1: 3, -1: -1}[topic] for topic in TOPICS]
    other = told(renamed, {7: {"gaz", "prix"}, 3: {"vote", "maire"}})
    found = held(drawn_conclusions(told(), facts()), told(), other, facts())
    assert found["holds"].all()


def test_nothing_holds_of_a_topic_that_is_not_there():
    without = [0] * 30 + [-1] * 30
    found = held(drawn_conclusions(told(), facts()), told(), told(without, {0: {"gaz"}}), facts())
    assert not found.filter(topic=1)["holds"].any()
    assert found.filter(topic=1, conclusion="outlet")["value"].to_list() == [None]
    assert found.filter(topic=0)["holds"].all()


def test_a_difference_the_other_way_round_does_not_hold():
    # Of topic 0 there as many documents are kept; but outlet B printed others of it too.
    outlets = ["A"] * 30 + ["B"] * 30
    moved = ["B"] * 30 + ["A"] * 30
    drawn = drawn_conclusions(told(), facts(outlets=outlets))
    found = held(drawn, told(), told(), facts(outlets=moved)).filter(conclusion="outlet")
    assert not found["same_direction"].any() and not found["holds"].any()


def test_other_words_are_no_longer_the_same_words():
    other = told(TOPICS, {0: {"gaz", "hiver"}, 1: {"match", "but"}})
    found = held(drawn_conclusions(told(), facts()), told(), other, facts())
    words = found.filter(conclusion="words")
    assert words["value"].to_list() == [0.5, 0.0] and words["holds"].to_list() == [True, False]
