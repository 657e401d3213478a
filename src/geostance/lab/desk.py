"""Topic edits while they are made: every change is checked, written, and can be undone."""

from collections.abc import Callable
from dataclasses import dataclass
from itertools import count
from pathlib import Path

import polars as pl
from pydantic import ValidationError

from geostance.config import fault_sentence
from geostance.errors import ConfigError, StaleError
from geostance.files import write_text
from geostance.lab.fitted import FittedTopics
from geostance.settings.topics import TopicEditSettings
from geostance.topics.centres import CENTRAL_DOCUMENTS
from geostance.topics.documents import ALL_LANGUAGES
from geostance.topics.editing import EditedTopics, edit_topics
from geostance.topics.edits import (
    Mark,
    TopicEdit,
    TopicMatch,
    check_edits,
    edits_text,
    read_edits,
)

_MATCH_WORDS = 10


@dataclass(frozen=True)
class ReadTopic:
    """A topic as it stands with the edits: one of the fit, or several merged.

    ``outlier_share`` is the share of its documents that the clustering had left aside.
    """

    number: int
    label: str
    parts: tuple[int, ...]
    n_documents: int
    outlier_share: float
    name: str | None = None
    merge: str | None = None
    mark: Mark | None = None
    note: str | None = None


class EditDesk:
    """The edits of one study's topics, in memory and in its file.

    Topics are named by their published numbers (those of ``topics``). A change that is refused
    leaves everything as it was.
    """

    def __init__(
        self, fitted: FittedTopics, path: Path, levels: TopicEditSettings | None = None
    ) -> None:
        self.fitted = fitted
        self.path = path
        self._levels = levels or TopicEditSettings()
        self._before: list[tuple[TopicEdit, ...]] = []
        self.reload()

    def reload(self) -> None:
        """Take the edits from the file.

        Raises:
            ConfigError: the file is wrong.
        """
        self._written = self._bytes()
        self._take(read_edits(self.path) if self._written is not None else ())

    @property
    def messages(self) -> list[str]:
        """What the reader must know of edits that drifted or are lost."""
        return self.edited.messages(self.fitted.topics)

    def rename(self, topic: int, name: str | None) -> None:
        """Give a topic a name, or with None take it back."""
        self._set(topic, name=name or None)

    def mark(self, topic: int, mark: Mark | None) -> None:
        """Mark a topic keep, drop or unsure, or with None take the mark back."""
        self._set(topic, mark=mark)

    def note(self, topic: int, note: str | None) -> None:
        """Write a note on a topic."""
        self._set(topic, note=note or None)

    def merge(self, topic: int, other: int) -> None:
        """Make one topic of two; name, mark and note of the first go before the second's."""
        first, second = self.topics[topic], self.topics[other]
        decided = {
            "name": first.name or second.name,
            "mark": first.mark or second.mark,
            "note": first.note or second.note,
            "merge": first.merge or second.merge or self._new_key(first),
        }
        self._change((*first.parts, *second.parts), lambda edit: edit.model_copy(update=decided))

    def split(self, topic: int) -> None:
        """Take a merged topic apart; name, mark and note stay with the smallest number."""
        first, *others = self.topics[topic].parts
        plain = {"name": None, "mark": None, "note": None, "merge": None}
        self._change(
            (first, *others),
            lambda edit: edit.model_copy(update={"merge": None}),
            {part: plain for part in others},
        )

    def undo(self) -> bool:
        """Take the last change back; return whether there was one."""
        if not self._before:
            return False
        self._write(self._before[-1])
        self._take(self._before.pop())
        return True

    def _set(self, topic: int, **decided: str | None) -> None:
        self._change(self.topics[topic].parts, lambda edit: _edited(edit, decided))

    def _change(
        self,
        parts: tuple[int, ...],
        change: Callable[[TopicEdit], TopicEdit],
        then: dict[int, dict[str, None]] | None = None,
    ) -> None:
        """Change the edits of some topics of the fit; their match is renewed, for they were read.

        Raises:
            ConfigError: the edits would contradict each other.
            StaleError: the file was changed by another hand.
        """
        place_of = {m.topic: place for place, m in enumerate(self.edited.matches) if m.applies}
        listed: list[TopicEdit | None] = list(self.edits)
        for part in parts:
            match = self._match(part)
            place = place_of.get(part)
            old = TopicEdit(match=match) if place is None else self.edits[place]
            new = change(old.model_copy(update={"match": match}))
            new = new.model_copy(update=(then or {}).get(part, {}))
            kept = new if new.model_dump(exclude={"match"}, exclude_none=True) else None
            if place is None:
                listed.append(kept)
            else:
                listed[place] = kept
        edits = tuple(edit for edit in listed if edit is not None)
        if edits == self.edits:
            return
        check_edits(edits, self.path)
        edited = self._applied(edits)
        edited.named(self._info(edited))
        self._write(edits)
        self._before.append(self.edits)
        self._take(edits)

    def _new_key(self, topic: ReadTopic) -> str:
        key = topic.name or " · ".join(self._match(topic.parts[0]).words[:3]) or topic.label
        used = {edit.merge for edit in self.edits}
        return next(one for n in count(1) if (one := key if n == 1 else f"{key} ({n})") not in used)

    def _match(self, part: int) -> TopicMatch:
        centres = self.fitted.centres.filter(topic=part).sort("rank")["doc_id"]
        words = self.fitted.words.filter(topic=part)
        # The list of all languages together is the first choice; a fit may have none.
        together = words.filter(language=ALL_LANGUAGES)
        ranked = (together if len(together) else words).sort("rank", "language")["word"]
        return TopicMatch(
            documents=tuple(centres.head(CENTRAL_DOCUMENTS)),
            words=tuple(ranked.unique(maintain_order=True).head(_MATCH_WORDS)),
        )

    def _applied(self, edits: tuple[TopicEdit, ...]) -> EditedTopics:
        return edit_topics(edits, self.fitted.assigned, self.fitted.words, self._levels)

    def _info(self, edited: EditedTopics) -> pl.DataFrame:
        """Return number, label and parts of each published topic."""
        return (
            self.fitted.info.select("label", "n_documents", part="topic", topic="topic")
            .pipe(edited.renumber)
            .sort("topic", "part")
            .group_by("topic", maintain_order=True)
            .agg(pl.col("label").first(), pl.col("n_documents").sum(), "part")
        )

    def _take(self, edits: tuple[TopicEdit, ...]) -> None:
        self.edits = edits
        self.edited = self._applied(edits)
        of_part = {match.topic: match.edit for match in self.edited.matches if match.applies}
        aside_of = dict(
            self.edited.renumber(self.fitted.topics.with_columns(aside=pl.col("topic_found") == -1))
            .group_by("topic")
            .agg(pl.col("aside").mean())
            .iter_rows()
        )
        self.topics = {}
        for row in self.edited.named(self._info(self.edited)).iter_rows(named=True):
            own = [of_part[part] for part in row["part"] if part in of_part]
            self.topics[row["topic"]] = ReadTopic(
                row["topic"],
                row["label"],
                tuple(row["part"]),
                row["n_documents"],
                aside_of[row["topic"]],
                next((edit.name for edit in own if edit.name), None),
                next((edit.merge for edit in own if edit.merge), None),
                self.edited.marks.get(row["topic"]),
                next((edit.note for edit in own if edit.note), None),
            )

    def _bytes(self) -> bytes | None:
        return self.path.read_bytes() if self.path.exists() else None

    def _write(self, edits: tuple[TopicEdit, ...]) -> None:
        if self._bytes() != self._written:
            raise StaleError(
                "the file of the topic edits was changed by another hand",
                str(self.path),
                "press Reload, and make the change again",
            )
        write_text(self.path, edits_text(edits))
        self._written = self._bytes()


def _edited(edit: TopicEdit, decided: dict[str, str | None]) -> TopicEdit:
    try:
        # Through the model again, for a name is tidied and checked there.
        return TopicEdit.model_validate({**dict(edit), **decided})
    except ValidationError as error:
        raise ConfigError(
            "; ".join(fault_sentence(fault) for fault in error.errors()),
            "the change that was just made",
            "choose another value",
        ) from error
