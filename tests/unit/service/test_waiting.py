import pytest

from geostance.service.waiting import LONGEST_BACKOFF, backoff, retry_after

TEN = "Sat, 21 Nov 2026 10:00:00 GMT"


def test_waits_double_up_to_a_limit():
    waits = [backoff("key", attempt) for attempt in range(1, 12)]
    assert all(
        low / 2 <= wait <= low
        for low, wait in zip([1, 2, 4, 8, 16, 32, *[LONGEST_BACKOFF] * 5], waits, strict=True)
    )


def test_requests_that_failed_together_come_back_apart_but_alike_in_every_run():
    waits = [backoff(f"key {n}", 3) for n in range(50)]
    assert len(set(waits)) == 50
    assert waits == [backoff(f"key {n}", 3) for n in range(50)]
    assert max(waits) - min(waits) > 1


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({}, None),
        ({"retry-after": "12"}, 12),
        ({"retry-after": " 0.5 "}, 0.5),
        ({"retry-after": "0"}, 0),
        ({"retry-after": "-3"}, None),
        ({"retry-after": "soon"}, None),
        ({"retry-after": "Sat, 21 Nov 2026 10:01:30 GMT", "date": TEN}, 90),
        ({"retry-after": "Sat, 21 Nov 2026 09:00:00 GMT", "date": TEN}, 0),
        # Against our own clock a date would mean anything.
        ({"retry-after": "Sat, 21 Nov 2026 10:01:30 GMT"}, None),
    ],
)
def test_what_the_service_asks_for(headers, seconds):
    assert retry_after(headers) == seconds
