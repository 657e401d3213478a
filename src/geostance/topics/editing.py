"""Carry out topic edits on a fit: merge, name and mark, without fitting again."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import polars as pl

from geostance.errors import ConfigError
from geostance.schema import TABLES
from geostance.settings.topics import TopicEditSettings
from geostance.topics.edits import Mark, TopicEdit, group_label, merge_key
from geostance.topics.matching import Match, match_edits


@dataclass(frozen=True)
class EditedTopics:
    """The topics of a fit with their edits.

    A merged topic bears the smallest number that its parts have in the fit; every other topic
    keeps its own, so that a number always leads back to the fit. ``numbers`` holds the parts whose
    number changes; ``labels`` and ``marks`` are by published number.
    """

    matches: tuple[Match, ...]
    numbers: dict[int, int] = field(default_factory=dict)
    labels: dict[int, str] = field(default_factory=dict)
    marks: dict[int, Mark] = field(default_factory=dict)

    def published(self, topic: int) -> int:
        """Return the published number of a topic of the fit."""
        return self.numbers.get(topic, topic)

    def renumber(self, frame: pl.DataFrame) -> pl.DataFrame:
        """Return a table of the fit with the published numbers in its column ``topic``."""
        return frame.with_columns(pl.col("topic").replace(self.numbers))

    def named(self, info: pl.DataFrame) -> pl.DataFrame:
        """Return the table ``topic_info`` with the researcher's names.

        A topic marked drop or unsure has the mark behind its label: its documents stay, and
        whoever reads a figure sees what its author thinks of the topic.

        Raises:
            ConfigError: a name is the label of another topic.
        """
        marks = {t: f" [{mark}]" for t, mark in self.marks.items() if mark != "keep"}
        labels = [
            self.labels.get(topic, label) + marks.get(topic, "")
            for topic, label in info.select("topic", "label").iter_rows()
        ]
        if doubled := sorted({label for label in labels if labels.count(label) > 1}):
            raise ConfigError(
                f"two topics would have the label {doubled[0]!r}",
                "the topic edits",
                "choose a name that is not another topic's label",
            )
        return info.with_columns(label=pl.Series(labels, dtype=pl.String))

    def table(self, fitted: pl.DataFrame) -> pl.DataFrame:
        """Return the table ``topic_edits``; ``fitted`` is the table ``topics`` of the fit."""
        sizes = dict(fitted.group_by("topic").len().iter_rows())
        rows = [
            (
                place,
                match.topic,
                self.published(match.topic) if match.applies else None,
                match.edit.name,
                match.edit.merge,
                match.edit.mark,
                match.edit.note,
                match.document_overlap,
                match.word_overlap,
                sizes.get(match.topic),
                match.status,
            )
            for place, match in enumerate(self.matches, start=1)
        ]
        return pl.DataFrame(rows, schema=TABLES["topic_edits"], orient="row")

    def messages(self, fitted: pl.DataFrame) -> list[str]:
        """Return what the researcher must know of edits that drifted, are lost or drop a topic."""
        told = [
            _told(place, match)
            for place, match in enumerate(self.matches, start=1)
            if match.status != "applied"
        ]
        dropped = {topic for topic, mark in self.marks.items() if mark == "drop"}
        if dropped:
            n_documents = self.renumber(fitted)["topic"].is_in(dropped).sum()
            told.append(
                f"{len(dropped)} topics are marked drop; their {n_documents} documents stay in "
                "every table and figure, under a label that says so: leaving them out is yours"
            )
        return told


def edit_topics(
    edits: Sequence[TopicEdit],
    topics: pl.DataFrame,
    words: pl.DataFrame,
    settings: TopicEditSettings,
) -> EditedTopics:
    """Match edits with the topics of a fit (see :func:`match_edits`), and carry them out."""
    matches = match_edits(edits, topics, words, settings)
    groups: dict[str, list[Match]] = {}
    for place, match in enumerate(matches):
        if match.applies:
            groups.setdefault(merge_key(match.edit, place), []).append(match)
    numbers, labels, marks = {}, {}, {}
    for members in groups.values():
        parts = [match.topic for match in members if match.topic is not None]
        number = min(parts)
        numbers |= {topic: number for topic in parts if topic != number}
        edited = [match.edit for match in members]
        if (label := group_label(edited)) is not None:
            labels[number] = label
        if (mark := next((one.mark for one in edited if one.mark), None)) is not None:
            marks[number] = mark
    return EditedTopics(matches, numbers, labels, marks)


def _told(place: int, match: Match) -> str:
    what = match.edit.name or match.edit.merge or " ".join(match.edit.match.words[:3])
    who = f"topic edit {place} ({what})"
    if match.topic is None:
        return f"{who} is lost: no topic is left with any of its documents or words"
    found = f"topic {match.topic} with {_overlap(match)}"
    if match.status == "lost":
        return f"{who} is lost, not applied: nearest is {found}"
    return f"{who} has drifted, read it again: applied to {found}"


def _overlap(match: Match) -> str:
    documents = (
        "none of its documents, which are not in the corpus"
        if match.document_overlap is None
        else f"{match.document_overlap:.0%} of its documents"
    )
    return documents + (
        "" if match.word_overlap is None else f" and {match.word_overlap:.0%} of its words"
    )
