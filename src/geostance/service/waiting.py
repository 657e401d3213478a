"""How long to wait before a request is sent again."""

import hashlib
from collections.abc import Mapping
from email.utils import parsedate_to_datetime

# Seconds before the second attempt; they double from attempt to attempt up to the limit.
FIRST_WAIT, LONGEST_BACKOFF = 1.0, 60.0
# A service that asks for a longer pause (a spent daily quota) stops the run instead.
LONGEST_WAIT = 600.0


def backoff(key: str, attempt: int) -> float:
    """Return the seconds to wait after ``attempt``: doubling, spread over the upper half.

    The spread follows from the key of the request, so that a rerun waits alike and requests
    that failed together do not come back together.
    """
    digest = hashlib.sha256(f"{key}:{attempt}".encode()).digest()
    share = int.from_bytes(digest[:4], "big") / 2**32
    return min(LONGEST_BACKOFF, FIRST_WAIT * 2 ** (attempt - 1)) * (1 + share) / 2


def retry_after(headers: Mapping[str, str]) -> float | None:
    """Return the seconds a service asks to wait, None where it does not say.

    A date is read against the service's own clock (its header Date), not against ours.
    """
    asked = headers.get("retry-after", "").strip()
    if asked.replace(".", "", 1).isdecimal():
        return float(asked)
    try:
        until = parsedate_to_datetime(asked)
        now = parsedate_to_datetime(headers.get("date", ""))
        return max(0.0, (until - now).total_seconds())
    except (TypeError, ValueError):
        return None
