"""The scorer behind a service: a language model reads the codebook and judges each passage.

Its answers are taken as they are or not at all: a refusal or an answer out of form leaves its
passage without a judgement, and is counted.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from geostance.errors import ConfigError
from geostance.responses import Responses
from geostance.service import ChatService, chat_request
from geostance.settings.stance import LlmSettings
from geostance.stance.codebook import MARKS, SCHEMA, Verdict, read_verdict, shipped_codebook
from geostance.stance.passages import Passage
from geostance.stance.quotes import locate, sentence_shares
from geostance.stance.scorer import Judgement
from geostance.targets import find_targets, load_targets

DECIMALS = 9
Body = dict[str, Any]


class LlmScorer:
    """Asks a chat service about every passage; each answer is kept and never asked for twice.

    Measured and calibrated on no language: another model, or the same one served otherwise,
    is another scorer.
    """

    measured_languages: frozenset[str] = frozenset()
    calibrated_languages: frozenset[str] = frozenset()

    def __init__(
        self,
        settings: LlmSettings,
        service: ChatService,
        responses: Responses,
        target_name: Callable[[Passage], str],
    ) -> None:
        if settings.model is None:
            raise ConfigError(
                "the scorer llm has no model",
                "stance.llm.model",
                "give the name under which the service knows the model",
            )
        self._settings = settings
        self._service = service
        self._responses = responses
        self._target_name = target_name
        self._codebook = shipped_codebook()
        self._seen: set[str] = set()
        self._counts: Counter[str] = Counter()
        self._served: set[str] = set()
        self.name = f"llm:{settings.model}:codebook-{self._codebook.version}"

    @classmethod
    def of(
        cls,
        settings: LlmSettings,
        responses: Path | None = None,
        targets: Sequence[str] | None = None,
        targets_file: str | None = None,
        sleep: Callable[[float], object] | None = None,
    ) -> "LlmScorer":
        """Return the scorer of ``settings``; nothing is sent, and no key is read, before it scores.

        ``responses`` is the folder of the answers; without one they are kept in memory.
        ``targets`` are those studied, every known one by default. ``sleep`` waits between
        attempts.

        Raises:
            ConfigError: the settings name no model.
        """
        service = ChatService(
            settings.url,
            settings.key_variable,
            settings.concurrency,
            settings.attempts,
            settings.timeout_seconds,
            sleep,
        )

        def name(passage: Passage) -> str:
            return target_name(passage, targets, targets_file)

        return cls(settings, service, Responses(responses), name)

    def score(self, passages: Sequence[Passage]) -> Judgement:
        """Return the judgement of ``passages``, each on its own, in their order.

        A passage that was refused or answered out of form is NaN throughout.

        Raises:
            ServiceError: the service failed; the answers received until then are kept.
        """
        requests = [self.request(passage) for passage in passages]
        answers = {key: self.kept(key) for key, _ in requests}
        missing = {key: body for key, body in requests if answers[key] is None}
        self._counts["retried"] += self._service.complete(missing, self._keep)
        answers |= {key: self.kept(key) for key in missing}
        rows, evidence = np.full((len(passages), 5), np.nan), []
        for n, (passage, (key, _)) in enumerate(zip(passages, requests, strict=True)):
            answer = answers[key] or {}
            verdict = read_verdict(answer.get("content") or "")
            shares, found = _evidence(passage, verdict)
            if key not in self._seen:
                self._seen.add(key)
                self._count(answer, verdict, found, new=key in missing)
            if verdict:
                rows[n] = verdict.relevant, *verdict.shares, verdict.voice == "quoted"
            evidence.append(shares.round(DECIMALS))
        rows = rows.round(DECIMALS)
        return Judgement(rows[:, 0], rows[:, 1:4], rows[:, 4], tuple(evidence))

    def request(self, passage: Passage) -> tuple[str, Body]:
        """Return the request that asks about ``passage``, with the key of its answer.

        The codebook's version is a part of the key.
        """
        messages = self._codebook.messages(passage, self._target_name(passage))
        return chat_request(self._settings, self._codebook.version, messages, "verdict", SCHEMA)

    def kept(self, key: str) -> dict[str, Any] | None:
        """Return the answer that is there already, None when it is still to be asked for."""
        return self._responses.get(key)

    def bill(self) -> dict[str, Any]:
        """Return what the scores so far took, each distinct request counted once.

        requests were answered now and cached before; tokens are those of the former, as the
        service counts them (unmetered are its answers without a count), cached_tokens those of
        the latter; the price is that of the former. served names the models that answered, in
        the service's own words.
        """
        counts, own = self._counts, self._settings
        named = ("requests", "cached", "retried", "refused", "malformed", "evidence_not_found")
        said: dict[str, Any] = {"answers": {name: counts[name] for name in named}}
        if counts["unmetered"]:
            said["answers"]["unmetered"] = counts["unmetered"]
        for kind in ("tokens", "cached_tokens"):
            said[kind] = {way: counts[f"{kind}_{way}"] for way in ("in", "out")}
        if own.price_in or own.price_out:
            tokens = said["tokens"]
            said["price"] = price(own, tokens["in"], tokens["out"])
        return {**said, "served": sorted(self._served)}

    def _keep(self, key: str, answer: dict[str, Any]) -> None:
        asked = {"model": self._settings.model, "codebook": self._codebook.version}
        self._responses.put(key, asked | answer)

    def _count(
        self, answer: dict[str, Any], verdict: Verdict | None, found: bool, *, new: bool
    ) -> None:
        counts = self._counts
        counts["requests" if new else "cached"] += 1
        if verdict is None:
            filtered = answer.get("finish_reason") == "content_filter"
            counts["refused" if filtered or answer.get("refusal") else "malformed"] += 1
        counts["evidence_not_found"] += not found
        tokens = answer.get("tokens_in"), answer.get("tokens_out")
        counts["unmetered"] += None in tokens
        for way, number in zip(("in", "out"), tokens, strict=True):
            counts[f"{'tokens' if new else 'cached_tokens'}_{way}"] += number or 0
        if model := answer.get("served_model"):
            fingerprint = answer.get("system_fingerprint")
            self._served.add(f"{model} ({fingerprint})" if fingerprint else model)


def price(settings: LlmSettings, tokens_in: float, tokens_out: float) -> float:
    """Return the price of tokens, in the currency of ``settings``."""
    return round((tokens_in * settings.price_in + tokens_out * settings.price_out) / 1e6, 6)


def target_name(
    passage: Passage, targets: Sequence[str] | None = None, targets_file: str | None = None
) -> str:
    """Return the English label of the target that the mention names.

    A passage does not say which target its mention belongs to, so it is found again; a name
    that several targets share goes to the first of ``targets``, and one that is none of theirs
    stands for itself.
    """
    known = load_targets(targets_file)
    place = (passage.start, passage.end)
    found = [
        mention.target
        for mention in find_targets(passage.text, passage.language, targets, targets_file)
        if (mention.start, mention.end) == place
    ]
    order = list(targets or known)
    first = min(found, key=order.index, default=None)
    return known[first].label("en") if first else passage.text[passage.start : passage.end]


def _evidence(passage: Passage, verdict: Verdict | None) -> tuple[np.ndarray, bool]:
    """Return the shares of the sentences, and whether the quote is in the text as promised."""
    if verdict is None:
        return np.full(len(passage.sentences), np.nan), True
    quote = verdict.evidence
    for mark in MARKS:
        quote = quote.replace(mark, "")
    span = locate(quote, passage)
    # Where nothing is evaluated there is nothing to quote.
    neutral = verdict.shares[1] == max(verdict.shares)
    silent = not quote.strip() and (neutral or not verdict.relevant)
    return sentence_shares(passage, span), span is not None or silent
