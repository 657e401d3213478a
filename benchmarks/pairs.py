"""Pairs of press texts whose answer is known: copies made by an editor's changes, and two
outlets' own texts on one event.
"""

import random
import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from difflib import SequenceMatcher

import numpy as np
import polars as pl

from geostance.encoders import load_encoder

# Words of a press item that is cut and still is a text, and of a sentence that is added.
LONG_WORDS = 60
SENTENCE_WORDS = (8, 30)
# An item that says enough of an event for two of them to be compared.
EVENT_WORDS = 30
# Likeness of headline and summary, cosine, from which two items of neighbouring days and
# different outlets are taken to tell one event.
SAME_EVENT = 0.75
# Longest run of words in common, as a share of the shorter text, from which a pair is no
# pair of different texts.
VERBATIM = 0.5

_SENTENCE = re.compile(r"(?<=[.!?…»”])\s+")


@dataclass(frozen=True)
class Donor:
    """What an editor adds is taken from another item: its headline and a sentence."""

    title: str
    sentence: str


def cut(title: str, text: str, donor: Donor, chance: random.Random) -> tuple[str, str]:
    """Keep the first 60 % of the words."""
    words = text.split(" ")
    return title, " ".join(words[: round(0.6 * len(words))])


def cut_anywhere(title: str, text: str, donor: Donor, chance: random.Random) -> tuple[str, str]:
    """Keep 60 % of the words, from a place at random on."""
    words = text.split(" ")
    kept = round(0.6 * len(words))
    start = chance.randint(0, len(words) - kept)
    return title, " ".join(words[start : start + kept])


def lead(title: str, text: str, donor: Donor, chance: random.Random) -> tuple[str, str]:
    """Put another item's sentence before the text."""
    return title, f"{donor.sentence} {text}"


