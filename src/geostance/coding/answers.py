"""A coder's answer to a task, and the row that records it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

Span = tuple[int, int]


@dataclass(frozen=True)
class Answer:
    """What a coder says of one article and target so far.

    ``stance`` is −1, 0 or 1; ``evidence`` are (start, end) offsets into the task's text.
    """

    relevant: bool | None = None
    stance: int | None = None
    voice: str | None = None
    evidence: tuple[Span, ...] = ()
    note: str = ""
    skipped: bool = False

    @property
    def complete(self) -> bool:
        """Whether nothing is left to answer: evidence and note may stay empty."""
        judged = self.stance is not None and self.voice is not None
        return self.relevant is False or (self.relevant is True and judged)

    @property
    def done(self) -> bool:
        """Whether the coder has finished with it, by a judgement or by skipping it."""
        return self.complete or self.skipped

    def answered(self, **values: Any) -> "Answer":
        """Return the answer with ``values``; it is no longer skipped.

        A portrayal or a voice says that the target is relevant; without relevance there is
        neither, nor evidence.
        """
        if {"stance", "voice"} & values.keys():
            values["relevant"] = True
        if values.get("relevant") is False:
            values |= {"stance": None, "voice": None, "evidence": ()}
        return replace(self, skipped=False, **values)

    def with_evidence(self, spans: Sequence[Span]) -> "Answer":
        """Return the answer with further evidence; what overlaps becomes one place."""
        merged: list[Span] = []
        for start, end in sorted({*self.evidence, *spans}):
            if merged and start < merged[-1][1]:
                merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
            else:
                merged.append((start, end))
        return replace(self, skipped=False, evidence=tuple(merged))


def answer_row(
    answer: Answer,
    text: str,
    *,
    doc_id: str,
    target: str,
    coder: str,
    codebook: str,
    when: datetime,
) -> dict[str, Any]:
    """Return the row of an annotation file that records an answer.

    A row that is not complete leaves ``relevant`` and ``stance`` empty, so that it is no label;
    what was said so far is kept under ``draft``.
    """
    row = {
        "doc_id": doc_id,
        "target": target,
        "relevant": int(bool(answer.relevant)) if answer.complete else None,
        "stance": answer.stance if answer.complete else None,
        "voice": answer.voice if answer.complete else None,
        "evidence": [
            {"start": start, "end": end, "text": text[start:end]} for start, end in answer.evidence
        ],
        "note": answer.note or None,
        "coder": coder,
        "codebook": codebook,
        "coded_at": utc(when),
    }
    if answer.skipped:
        row["skipped"] = True
    elif not answer.complete:
        row["draft"] = {
            "relevant": answer.relevant,
            "stance": answer.stance,
            "voice": answer.voice,
        }
    return row


def answer_of(row: Mapping[str, Any]) -> Answer:
    """Return the answer that a row of :func:`answer_row` records."""
    said = row.get("draft") or row
    relevant = said.get("relevant")
    return Answer(
        relevant=None if relevant is None else bool(relevant),
        stance=said.get("stance"),
        voice=said.get("voice"),
        evidence=tuple((one["start"], one["end"]) for one in row.get("evidence") or ()),
        note=row.get("note") or "",
        skipped=bool(row.get("skipped")),
    )


def utc(when: datetime) -> str:
    """Return a time in UTC to the second: 2026-05-04T09:12:33Z."""
    return when.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
