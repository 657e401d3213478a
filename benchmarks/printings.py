"""A corpus of any size in which half of the articles are printings of another, made by chance.

The words are those of real press items, drawn in runs and partly exchanged for other words of
the same items, so that frequent words and phrases stay frequent.
"""

import random
from collections.abc import Iterator
from datetime import date, timedelta

import numpy as np
import polars as pl

# Words of an article: 2.5 kB of French.
WORDS = 420
PART = 20_000
OUTLETS = 60
DAYS = 1_000
# Share of the words that are exchanged in each new text, and at most in a printing of it.
EXCHANGED = 0.3
NEAR = 0.05
# Printings of the one text that everybody prints.
AGENCY = 3_000
_FIRST = date(2020, 1, 1)


def printings(texts: pl.Series, n: int, seed: int) -> Iterator[pl.DataFrame]:
    """Yield ``n`` articles in frames: doc_id, title, text, date, date_precision, outlet, of.

    ``of`` is the article whose text an article prints: as it was, with other words
    here and there, cut to 60 %, with a lead, or with a sentence more.
    """
    chance, random_words = random.Random(seed), np.random.default_rng(seed)
    source = np.array(" ".join(texts.to_list()).split(" "), dtype=object)
    starts = random_words.integers(0, len(source) - WORDS, n)
    for first in range(0, n, PART):
        rows = []
        for number in range(first, min(first + PART, n)):
            of = _printed(number, chance)
            text = _text(source, int(starts[of]), of)
            if of != number:
                text = _edited(text, source, chance)
            day = (of * 7919) % DAYS + (chance.randrange(4) if of != number else 0)
            rows.append(
                (
                    f"{number:09d}",
                    " ".join(source[starts[number] : starts[number] + 9]),
                    " ".join(text),
                    _FIRST + timedelta(days=day),
                    "day",
                    f"outlet {chance.randrange(OUTLETS)}",
                    f"{of:09d}",
                )
            )
        yield pl.DataFrame(
            rows,
            ["doc_id", "title", "text", "date", "date_precision", "outlet", "of"],
            orient="row",
        ).with_columns(dropped_reason=pl.lit(None, pl.String))


def _printed(number: int, chance: random.Random) -> int:
    """Return the text that article ``number`` prints: every second one prints an earlier one."""
    if number % 2 == 0:
        return number
    if number < 2 * AGENCY:
        return 0
    # Most texts are printed once or twice more, within the next articles; few, often.
    return max(0, number - 1 - 2 * int(chance.paretovariate(0.7)))


def _text(source: np.ndarray, start: int, seed: int) -> list[str]:
    draws = np.random.default_rng(seed)
    text = source[start : start + WORDS].copy()
    at = np.flatnonzero(draws.random(WORDS) < EXCHANGED)
    text[at] = source[draws.integers(0, len(source), len(at))]
    return text.tolist()


def _edited(text: list[str], source: np.ndarray, chance: random.Random) -> list[str]:
    kind = chance.randrange(5)
    if kind == 0:
        return text
    start = chance.randrange(len(source) - 40)
    if kind == 1:
        for _ in range(chance.randint(1, round(NEAR * len(text)))):
            text[chance.randrange(len(text))] = source[chance.randrange(len(source))]
        return text
    if kind == 2:
        return text[: round(0.6 * len(text))]
    more = source[start : start + 40].tolist()
    at = 0 if kind == 3 else chance.randrange(len(text))
    return text[:at] + more + text[at:]
