"""What the scorer behind a service would send, counted before anything is spent."""

import json
from collections.abc import Sequence
from typing import Any

import numpy as np

from geostance.settings.stance import LlmSettings
from geostance.stance.codebook import shipped_codebook
from geostance.stance.llm import LlmScorer, price
from geostance.stance.passages import Passage
from geostance.stance.scorer import Judgement

# Tokenizers differ and a service's own is not at hand. Bytes instead of letters make the rule
# hold for other scripts: their letters take two or three bytes, and more tokens.
BYTES_PER_TOKEN = 3


class Estimate:
    """A scorer that asks nothing: it counts the requests, and leaves every passage unjudged."""

    measured_languages: frozenset[str] = frozenset()
    calibrated_languages: frozenset[str] = frozenset()

    def __init__(self, scorer: LlmScorer, settings: LlmSettings) -> None:
        self.name = scorer.name
        self._scorer = scorer
        self._settings = settings
        self._answered: set[str] = set()
        self._asked: dict[str, int] = {}
        self._passages = 0

    def score(self, passages: Sequence[Passage]) -> Judgement:
        """Count the requests of ``passages``; every number of the judgement is NaN."""
        self._passages += len(passages)
        for passage in passages:
            key, body = self._scorer.request(passage)
            if key in self._answered or key in self._asked:
                continue
            if self._scorer.kept(key) is None:
                self._asked[key] = _bytes(body["messages"])
            else:
                self._answered.add(key)
        n = len(passages)
        nothing = tuple(np.full(len(passage.sentences), np.nan) for passage in passages)
        return Judgement(np.full(n, np.nan), np.full((n, 3), np.nan), np.full(n, np.nan), nothing)

    def bill(self) -> dict[str, Any]:
        """Return passages, requests to send, answers kept, and tokens and price as estimated.

        A token is taken for 3 bytes of UTF-8, an answer to be as long as the longest in the
        codebook.
        """
        answers = [
            len(json.dumps(example["answer"], ensure_ascii=False).encode())
            for example in shipped_codebook().examples
        ]
        tokens_in = sum(-(-size // BYTES_PER_TOKEN) for size in self._asked.values())
        tokens_out = len(self._asked) * -(-max(answers) // BYTES_PER_TOKEN)
        return {
            "passages": self._passages,
            "cached": len(self._answered),
            "requests": len(self._asked),
            "tokens_in": tokens_in,
            "tokens_out": tokens_out,
            "price": price(self._settings, tokens_in, tokens_out),
        }


def _bytes(messages: Sequence[dict[str, str]]) -> int:
    return sum(len(message["content"].encode()) for message in messages)
