import polars as pl
import pytest

from geostance.settings.topics import IntrusionSettings
from geostance.topics.intrusion import document_tasks, word_tasks

SHOWN = IntrusionSettings(words=3, documents=2, characters=50)
LISTS = {
    (0, "fr"): "gaz hiver gazoduc port",
    (1, "fr"): "vote scrutin maire port",
    (2, "fr"): "cargo port quai",
    (0, "hi"): "गैस सर्दी पाइपलाइन",
    (1, "hi"): "मतदान महापौर",
    (-1, "fr"): "autre chose encore",
    (0, "mul"): "gaz गैस hiver",
}
WORDS = pl.DataFrame(
    [
        (topic, language, rank, word)
        for (topic, language), words in LISTS.items()
        for rank, word in enumerate(words.split(), start=1)
    ],
    schema=["topic", "language", "rank", "word"],
    orient="row",
).with_columns(shown="word")


def test_each_topic_has_a_task_in_each_language_that_lists_enough_words():
    key = word_tasks(WORDS, SHOWN, seed=1)
    tasks = set(key.select("topic", "language").iter_rows())
    assert tasks == {(0, "fr"), (1, "fr"), (2, "fr"), (0, "hi")}
    assert key["task"].is_unique().all() and set(key["kind"]) == {"words"}


@pytest.mark.parametrize("seed", range(8))
def test_the_intruder_is_a_first_word_of_another_topic_and_none_of_this_one(seed):
    for row in word_tasks(WORDS, SHOWN, seed).iter_rows(named=True):
        own = LISTS[row["topic"], row["language"]].split()
        intruder = row["options"][row["intruder"] - 1]
        assert intruder not in own
        assert intruder in LISTS[row["intruder_topic"], row["language"]].split()
        assert sorted(one for one in row["options"] if one != intruder) == sorted(own[:3])


def test_the_same_seed_gives_the_same_sheets_and_another_gives_others():
    one, again, other = (word_tasks(WORDS, SHOWN, seed) for seed in (1, 1, 2))
    assert one.equals(again) and not one.equals(other)


def test_row_order_of_the_table_changes_nothing():
    assert word_tasks(WORDS.reverse(), SHOWN, 1).equals(word_tasks(WORDS, SHOWN, 1))


def test_no_task_tells_its_topic_by_its_order():
    orders = {tuple(word_tasks(WORDS, SHOWN, seed)["topic"]) for seed in range(8)}
    assert len(orders) > 1


def test_documents_are_shown_by_their_beginnings():
    members = pl.DataFrame(
        [(0, "fr", "a"), (0, "fr", "b"), (1, "fr", "c"), (1, "fr", "d"), (1, "fr", "e")],
        schema=["topic", "language", "doc_id"],
        orient="row",
    )
    texts = {name: f" text {name} " + "x" * 80 * (name == "a") for name in "abcde"}
    key = document_tasks(members, texts, SHOWN, seed=1)
    assert sorted(key["topic"]) == [0, 1] and set(key["options"].list.len()) == {3}
    shown = key.filter(topic=0)["options"][0].to_list()
    assert "text b" in shown and any(len(one) == 51 and one.endswith("…") for one in shown)


def test_one_topic_has_no_intruder():
    assert word_tasks(WORDS.filter(topic=0), SHOWN, 1).is_empty()