def other_lead(title: str, text: str, donor: Donor, chance: random.Random) -> tuple[str, str]:
    """Put another item's sentence in place of the first words of the text, a tenth of it."""
    words = text.split(" ")
    return title, " ".join([donor.sentence, *words[len(words) // 10 :]])


def headline(title: str, text: str, donor: Donor, chance: random.Random) -> tuple[str, str]:
    """Give the text another item's headline."""
    return donor.title, text


def sentence(title: str, text: str, donor: Donor, chance: random.Random) -> tuple[str, str]:
    """Add another item's sentence between two sentences, or at the end."""
    sentences = _SENTENCE.split(text)
    sentences.insert(chance.randint(1, len(sentences)), donor.sentence)
    return title, " ".join(sentences)


def typography(title: str, text: str, donor: Donor, chance: random.Random) -> tuple[str, str]:
    """Set the text by another house's rules: quotes, dashes, spaces, capitals, composed letters."""
    for old, new in (
        ("«\xa0", '"'), ("\xa0»", '"'), ("« ", '"'), (" »", '"'), ("«", '"'), ("»", '"'),
        ("“", "«\u202f"), ("”", "\u202f»"), ("’", "\x00"), ("'", "’"), ("\x00", "'"),
        (" - ", " — "), (" – ", " - "), (" :", "\u202f:"), (" ;", "\u202f;"), ("...", "…"),
    ):  # fmt: skip
        text = text.replace(old, new)
    words = text.split(" ")
    words[:3] = [word.upper() for word in words[:3]]
    joined = "".join(word + chance.choice(["  ", "\xa0", " ", " ", "\n"]) for word in words)
    return title.upper(), unicodedata.normalize("NFD", joined)


def together(title: str, text: str, donor: Donor, chance: random.Random) -> tuple[str, str]:
    """Another headline and typography, a sentence before, and the last fifth cut."""
    words = text.split(" ")
    text = " ".join(words[: round(0.8 * len(words))])
    title, text = lead(donor.title, text, donor, chance)
    return typography(title, text, donor, chance)


EDITS: dict[str, Callable[[str, str, Donor, random.Random], tuple[str, str]]] = {
    "cut_to_60": cut,
    "cut_anywhere_to_60": cut_anywhere,
    "lead_added": lead,
    "lead_changed": other_lead,
    "headline_changed": headline,
    "sentence_added": sentence,
    "typography": typography,
    "several": together,
}


def edited(originals: pl.DataFrame, items: pl.DataFrame, seed: int) -> pl.DataFrame:
    """Return ``originals`` as edited elsewhere, with ``of`` and ``kind``.

    What is added comes from other ``items`` of the same language. The copy is another outlet's,
    of the same day or one of the two after.
    """
    chance = random.Random(seed)
    outlets = items["outlet"].drop_nulls().unique().sort().to_list()
    donors = {
        language: found
        for (language,), group in items.group_by("language")
        if (found := _donors(group))
    }
    kinds = list(EDITS)
    made = []
    for place, row in enumerate(
        originals.sample(fraction=1, shuffle=True, seed=seed).rows(named=True)
    ):
        donor = chance.choice(donors[row["language"]])
        while donor.title == row["title"] or donor.sentence in row["text"]:
            donor = chance.choice(donors[row["language"]])
        kind = kinds[place % len(kinds)]
        title, text = EDITS[kind](row["title"], row["text"], donor, chance)
        made.append(
            row
            | {
                "doc_id": f"edit-{seed}-{place}",
                "of": row["doc_id"],
                "kind": kind,
                "title": title,
                "text": text,
                "outlet": chance.choice([name for name in outlets if name != row["outlet"]]),
                "date": row["date"] and row["date"] + timedelta(days=chance.randint(0, 2)),
            }
        )
    return pl.DataFrame(made, infer_schema_length=None)


def _donors(items: pl.DataFrame) -> list[Donor]:
    low, high = SENTENCE_WORDS
    return [
        Donor(title, sentence)
        for title, text in items.sort("doc_id").select("title", "text").iter_rows()
        for sentence in _SENTENCE.split(text)
        if low <= len(sentence.split()) <= high
    ]


def same_event(items: pl.DataFrame, n: int, seed: int) -> tuple[pl.DataFrame, int]:
    """Return ``n`` pairs (one, other) of two outlets' texts on one event, and how many were not.

    Each item is paired with the likest of another outlet within a day, by the encoder's vectors
    of headline and summary, which know nothing of shingles. A pair with a long verbatim run
    is set aside, for it may hold copies.
    """
    items = items.sort("date", "doc_id")
    texts = [f"{title}. {text}" for title, text in items.select("title", "text").iter_rows()]
    vectors = load_encoder().encode(texts)
    days = items["date"].to_physical().to_numpy()
    outlets = items["outlet"].rank("dense").to_numpy()
    found = []
    for day in np.unique(days):
        mine = np.flatnonzero(days == day)
        near = np.flatnonzero(np.abs(days - day) <= 1)
        likeness = vectors[mine] @ vectors[near].T
        likeness[outlets[mine][:, None] == outlets[near][None, :]] = -1
        best = likeness.argmax(axis=1)
        like = likeness[np.arange(len(mine)), best] >= SAME_EVENT
        found += zip(mine[like].tolist(), near[best[like]].tolist(), strict=True)
    pairs = sorted({tuple(sorted(pair)) for pair in found})
    random.Random(seed).shuffle(pairs)
    bodies, ids = items["text"].to_list(), items["doc_id"].to_list()
    kept, aside = [], 0
    for one, other in pairs:
        if verbatim(bodies[one], bodies[other]) >= VERBATIM:
            aside += 1
        else:
            kept.append((ids[one], ids[other]))
        if len(kept) == n:
            break
    return pl.DataFrame(kept, schema=["one", "other"], orient="row"), aside


def same_topic(items: pl.DataFrame, n: int) -> pl.DataFrame:
    """Return the ``n`` likest pairs (one, other) of articles of one language and topic."""
    vectors = load_encoder().encode(
        [f"{title}. {text}" for title, text in items.select("title", "text").iter_rows()]
    )
    likeness = np.triu(vectors @ vectors.T, 1)
    for column in ("language", "topic"):
        names = items[column].rank("dense").to_numpy()
        likeness[names[:, None] != names[None, :]] = -1
    ids, bodies = items["doc_id"].to_list(), items["text"].to_list()
    kept: list[tuple[str, str]] = []
    for at in np.argsort(-likeness, axis=None, kind="stable"):
        one, other = divmod(int(at), len(ids))
        if verbatim(bodies[one], bodies[other]) < VERBATIM:
            kept.append((ids[one], ids[other]))
        if len(kept) == n:
            break
    return pl.DataFrame(kept, schema=["one", "other"], orient="row")


def verbatim(one: str, other: str) -> float:
    """Return the longest run of words in common, as a share of the shorter text."""
    ours, theirs = one.lower().split(), other.lower().split()
    if not ours or not theirs:
        return 0.0
    match = SequenceMatcher(None, ours, theirs, autojunk=False).find_longest_match()
    return match.size / min(len(ours), len(theirs))
