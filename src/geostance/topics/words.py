"""Words of a topic, one list per language, by class-based TF-IDF."""

import re
from functools import lru_cache
from pathlib import Path

import numpy as np
import polars as pl
from stopwordsiso import has_lang, stopwords

from geostance.strict_yaml import read_yaml

# A word is two or more letters with their marks: \w leaves out the vowel signs of Devanagari.
WORD = re.compile(r"[^\W\d_](?:[\w\u0300-\u036f\u0900-\u0963\u200c\u200d'’-]*[\w\u0900-\u0963])")
ELISION = re.compile(r"^(?:[cdjlmnst]|qu|jusqu|lorsqu|puisqu|quoiqu)['’](?=\w)", re.IGNORECASE)
ALL_LANGUAGES = "mul"


def tokenize(text: str) -> list[str]:
    """Split a text into lower-case words, French and Italian elisions taken off."""
    return [ELISION.sub("", word) for word in WORD.findall(text.lower())]


@lru_cache(maxsize=1)
def _own_stopwords() -> dict[str, frozenset[str]]:
    lists = read_yaml(Path(__file__).parent / "stopwords.yml")
    return {language: frozenset(words.split()) for language, words in lists.items()}


def stopwords_of(language: str) -> frozenset[str]:
    """Return the function words of a language; empty for a language without a list."""
    own = _own_stopwords().get(language, frozenset())
    return own | frozenset(stopwords(language)) if has_lang(language) else own


def topic_words(
    texts: list[str],
    languages: list[str],
    topics: list[int],
    n_words: int,
    *,
    stopwords_listed: bool = True,
) -> pl.DataFrame:
    """Return the schema's table ``topic_words`` for texts with their languages and topics.

    Each language has its own bag of words, so that a large language does not
    crowd out the others; "mul" lists the words over all languages together.
    Source: Grootendorst 2022, arXiv:2203.05794, equation 2 (c-TF-IDF).
    """
    tags = np.array(languages)
    kept = [
        " ".join(
            word
            for word in tokenize(text)
            if len(word) > 1 and not (stopwords_listed and word in stopwords_of(language))
        )
        for text, language in zip(texts, languages, strict=True)
    ]
    parts = [
        _ranked([kept[i] for i in rows], [topics[i] for i in rows], n_words).with_columns(
            language=pl.lit(language)
        )
        for language in (ALL_LANGUAGES, *sorted(set(languages)))
        for rows in [np.flatnonzero((tags == language) | (language == ALL_LANGUAGES))]
    ]
    return pl.concat(parts).select("topic", "language", "rank", "word", "weight")


def _ranked(texts: list[str], topics: list[int], n_words: int) -> pl.DataFrame:
    from sklearn.feature_extraction.text import CountVectorizer
    from sklearn.preprocessing import normalize

    schema = {
        "topic": pl.Int64,
        "rank": pl.Int64,
        "word": pl.String,
        "weight": pl.Float64,
    }
    joined: dict[int, list[str]] = {}
    for text, topic in zip(texts, topics, strict=True):
        joined.setdefault(topic, []).append(text)
    if not any(text for text in texts):
        return pl.DataFrame(schema=schema)
    ordered = sorted(joined)
    vectorizer = CountVectorizer(tokenizer=str.split, token_pattern=None, lowercase=False)
    counts = vectorizer.fit_transform([" ".join(joined[topic]) for topic in ordered])
    # Square roots keep a word that one long article repeats from naming the topic.
    frequencies = normalize(counts, norm="l1").sqrt()
    totals = np.asarray(counts.sum(axis=0)).ravel()
    weights = frequencies.multiply(np.log1p(totals.sum() / len(ordered) / totals)).tocsr()
    names = vectorizer.get_feature_names_out()
    rows = []
    for row, topic in enumerate(ordered):
        line = weights[row]
        # Ties are broken by the word itself, so that the order never depends on the input's.
        best = np.lexsort((names[line.indices], -line.data))[:n_words]
        rows += [
            (topic, rank, names[line.indices[i]], float(line.data[i]))
            for rank, i in enumerate(best, start=1)
        ]
    return pl.DataFrame(rows, schema=schema, orient="row")
