import json

import numpy as np
import polars as pl
import pytest

from geostance.errors import ConfigError
from geostance.settings.stance import LlmSettings
from geostance.settings.topics import DescriptionSettings
from geostance.topics import TopicDocuments, describe_topics, label_topics
from geostance.topics.labels import read_label

SETTINGS = LlmSettings(model="small")


class Service:
    """Answers each request in turn, and remembers what it was asked."""

    def __init__(self, *answers):
        self.answers, self.bodies = iter(answers), []

    def complete(self, requests, keep):
        for key, body in requests.items():
            self.bodies.append(body)
            keep(key, {"tokens_in": 10, "tokens_out": 5, **next(self.answers)})
        return 0


@pytest.fixture
def described():
    texts = [
        "le gazoduc livre du gaz",
        "le gazoduc fuit",
        "le scrutin commence",
        "le scrutin finit",
    ]
    vectors = np.array([[1, 0], [0.8, 0.6], [0, 1], [0.6, -0.8]], np.float32)
    documents = TopicDocuments.of(list("abcd"), texts, ["fr"] * 4, vectors)
    topics = pl.DataFrame({"doc_id": list("abcd"), "topic": [0, 0, 1, 1]})
    return describe_topics(documents, topics, DescriptionSettings()), documents


def said(label):
    return {"content": json.dumps({"label": label})}


def test_topics_take_the_names_that_the_model_gives(described, tmp_path):
    service = Service(said("Livraisons de gaz"), said("Élections  locales"))
    info, bill = label_topics(*described, SETTINGS, tmp_path, service)
    assert info["label"].to_list() == ["0 Livraisons de gaz", "1 Élections locales"]
    assert bill["labels"] == dict(requests=2, cached=0, retried=0, refused=0, malformed=0)
    assert bill["label_tokens"] == {"in": 20, "out": 10}
    sent = json.dumps(service.bodies[0], ensure_ascii=False)
    assert "gazoduc livre du gaz" in sent and "BCP 47 tag fr" in sent


def test_answers_are_kept_and_not_asked_for_again(described, tmp_path):
    answers = said("Gaz"), said("Vote")
    first, _ = label_topics(*described, SETTINGS, tmp_path, Service(*answers))
    again, bill = label_topics(*described, SETTINGS, tmp_path, Service())
    assert again.equals(first)
    assert (bill["labels"]["requests"], bill["labels"]["cached"]) == (0, 2)


def test_a_refusal_or_an_answer_out_of_form_leaves_the_words(described):
    service = Service({"content": None, "refusal": "no"}, {"content": "Élections"})
    info, bill = label_topics(*described, SETTINGS, None, service)
    assert info.equals(described[0].info)
    assert (bill["labels"]["refused"], bill["labels"]["malformed"]) == (1, 1)


def test_without_a_model_nothing_is_asked(described):
    with pytest.raises(ConfigError, match="no model is named"):
        label_topics(*described, LlmSettings(), None, Service())


@pytest.mark.parametrize(
    "content", ["", "gaz", "[]", '{"label": 3}', '{"label": "  "}', '{"name": "gaz"}', "null"]
)
def test_answers_out_of_form_are_no_labels(content):
    assert read_label(content) is None


def test_a_label_is_one_short_printable_line():
    assert read_label('{"label": "Prix\\ndu gaz"}') == "Prix du gaz"
    assert read_label(json.dumps({"label": "gaz " * 30})) is None
    assert read_label(json.dumps({"label": "gaz\u200e\x07"})) is None
