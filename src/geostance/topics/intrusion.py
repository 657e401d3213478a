"""Sheets on which coders look for what does not belong to a topic.

Source: Chang et al. 2009, Reading Tea Leaves: How Humans Interpret Topic Models (word
intrusion); Hoyle et al. 2021, Is Automated Topic Model Evaluation Broken? (its use with the
coders' agreement). Document intrusion asks the same of whole texts.
"""

import hashlib
from collections.abc import Mapping

import numpy as np
import polars as pl

from geostance.schema import TABLES
from geostance.settings.topics import IntrusionSettings
from geostance.topics.documents import ALL_LANGUAGES

# A word or a document that stands for another topic: one of its first.
_INTRUDERS_FROM = 5


def word_tasks(words: pl.DataFrame, settings: IntrusionSettings, seed: int) -> pl.DataFrame:
    """Return the table ``intrusion_key`` of one word task for each topic and language.

    A task shows the first words of the topic and, somewhere among them, an intruder: one of the
    first words of another topic that the topic does not list at all. A topic with fewer words in
    a language, or without an intruder, has no task there.

    Args:
        words: the table ``topic_words``.
        settings: how many words are shown.
        seed: seed of the choice of intruders, of places and of the order of tasks.
    """
    lists: dict[str, dict[int, list[str]]] = {}
    for topic, language, word in (
        words.filter((pl.col("topic") >= 0) & (pl.col("language") != ALL_LANGUAGES))
        .sort("topic", "language", "rank")
        .select("topic", "language", "shown")
        .iter_rows()
    ):
        lists.setdefault(language, {}).setdefault(topic, []).append(word)
    return _tasks("words", lists, settings.words, seed)


def document_tasks(
    members: pl.DataFrame, texts: Mapping[str, str], settings: IntrusionSettings, seed: int
) -> pl.DataFrame:
    """Return the table ``intrusion_key`` of one document task for each topic and language.

    A task shows the documents nearest to the centre of the topic, and among them one from near
    the centre of another topic; all by their beginnings.

    Args:
        members: columns topic, language, doc_id; in each language the most central first.
        texts: the text of each document.
        settings: how many documents are shown, and how much of each.
        seed: as for words.
    """
    lists: dict[str, dict[int, list[str]]] = {}
    for topic, language, doc_id in members.select("topic", "language", "doc_id").iter_rows():
        if topic >= 0:
            shown = _beginning(texts[doc_id], settings.characters)
            lists.setdefault(language, {}).setdefault(topic, []).append(shown)
    return _tasks("documents", lists, settings.documents, seed)


def _tasks(
    kind: str, lists: Mapping[str, Mapping[int, list[str]]], n_shown: int, seed: int
) -> pl.DataFrame:
    rows = []
    for language, of_topic in sorted(lists.items()):
        draws = np.random.default_rng([seed, *f"{kind} {language}".encode()])
        tasks = []
        for topic, own in sorted(of_topic.items()):
            known = {one.casefold() for one in own}
            others = [
                (other, one)
                for other, listed in sorted(of_topic.items())
                if other != topic
                for one in listed[:_INTRUDERS_FROM]
                if one.casefold() not in known
            ]
            if len(own) < n_shown or not others:
                continue
            source, intruder = others[int(draws.integers(len(others)))]
            options = [own[i] for i in draws.permutation(n_shown)]
            place = int(draws.integers(n_shown + 1))
            options.insert(place, intruder)
            # A name that tells nothing of the topic, and changes with what is asked.
            told = "\0".join((kind, language, str(seed), *options))
            task = hashlib.sha256(told.encode()).hexdigest()[:10]
            tasks.append((task, kind, language, topic, options, place + 1, source))
        rows += [tasks[i] for i in draws.permutation(len(tasks))]
    return pl.DataFrame(rows, schema=TABLES["intrusion_key"], orient="row")


def _beginning(text: str, characters: int) -> str:
    text = text.strip()
    return text if len(text) <= characters else text[:characters].rstrip() + "…"
