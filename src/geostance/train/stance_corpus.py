"""Unlabelled text for the stance model: press items, posts, speeches, articles, translations."""

import re
from collections.abc import Iterable, Iterator, Set
from itertools import islice
from pathlib import Path

import numpy as np
import polars as pl

from geostance.sentences import split_sentences
from geostance.stance.passages import Passage, make_passage
from geostance.targets import find_any, find_targets, load_targets
from geostance.train.stance_data import json_lines, letters, whole_passage

_LINK = re.compile(r"https?://\S+|www\.\S+|t\.me/\S+")
_SPACE = re.compile(r"[ \t\xa0\u202f]+")
# Characters of a piece of a long article, and of the shortest paragraph of a speech.
PIECE, PARAGRAPH = 700, 80
# Sentences of everyday talk, and names, teach little of the press.
_LEFT_OUT = ["tatoeba_test", "cldr_names"]
# Sets of translated news, and how many mentions of persons are taken from each language there
# and from the press.
_NEWS = ["wmt_newstest", "wmt_general", "ntrex"]
_PERSONS = {"de": 12_500, "en": 12_500, "es": 5_500, "fr": 6_600, "it": 1_600, "ru": 8_300}
_PRESS_PERSONS = {"fr": 8_000, "ru": 4_000}
# Characters of such a sentence, and a person's name: two words in capitals inside it.
_SHORTEST, _LONGEST = 60, 400
_PERSON = re.compile(r"(?<=[a-zà-ÿа-яё,] )[A-ZÀ-ÞА-ЯЁ][\w'’-]+ [A-ZÀ-ÞА-ЯЁ][\w’-]+(?=[ ,.])")


def tidy(text: str) -> str:
    """Return ``text`` without links and with single spaces."""
    return _SPACE.sub(" ", _LINK.sub(" ", text)).strip()


def press_items(folder: Path, held_out: Set[str]) -> dict[str, list[str]]:
    """Return texts by language, without those of the same letters as one of ``held_out``.

    French press items, Russian channel posts, English speeches by paragraph, and articles in
    French and English in pieces.
    """
    french = pl.read_parquet(folder / "rss_fr.parquet").unique("text", maintain_order=True)
    items = (
        f"{title or ''}\n\n{text or ''}".strip()
        for title, text in french.select("title", "text").iter_rows()
    )
    posts = pl.read_parquet(folder / "telegram_ru.parquet")["text"].drop_nulls().to_list()
    speeches = pl.read_parquet(folder / "ungdc_en.parquet")["text"].to_list()
    paragraphs = (part.strip() for speech in speeches for part in speech.split("\n"))
    texts = {
        "fr": list(items),
        "ru": [post.strip() for post in posts],
        "en": [part for part in paragraphs if len(part) > PARAGRAPH],
    }
    for record in json_lines(folder / "masakhanews_fr_en.jsonl"):
        texts[record["lang"][:2]] += _pieces(f"{record['headline']}\n{record['text']}")
    return {
        language: [text for text in found if letters(text) not in held_out]
        for language, found in texts.items()
    }


def translations(pairs: Path) -> list[tuple[str, str]]:
    """Return translated sentences, one of each two English."""
    table = pl.read_parquet(pairs).filter(
        ~pl.col("source").is_in(_LEFT_OUT),
        (pl.col("lang_a") == "en") | (pl.col("lang_b") == "en"),
    )
    return [(tidy(a), tidy(b)) for a, b in table.select("text_a", "text_b").iter_rows()]


def passages(texts: Iterable[str], language: str) -> Iterator[Passage]:
    """Yield, for each text and each target it names, the passage of its first mention."""
    targets = list(load_targets())
    for text in texts:
        found = find_targets(text, language, targets)
        if not found:
            continue
        others, sentences = find_any(text, language), split_sentences(text, language)
        for target in dict.fromkeys(mention.target for mention in found):
            own = [(mention.start, mention.end) for mention in found if mention.target == target]
            yield make_passage(text, own[0], sentences, language=language, same=own, others=others)


def persons(
    pairs: Path, texts: dict[str, list[str]], held_out: Set[str], seed: int
) -> list[Passage]:
    """Return sentences of translated news and the press that name a person, who is their target.

    ``texts`` are the press by language. Sentences that consist of the same letters as one of
    ``held_out``, which a model is measured on, are left out.
    """
    table = pl.read_parquet(pairs).filter(pl.col("source").is_in(_NEWS))
    draw, found = np.random.default_rng(seed), []
    for language, number in _PERSONS.items():
        sides = [
            table.filter(pl.col(f"lang_{side}") == language)[f"text_{side}"] for side in ("a", "b")
        ]
        news = list(dict.fromkeys(text for side in sides for text in side))
        shuffled = (news[n] for n in draw.permutation(len(news)))
        found += islice(_naming(shuffled, language, held_out), number)
    for language, number in _PRESS_PERSONS.items():
        shuffled = (texts[language][n] for n in draw.permutation(len(texts[language])))
        sentences = (
            text[start:end] for text in shuffled for start, end in split_sentences(text, language)
        )
        found += islice(_naming(sentences, language, held_out), number)
    return found


def _naming(texts: Iterable[str], language: str, held_out: Set[str]) -> Iterator[Passage]:
    for text in texts:
        if "\n" not in text and _SHORTEST < len(text) < _LONGEST and letters(text) not in held_out:
            for name in islice(_PERSON.finditer(text), 2):
                yield whole_passage(text, [name.span()], language)


def _pieces(text: str) -> Iterator[str]:
    piece = ""
    for line in filter(str.strip, text.split("\n")):
        if piece and len(piece) + len(line) > PIECE:
            yield piece.strip()
            piece = ""
        piece += line + "\n"
    if piece:
        yield piece.strip()
