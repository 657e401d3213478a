"""What a service's reply says, whatever its server."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import httpx

STRUCTURE = "response_format"


def value_of(response: "httpx.Response") -> Any:
    """Return the JSON value of a reply, None when it is broken."""
    try:
        return response.json()
    except ValueError:
        return None


def refuses_structure(response: "httpx.Response") -> bool:
    """Return whether the server may not know the parameter ``response_format``.

    Those that do not answer 400 or 422, some of them 500 with its name.
    """
    named = STRUCTURE in response.text or "json_schema" in response.text
    return response.status_code in (400, 422) or (response.status_code >= 500 and named)


def is_filtered(response: "httpx.Response") -> bool:
    """Return whether the service will not read the passage (violence, as in press on war)."""
    value = value_of(response) if response.status_code == 400 else None
    error = value.get("error") if isinstance(value, dict) else None
    code = error.get("code") if isinstance(error, dict) else None
    return code in ("content_filter", "content_policy_violation")


def message_of(response: "httpx.Response") -> str:
    """Return the reason a service gives for an error, its whole reply where it has no form."""
    value = value_of(response)
    error = value.get("error", value) if isinstance(value, dict) else None
    message = error.get("message") if isinstance(error, dict) else error
    return message if isinstance(message, str) else response.text


def first_choice(value: Any) -> dict[str, Any] | None:
    """Return the choice with a message in a chat completion, None when it is none."""
    choices = value.get("choices") if isinstance(value, dict) else None
    choice = choices[0] if isinstance(choices, list) and choices else None
    whole = isinstance(choice, dict) and isinstance(choice.get("message"), dict)
    return choice if whole else None


def count(value: Any) -> int | None:
    """Return a count of tokens, None for what is none."""
    whole = isinstance(value, int) and not isinstance(value, bool) and value >= 0
    return value if whole else None
