import polars as pl
import pytest

from geostance.coding import coding_tasks
from geostance.schema import TABLES


def table(name, *rows):
    return pl.DataFrame(rows, schema=TABLES[name], orient="row")


@pytest.fixture
def tables():
    frame = table(
        "frame",
        ("a", "russia", "all", 0.9, 1, 0.5), ("a", "nato", "all", 0.2, 1, 0.5),
        ("b", "russia", "all", 0.1, 2, 0.5), ("c", "russia", "all", 0.05, None, None),
        ("d", "russia", "all", 0.4, 1, 0.5), ("gone", "russia", "all", 0.0, 1, 0.5),
    )  # fmt: skip
    cleaned = table(
        "cleaned",
        *((one, "Moscou parle" if one == "a" else None, "La Russie attend. L'Otan aussi.", "fr", 1.0, None, []) for one in "abcd"),
    )  # fmt: skip
    documents = table(
        "documents", *((one, "x.csv", 1, "Phare", None, None, None, None, None, "") for one in "abcd")
    )  # fmt: skip
    return frame, documents, cleaned


def test_an_article_comes_with_all_its_targets_in_the_order_of_chance(tables):
    tasks = coding_tasks(*tables)
    # Those of a later round behind those of the first; what left the corpus is no task.
    assert [task.key for task in tasks] == [("a", "nato"), ("a", "russia"), ("d", "russia"), ("b", "russia")]  # fmt: skip
    assert [task.key[0] for task in coding_tasks(*tables, since=2)] == ["b"]


def test_mentions_and_sentences_are_offsets_into_the_whole_text(tables):
    task = coding_tasks(*tables, language="fr")[1]
    assert task.text == "Moscou parle\n\nLa Russie attend. L'Otan aussi."
    assert [task.text[slice(*span)] for span in task.mentions] == ["Moscou", "Russie"]
    assert [task.text[slice(*span)] for span in task.sentences] == ["Moscou parle", "La Russie attend.", "L'Otan aussi."]  # fmt: skip
    assert (task.label, task.source) == ("Russie", "Phare")
