"""Requests to a chat service that speaks OpenAI's protocol: patient, bounded, never twice.

httpx and not the package openai: that one reads further settings from the environment,
retries without saying so and cannot be told how to wait, and the servers differ in what
matters here (structured answers, refusals, usage), which is read from the plain JSON anyway.
"""

import logging
import os
import threading
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from geostance.errors import ConfigError, ServiceError
from geostance.log import logger, progress
from geostance.service.replies import (
    STRUCTURE,
    count,
    first_choice,
    is_filtered,
    message_of,
    refuses_structure,
    value_of,
)
from geostance.service.waiting import LONGEST_WAIT, backoff, retry_after

if TYPE_CHECKING:
    import httpx

Body = dict[str, Any]
Keep = Callable[[str, dict[str, Any]], None]

# Seconds of waiting that deserve a line in the log.
NOTICED_WAIT = 10.0
PASSING = {408, 409, 425, 429}
# Below this length a key is a dummy for a local server ("none", "ollama"), and hiding it
# would tear words out of the answers.
SHORTEST_SECRET = 8


class _Passing(Exception):
    """A fault that may be gone at the next attempt."""

    def __init__(self, what: str, wait: float | None = None) -> None:
        super().__init__(what)
        self.wait = wait


class _Stopped(Exception):
    """Another request failed for good, or the user interrupted."""


@dataclass(frozen=True)
class ChatService:
    """An endpoint ``url`` (up to /v1) and how patiently it is asked.

    ``key_variable`` names the environment variable that holds the key. ``sleep`` waits the
    given seconds; without one the wait ends early when the run stops.
    """

    url: str
    key_variable: str
    concurrency: int = 4
    attempts: int = 5
    timeout_seconds: float = 60
    sleep: Callable[[float], object] | None = None

    def complete(self, requests: Mapping[str, Body], keep: Keep) -> int:
        """Send ``requests`` (by key) and hand each answer to ``keep``; return the retries.

        ``keep`` is called from several threads, at once when an answer is there, so that a
        failure loses none that is paid for. An answer holds content, refusal, finish_reason,
        served_model, system_fingerprint, tokens_in, tokens_out (null where the service does
        not say) and structured (the schema was sent and not refused, which some servers do
        without heeding it).

        Raises:
            ServiceError: a request failed at every attempt, or in a way that waiting cannot mend.
            ConfigError: the key cannot be sent.
        """
        import httpx

        if not requests:
            return 0
        run = _Run(self, _key(self.key_variable))
        with (
            httpx.Client(
                timeout=self.timeout_seconds,
                headers=run.headers(),
                limits=httpx.Limits(max_connections=self.concurrency),
                # A proxy leads away from this machine, never to it.
                trust_env=urlsplit(self.url).hostname not in {"localhost", "127.0.0.1", "::1"},
            ) as client,
            ThreadPoolExecutor(self.concurrency) as pool,
        ):
            futures = [
                pool.submit(run.ask, client, key, body, keep) for key, body in requests.items()
            ]
            try:
                return sum(
                    future.result()
                    for future in progress(as_completed(futures), len(futures), "answers")
                )
            except BaseException:
                # What is under way is paid for: it is waited for and kept.
                run.stopped.set()
                pool.shutdown(wait=True, cancel_futures=True)
                raise


