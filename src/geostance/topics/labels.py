"""Names of topics by a language model behind a service: asked for only where a study says so."""

import json
from collections import Counter
from pathlib import Path
from typing import Any

import polars as pl

from geostance.errors import ConfigError
from geostance.responses import Responses
from geostance.service import ChatService, chat_request
from geostance.settings.stance import LlmSettings
from geostance.topics.description import TopicDescription
from geostance.topics.documents import ALL_LANGUAGES, TopicDocuments

# Bound to the question: another question must not find the answers to this one.
VERSION = "topic-label-1"
# Sent of each representative document, from its beginning.
EXCERPT_CHARACTERS = 300
# Longer names do not fit a figure.
LONGEST_LABEL = 60
SCHEMA = {
    "type": "object",
    "properties": {"label": {"type": "string"}},
    "required": ["label"],
    "additionalProperties": False,
}
_INSTRUCTION = (
    "You name the topics of a press corpus for a scientific report. You get the words that set one "
    "topic apart and the beginnings of documents of that topic. Answer with a JSON object "
    '{{"label": "..."}}: a noun phrase of two to five words in the language with the BCP 47 tag '
    "{language}, which says what the documents have in common. No judgement, no punctuation at the "
    "end, nothing that the words and documents do not show."
)


def label_topics(
    description: TopicDescription,
    documents: TopicDocuments,
    settings: LlmSettings,
    responses: Path | None = None,
    service: ChatService | None = None,
) -> tuple[pl.DataFrame, dict[str, Any]]:
    """Return the table ``topic_info`` with the labels of a language model, and what it took.

    Words and the beginnings of representative documents of the main language are sent. An
    answer is kept in ``responses`` and never asked for twice. Where the model refuses, or
    answers out of form, the topic keeps the label made of its words; this is counted.

    Raises:
        ConfigError: the settings name no model.
        ServiceError: the service failed; the answers received until then are kept.
    """
    if settings.model is None:
        raise ConfigError(
            "topics.labels is llm, and no model is named",
            "stance.llm.model",
            "give the name under which the service knows the model, or set topics.labels: words",
        )
    service = service or ChatService(
        settings.url,
        settings.key_variable,
        settings.concurrency,
        settings.attempts,
        settings.timeout_seconds,
    )
    kept = Responses(responses)
    requests = {
        topic: chat_request(
            settings, VERSION, _messages(description, documents, topic), "topic_label", SCHEMA
        )
        for topic in description.info["topic"].to_list()
        if topic >= 0
    }
    answers = {key: kept.get(key) for key, _ in requests.values()}
    missing = {key: body for key, body in requests.values() if answers[key] is None}
    retried = service.complete(
        missing, lambda key, answer: kept.put(key, {"question": VERSION, **answer})
    )
    answers |= {key: kept.get(key) for key in missing}
    counts = Counter(requests=len(missing), cached=len(answers) - len(missing), retried=retried)
    tokens: Counter[str] = Counter()
    labels = {}
    for topic, (key, _) in requests.items():
        answer = answers[key] or {}
        label = read_label(answer.get("content") or "")
        if label is None:
            filtered = answer.get("finish_reason") == "content_filter"
            counts["refused" if filtered or answer.get("refusal") else "malformed"] += 1
        else:
            labels[topic] = f"{topic} {label}"
        if key in missing:
            tokens["in"] += answer.get("tokens_in") or 0
            tokens["out"] += answer.get("tokens_out") or 0
    named = description.info.with_columns(
        label=pl.col("topic").replace_strict(
            labels, default=pl.col("label"), return_dtype=pl.String
        )
    )
    names = ("requests", "cached", "retried", "refused", "malformed")
    return named, {"labels": {name: counts[name] for name in names}, "label_tokens": dict(tokens)}


def read_label(content: str) -> str | None:
    """Return the label in an answer, None where it is out of form."""
    try:
        value = json.loads(content)
    except ValueError:
        return None
    label = value.get("label") if isinstance(value, dict) else None
    if not isinstance(label, str):
        return None
    label = " ".join(label.split())
    fits = 0 < len(label) <= LONGEST_LABEL and label.isprintable()
    return label if fits else None


def _messages(
    description: TopicDescription, documents: TopicDocuments, topic: int
) -> list[dict[str, str]]:
    language = description.main_language
    words = description.words.filter(topic=topic, language=language).sort("rank")
    if words.is_empty():
        words = description.words.filter(topic=topic, language=ALL_LANGUAGES).sort("rank")
    place = {doc_id: at for at, doc_id in enumerate(documents.doc_ids)}
    own = description.documents.filter(topic=topic)
    chosen = own.filter(language=language)
    chosen = (own if chosen.is_empty() else chosen).sort("language", "rank")["doc_id"].head(3)
    asked = {
        "words": words["shown"].to_list(),
        "documents": [documents.texts[place[one]][:EXCERPT_CHARACTERS] for one in chosen],
    }
    return [
        {"role": "system", "content": _INSTRUCTION.format(language=language)},
        {"role": "user", "content": json.dumps(asked, ensure_ascii=False)},
    ]
