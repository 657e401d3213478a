"""A request to a chat service, with the key under which its answer is kept."""

import hashlib
import json
from typing import Any

from geostance.settings.stance import LlmSettings


def chat_request(
    settings: LlmSettings, version: str, messages: list[dict[str, str]], name: str, schema: Any
) -> tuple[str, dict[str, Any]]:
    """Return the key and the body of a request for an answer in the form of ``schema``.

    The key is a hash of the ``version`` of the question and all that is sent; where the service
    runs is no part of it, so that a server may move.
    """
    body = {
        "model": settings.model,
        "messages": messages,
        "temperature": 0,
        "seed": settings.seed,
        "max_tokens": settings.answer_tokens,
        "response_format": {
            "type": "json_schema",
            "json_schema": {"name": name, "strict": True, "schema": schema},
        },
        **settings.parameters,
    }
    body = {name: value for name, value in body.items() if value is not None}
    said = json.dumps([version, body], ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(said.encode()).hexdigest(), body