class _Run:
    """The state that the requests of one call share."""

    def __init__(self, service: ChatService, key: str | None) -> None:
        self._service = service
        self._key = key
        self._endpoint = service.url.rstrip("/") + "/chat/completions"
        self._structured = True
        self.stopped = threading.Event()
        self._sleep = service.sleep or self.stopped.wait

    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self._key}"} if self._key else {}

    def ask(self, client: "httpx.Client", key: str, body: Body, keep: Keep) -> int:
        """Send one request until it is answered; return how often it was repeated."""
        attempts = self._service.attempts
        for attempt in range(1, attempts + 1):
            if self.stopped.is_set():
                raise _Stopped
            try:
                answer = self._attempt(client, body)
            except _Passing as fault:
                what = str(fault)
                if attempt < attempts:
                    wait = backoff(key, attempt) if fault.wait is None else fault.wait
                    level = logging.INFO if wait >= NOTICED_WAIT else logging.DEBUG
                    logger.log(level, "attempt %d: %s; next in %.1f s", attempt, what, wait)
                    self._sleep(wait)
            else:
                keep(key, answer)
                return attempt - 1
        raise self._error(
            f"{what}, at the last of {attempts} attempts",
            "look whether the service runs; the answers received are kept, run again to go on",
        )

    def _attempt(self, client: "httpx.Client", body: Body) -> dict[str, Any]:
        structured = self._structured and STRUCTURE in body
        plain = {name: value for name, value in body.items() if name != STRUCTURE}
        response = self._post(client, body if structured else plain)
        if structured and refuses_structure(response) and not is_filtered(response):
            response = self._post(client, plain)
            structured = False
            if response.is_success:
                # It would refuse the others as well.
                self._structured = False
        if is_filtered(response):
            return self._answer({"message": {"refusal": self._said(response)}}, {}, structured)
        if not response.is_success:
            raise self._fault(response)
        value = value_of(response)
        choice = first_choice(value)
        if choice is None:
            raise _Passing(f"the answer is no chat completion: {self._said(response)}")
        return self._answer(choice, value, structured)

    def _post(self, client: "httpx.Client", body: Body) -> "httpx.Response":
        import httpx

        try:
            return client.post(self._endpoint, json=body)
        except httpx.TimeoutException:
            raise _Passing(f"no answer within {self._service.timeout_seconds:g} seconds") from None
        except (httpx.TransportError, httpx.DecodingError) as error:
            raise _Passing(f"the connection failed: {self._hidden(str(error))}") from None

    def _answer(self, choice: Body, value: Body, structured: bool) -> dict[str, Any]:
        message = choice["message"]
        usage = value.get("usage")
        usage = usage if isinstance(usage, dict) else {}
        texts = {
            "content": message.get("content"),
            "refusal": message.get("refusal"),
            "finish_reason": choice.get("finish_reason"),
            "served_model": value.get("model"),
            "system_fingerprint": value.get("system_fingerprint"),
        }
        return {
            **{
                name: self._hidden(text) if isinstance(text, str) else None
                for name, text in texts.items()
            },
            "tokens_in": count(usage.get("prompt_tokens")),
            "tokens_out": count(usage.get("completion_tokens")),
            "structured": structured,
        }

    def _fault(self, response: "httpx.Response") -> Exception:
        status = response.status_code
        if status in (401, 403):
            # Services repeat a part of the key in this message; it is not shown.
            state = "is set, but the service does not take it" if self._key else "is not set"
            return self._error(
                f"the service answers {status}: it does not accept the key",
                f"the environment variable {self._service.key_variable} {state}; set it there",
            )
        said = f"the service answers {status}: {self._said(response)}"
        spent = "insufficient_quota" in response.text
        if (status in PASSING or status >= 500) and not spent:
            wait = retry_after(response.headers)
            if wait is None or wait <= LONGEST_WAIT:
                return _Passing(said, wait)
            return self._error(
                f"the service asks to come back in {wait:.0f} seconds",
                "run again then; the answers received are kept",
            )
        return self._error(
            said, "correct stance.llm (url, model, parameters); the answers received are kept"
        )

    def _error(self, what: str, mend: str) -> ServiceError:
        return ServiceError(what, self._endpoint, mend)

    def _said(self, response: "httpx.Response") -> str:
        return " ".join(self._hidden(message_of(response)).split())[:300] or "nothing"

    def _hidden(self, text: str) -> str:
        # Half a surrogate pair, as a cut answer may end with, cannot be written.
        text = text.encode(errors="replace").decode()
        secret = self._key and len(self._key) >= SHORTEST_SECRET
        return text.replace(str(self._key), "***") if secret else text


def _key(variable: str) -> str | None:
    key = os.environ.get(variable, "").strip()
    if not (key.isascii() and key.isprintable() and " " not in key):
        # Sent, it would come back in the error of the HTTP library.
        raise ConfigError(
            "the key holds characters that no key has",
            f"the environment variable {variable}",
            "set it to the key alone, without quotes, spaces or line breaks",
        )
    return key or None
