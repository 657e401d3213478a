"""A coder's work while it is done: where they are, what they said, and how to take it back."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from geostance.coding import Task
from geostance.coding.answers import Answer, Span, answer_of, answer_row
from geostance.errors import AnnotationError, ConfigError
from geostance.lab.answerbook import AnswerBook, Key

# A name that every system takes for a file's.
_LETTERS = frozenset("-_. ")


def answer_file(folder: Path, coder: str) -> Path:
    """Return the file of a coder's answers, one for each, named for them.

    Raises:
        ConfigError: the name could not be a file's.
    """
    name = coder.strip()
    if not name or name.startswith(".") or not all(c.isalnum() or c in _LETTERS for c in name):
        raise ConfigError(
            f"the coder's name is {coder!r}",
            "Coder",
            "write letters and digits, as in Coder('ana')",
        )
    return folder / f"{name}.jsonl"


class CodingDesk:
    """The tasks of one coder with their answers, each written as soon as it is given.

    Args:
        tasks: what is to be coded, in order.
        path: the file of answers.
        coder: who codes; every row says so.
        codebook: hash of the codebook by which it is done.
        blind: whether the coder does not see the model; rows made otherwise say so.
        clock: gives the time of an answer.

    Raises:
        AnnotationError: there is no task.
    """

    def __init__(
        self,
        tasks: Sequence[Task],
        path: Path,
        coder: str,
        codebook: str,
        *,
        blind: bool = True,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        if not tasks:
            raise AnnotationError(
                "nothing has been drawn for coders yet",
                str(path),
                "run make annotate with this study as DATA",
            )
        self.tasks = list(tasks)
        self.codebook = codebook
        self.book = AnswerBook(path, coder)
        self._seen = {} if blind else {"blind": False}
        self._clock = clock
        self._before: list[tuple[Key, dict[str, Any] | None]] = []
        self._rows = self.book.rows()
        self.place = 0
        self.go_to_open()

    @property
    def task(self) -> Task:
        """The task that is being coded."""
        return self.tasks[self.place]

    @property
    def answer(self) -> Answer:
        """What is said of it so far."""
        return self.answer_to(self.task.key)

    def answer_to(self, key: Key) -> Answer:
        """Return what is said of any task so far."""
        row = self._rows.get(key)
        return answer_of(row) if row else Answer()

    @property
    def n_coded(self) -> int:
        """How many tasks are judged."""
        return sum(self.answer_to(task.key).complete for task in self.tasks)

    @property
    def n_skipped(self) -> int:
        """How many tasks are skipped."""
        return sum(self.answer_to(task.key).skipped for task in self.tasks)

    @property
    def n_open(self) -> int:
        """How many tasks are still to be finished."""
        return len(self.tasks) - self.n_coded - self.n_skipped

    @property
    def other_codebooks(self) -> dict[str, int]:
        """How many of the coder's labels were made by another codebook, by its hash."""
        counts: dict[str, int] = {}
        for key, row in self._rows.items():
            made = row.get("codebook")
            if made != self.codebook and self.answer_to(key).complete:
                counts[str(made)] = counts.get(str(made), 0) + 1
        return counts

    def set(self, **values: Any) -> None:
        """Answer with ``relevant``, ``stance`` or ``voice``."""
        self._write(self.answer.answered(**values))

    def add_evidence(self, spans: Sequence[Span]) -> None:
        """Add places of the text as evidence.

        Raises:
            AnnotationError: one is empty, or not in the text.
        """
        length = len(self.task.text)
        for start, end in spans:
            if not 0 <= start < end <= length:
                raise AnnotationError(
                    f"no text from {start} to {end}",
                    f"document {self.task.doc_id}, which has {length} characters",
                    "select words of the text",
                )
        self._write(self.answer.with_evidence([_trimmed(self.task.text, one) for one in spans]))

    def add_sentences(self, numbers: Sequence[int]) -> None:
        """Add sentences as evidence, by their numbers from 1.

        Raises:
            AnnotationError: the text has no such sentence.
        """
        sentences = self.task.sentences
        for number in numbers:
            if not 1 <= number <= len(sentences):
                raise AnnotationError(
                    f"there is no sentence {number}",
                    f"document {self.task.doc_id}",
                    f"choose from 1 to {len(sentences)}",
                )
        self.add_evidence([sentences[number - 1] for number in numbers])

    def drop_evidence(self) -> None:
        """Take the last place out of the evidence."""
        answer = self.answer
        if answer.evidence:
            self._write(answer.answered(evidence=answer.evidence[:-1]))

    def note(self, text: str) -> None:
        """Write a note; it answers nothing, and leaves a skipped task skipped."""
        answer = self.answer
        if text != answer.note:
            self._write(Answer(**{**vars(answer), "note": text}))

    def skip(self) -> None:
        """Mark the task as one that cannot be judged; its note is kept."""
        self._write(Answer(note=self.answer.note, skipped=True))

    def undo(self) -> bool:
        """Take the last answer back, and go to its task; return whether there was one."""
        if not self._before:
            return False
        key, row = self._before[-1]
        self._rows = self.book.put(key, row)
        self._before.pop()
        self.place = next(n for n, task in enumerate(self.tasks) if task.key == key)
        return True

    def move(self, steps: int) -> bool:
        """Go some tasks on, or back; return whether there was one to go to."""
        place = min(max(self.place + steps, 0), len(self.tasks) - 1)
        moved = place != self.place
        self.place = place
        return moved

    def go_to_open(self) -> bool:
        """Go to the first task that is not finished; return whether there is one."""
        for place, task in enumerate(self.tasks):
            if not self.answer_to(task.key).done:
                self.place = place
                return True
        return False

    def _write(self, answer: Answer) -> None:
        key = self.task.key
        if answer == self.answer:
            return
        before = self._rows.get(key)
        row = None
        if answer != Answer():
            row = answer_row(
                answer,
                self.task.text,
                doc_id=key[0],
                target=key[1],
                coder=self.book.coder,
                codebook=self.codebook,
                when=self._clock(),
            )
            row |= self._seen
        self._rows = self.book.put(key, row)
        self._before.append((key, before))


def _trimmed(text: str, span: Span) -> Span:
    """Return a span without the white space at its ends, unless it is nothing else."""
    start, end = span
    inner = text[start:end]
    if not inner.strip():
        return span
    return start + len(inner) - len(inner.lstrip()), start + len(inner.rstrip())
