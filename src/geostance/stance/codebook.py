"""The codebook as a language model reads it, and what a valid answer is."""

import json
import re
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from geostance.stance.passages import Passage
from geostance.strict_yaml import read_yaml

SHIPPED = Path(__file__).with_name("codebook.yml")
MARKS = "[[", "]]"

# Models round: percentages that miss 100 by no more than this are scaled to it.
TOLERANCE = 5

Percent = Annotated[float, Field(ge=0, le=100)]


class _Strict(BaseModel):
    # Further keys (a model's remarks) do no harm; a "yes" for true would be our guess.
    model_config = ConfigDict(frozen=True, strict=True)


class Portrayal(_Strict):
    """Percentages of the three portrayals."""

    unfavourable: Percent
    neutral: Percent
    favourable: Percent


class Verdict(_Strict):
    """A valid answer.

    Three percentages are asked for, not a class with a confidence: of the remaining
    probability a confidence does not say to which of the two other classes it belongs. Stated
    probabilities over several answers are also the better calibrated ones
    (Tian et al. 2023, arXiv:2305.14975).
    """

    relevant: bool
    evidence: str
    voice: Literal["author", "quoted", "none"]
    portrayal: Portrayal

    @property
    def shares(self) -> tuple[float, float, float]:
        """Return the portrayal as probabilities that sum to 1."""
        found = self.portrayal
        values = (found.unfavourable, found.neutral, found.favourable)
        return tuple(value / sum(values) for value in values)


# Written out, for strict services take a part of JSON Schema only (all keys required, no
# further ones, no references).
SCHEMA: dict[str, Any] = {
    "type": "object",
    "properties": {
        "relevant": {"type": "boolean"},
        "evidence": {"type": "string"},
        "voice": {"type": "string", "enum": ["author", "quoted", "none"]},
        "portrayal": {
            "type": "object",
            "properties": {
                name: {"type": "integer"} for name in ("unfavourable", "neutral", "favourable")
            },
            "required": ["unfavourable", "neutral", "favourable"],
            "additionalProperties": False,
        },
    },
    "required": ["relevant", "evidence", "voice", "portrayal"],
    "additionalProperties": False,
}


@dataclass(frozen=True)
class Codebook:
    """Instructions and worked examples; ``version`` belongs to every answer they led to."""

    version: int
    instructions: str
    question: str
    examples: tuple[dict[str, Any], ...]

    def messages(self, passage: Passage, target: str) -> list[dict[str, str]]:
        """Return the conversation that asks for a verdict on ``passage``.

        What is the same for all passages comes first, so that a server can keep it.
        """
        marked = "".join(
            [
                passage.text[: passage.start],
                MARKS[0],
                passage.text[passage.start : passage.end],
                MARKS[1],
                passage.text[passage.end :],
            ]
        )
        own = {"target": target, "language": passage.language or "not known", "passage": marked}
        return [*self._opening, _turn("user", self._asked(own))]

    @cached_property
    def _opening(self) -> list[dict[str, str]]:
        turns = [_turn("system", self.instructions.strip())]
        for example in self.examples:
            answer = json.dumps(example["answer"], ensure_ascii=False)
            turns += [_turn("user", self._asked(example)), _turn("assistant", answer)]
        return turns

    def _asked(self, values: dict[str, Any]) -> str:
        # A page must not end the passage before its end.
        passage = values["passage"].replace("</passage", "< /passage")
        return self.question.strip().format(
            target=values["target"], language=values["language"], passage=passage
        )


@cache
def shipped_codebook() -> Codebook:
    """Return the codebook of the package."""
    values = read_yaml(SHIPPED)
    return Codebook(
        values["version"], values["instructions"], values["question"], tuple(values["examples"])
    )


def _turn(role: str, content: str) -> dict[str, str]:
    return {"role": role, "content": content}


_OBJECT = re.compile(r"\{.*\}", re.DOTALL)


def read_verdict(content: str) -> Verdict | None:
    """Return the verdict in a model's message; None when there is no valid one.

    What a model thought aloud before it, and a fence around it, are passed over; nothing in it
    is mended.
    """
    found = _OBJECT.search(content.rpartition("</think>")[2])
    if not found:
        return None
    try:
        verdict = Verdict.model_validate_json(found[0])
    except ValidationError:
        return None
    given = verdict.portrayal
    total = given.unfavourable + given.neutral + given.favourable
    return verdict if abs(total - 100) <= TOLERANCE else None
