"""Find the topics of a fit that edits were made of, by content: numbers change with each fit."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import polars as pl

from geostance.settings.topics import TopicEditSettings
from geostance.topics.edits import TopicEdit

Status = Literal["applied", "drifted", "lost"]

# Words only decide between topics that have as many of the documents.
_WORDS_WEIGH = 1e-6
# Sums of nths: a hair below a level is at it.
_HAIR = 1e-9


@dataclass(frozen=True)
class Match:
    """An edit and the topic of the fit that is most like the one it was made of.

    ``topic`` is null only where the fit has no topic left with any of it. The overlaps are shares
    of the edit's documents in the corpus, and of its words; null where it has none.
    """

    edit: TopicEdit
    topic: int | None
    document_overlap: float | None
    word_overlap: float | None
    status: Status

    @property
    def applies(self) -> bool:
        """Whether the edit is carried out."""
        return self.status != "lost"


def match_edits(
    edits: Sequence[TopicEdit],
    topics: pl.DataFrame,
    words: pl.DataFrame,
    settings: TopicEditSettings,
) -> tuple[Match, ...]:
    """Match each edit with a topic of the fit, no topic with two.

    The assignment has the greatest sum of document overlaps, and of these the one with the
    greatest sum of word overlaps. An edit is

    - ``lost`` where the topic has fewer of its documents than ``lost_below``: the fit has no
      such topic any more, and the match only says which one comes nearest;
    - ``drifted`` where it has fewer than ``drifted_below``, where fewer than half of the documents
      are still in the corpus, or where the topic has fewer than ``lost_below`` of the words;
    - ``applied`` otherwise.

    Without any of its documents in the corpus an edit is found by its words alone.

    Args:
        edits: what was decided.
        topics: the table ``topics``, or its columns doc_id and topic; −1 matches no edit.
        words: the table ``topic_words`` of these topics, all languages counting alike.
        settings: the levels.

    Source: Kuhn 1955, The Hungarian method for the assignment problem (optimal assignment).
    """
    from scipy.optimize import linear_sum_assignment

    kept = topics.filter(pl.col("topic") >= 0)
    # In the order of their first documents, so that nothing hangs on the numbers.
    numbers = kept.group_by("topic").agg(pl.col("doc_id").min()).sort("doc_id")["topic"].to_list()
    by_documents, known_share = _document_overlaps(edits, topics, numbers)
    by_words = _word_overlaps(edits, words, numbers)
    decisive = np.where(np.isnan(by_documents), np.nan_to_num(by_words), by_documents)
    score = np.where(decisive >= settings.lost_below - _HAIR, decisive, 0)
    score += _WORDS_WEIGH * np.nan_to_num(by_words) + _WORDS_WEIGH**2 * decisive
    rows, columns = linear_sum_assignment(score, maximize=True)
    chosen = dict(zip(rows.tolist(), columns.tolist(), strict=True))
    matches = []
    for row, edit in enumerate(edits):
        place = chosen.get(row, -1)
        if place < 0 or score[row, place] == 0:
            matches.append(Match(edit, None, None, None, "lost"))
            continue
        overlap, shared = float(by_documents[row, place]), float(by_words[row, place])
        status: Status = "applied"
        if decisive[row, place] < settings.lost_below - _HAIR:
            status = "lost"
        elif (
            known_share[row] < 0.5
            or overlap < settings.drifted_below - _HAIR
            or shared < settings.lost_below - _HAIR
        ):
            status = "drifted"
        matches.append(Match(edit, numbers[place], _known(overlap), _known(shared), status))
    return tuple(matches)


def _document_overlaps(
    edits: Sequence[TopicEdit], topics: pl.DataFrame, numbers: list[int]
) -> tuple[np.ndarray, np.ndarray]:
    """Return the share of each edit's documents in each topic, NaN without any in the corpus,
    and the share of its documents that are in the corpus.
    """
    column = {topic: place for place, topic in enumerate(numbers)}
    topic_of = dict(topics.select("doc_id", "topic").iter_rows())
    overlaps = np.full((len(edits), len(numbers)), np.nan)
    known_share = np.zeros(len(edits))
    for row, edit in enumerate(edits):
        known = [topic_of[one] for one in edit.match.documents if one in topic_of]
        if known:
            known_share[row] = len(known) / len(edit.match.documents)
            found = [column[topic] for topic in known if topic in column]
            overlaps[row] = np.bincount(found, minlength=len(numbers)) / len(known)
    return overlaps, known_share


def _word_overlaps(
    edits: Sequence[TopicEdit], words: pl.DataFrame, numbers: list[int]
) -> np.ndarray:
    """Return the share of each edit's words that each topic has, NaN for an edit without words."""
    words_of: dict[int, set[str]] = {topic: set() for topic in numbers}
    for topic, word in words.select("topic", "word").iter_rows():
        if topic in words_of:
            words_of[topic].add(word.casefold())
    overlaps = np.full((len(edits), len(numbers)), np.nan)
    for row, edit in enumerate(edits):
        own = {word.casefold() for word in edit.match.words}
        if own:
            overlaps[row] = [len(own & words_of[topic]) / len(own) for topic in numbers]
    return overlaps


def _known(value: float) -> float | None:
    return None if np.isnan(value) else round(value, 9)
