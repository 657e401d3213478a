from datetime import date

import numpy as np
import polars as pl

from geostance.topics.documents import TopicDocuments
from geostance.topics.representatives import topic_documents


def described(angles, languages=None, topics=None, typical=None, dates=(), n=3):
    """Documents in a plane, each at an angle (degrees), named a, b, c…"""
    names = [chr(97 + at) for at in range(len(angles))]
    turned = np.radians(np.array(angles, dtype=float))
    vectors = np.stack([np.cos(turned), np.sin(turned)], axis=1).astype(np.float32)
    documents = TopicDocuments.of(names, names, languages or ["fr"] * len(names), vectors)
    frame = pl.DataFrame({"doc_id": names, "topic": topics or [0] * len(names)})
    return topic_documents(
        documents,
        frame,
        np.array(typical if typical is not None else [0.0] * len(names)),
        pl.DataFrame(list(dates), schema={"doc_id": pl.String, "date": pl.Date}, orient="row"),
        n,
    )


def test_each_is_chosen_for_a_reason():
    found = described(
        [0, -40, 40, -30, 30],
        typical=[0, 5, 0, 0, 0],
        dates=[("c", date(2020, 1, 1)), ("e", date(2021, 1, 1)), ("a", date(2022, 1, 1))],
    )
    # c is earlier than e, but at the edge of the topic.
    assert found.select("doc_id", "reason", "rank").rows() == [
        ("a", "central", 1),
        ("b", "typical_words", 2),
        ("e", "earliest", 3),
    ]
    assert found["similarity"][0] > 0.99


def test_without_dates_the_third_is_another_side_of_the_topic():
    found = described([0, 25, -25, 60])
    assert found["reason"].to_list() == ["central", "typical_words", "varied"]
    assert found["doc_id"].n_unique() == 3


def test_near_copies_are_shown_once():
    assert described([0, 1, 2, 3])["doc_id"].len() == 1


def test_each_language_has_its_own_and_outliers_have_none():
    found = described([0, 0, 90, 90], ["fr", "ru", "fr", "ru"], [0, 0, -1, 1], n=1)
    assert found.select("topic", "language", "doc_id").rows() == [
        (0, "fr", "a"),
        (0, "ru", "b"),
        (1, "ru", "d"),
    ]


def test_no_more_are_chosen_than_wanted():
    assert described([0, 40, 80, 120], n=1)["reason"].to_list() == ["central"]
