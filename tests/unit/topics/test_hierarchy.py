import numpy as np
import polars as pl
import pytest

from geostance.settings.topics import DescriptionSettings
from geostance.topics.documents import ALL_LANGUAGES, TopicDocuments
from geostance.topics.hierarchy import topic_hierarchy
from geostance.topics.words import lexicons

TEXTS = {0: "gaz gazoduc", 1: "pétrole gazoduc", 2: "match finale", -1: "divers"}
PLACES = {0: [1.0, 0.1, 0.0], 1: [1.0, -0.1, 0.0], 2: [0.0, 0.0, 1.0], -1: [0.0, -1.0, 0.0]}


def tree(topics, n_words=2):
    names = [f"{at:02d}" for at in range(len(topics))]
    texts = [TEXTS[topic] for topic in topics]
    vectors = np.array([PLACES[topic] for topic in topics], np.float32).reshape(-1, 3)
    documents = TopicDocuments.of(names, texts, ["fr"] * len(topics), vectors)
    frame = pl.DataFrame({"doc_id": names, "topic": topics}, schema_overrides={"topic": pl.Int64})
    settings = DescriptionSettings(lemmas=False, terms=False)
    rows, lexicon = lexicons(texts, documents.languages, settings)[ALL_LANGUAGES]
    return topic_hierarchy(documents, frame, lexicon, rows, n_words)


def test_topics_that_are_alike_are_joined_first():
    found = tree([0] * 6 + [1] * 5 + [2] * 7 + [-1])
    assert found["topic"].to_list() == [0, 1, 2, None, None]
    joint, root = found.row(3, named=True), found.row(4, named=True)
    assert {joint["left"], joint["right"]} == {0, 1}
    assert {root["left"], root["right"]} == {2, 3}
    assert joint["distance"] < root["distance"]
    assert found["n_documents"].to_list() == [6, 5, 7, 11, 18]
    assert found["n_topics"].to_list() == [1, 1, 1, 2, 3]


def test_a_joint_has_the_words_of_its_topics():
    found = tree([0] * 6 + [1] * 5 + [2] * 7)
    assert "gazoduc" in found["words"][3].to_list()
    assert set(found["words"][2].to_list()) == {"finale", "match"}


@pytest.mark.parametrize(("topics", "nodes"), [([], 0), ([-1, -1], 0), ([2, 2, -1], 1)])
def test_few_topics_make_a_small_tree(topics, nodes):
    found = tree(topics)
    assert found.height == nodes
    assert found["distance"].to_list() == [0.0] * nodes
