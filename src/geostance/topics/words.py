"""Words of a topic, one list per language, by class-based TF-IDF."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from geostance.schema import TABLES
from geostance.settings.topics import DescriptionSettings
from geostance.topics.documents import ALL_LANGUAGES
from geostance.topics.lexicon import Lexicon
from geostance.topics.representation import REPRESENTATIONS, Candidates
from geostance.topics.terms import is_part
from geostance.topics.vectors import unit_vectors

if TYPE_CHECKING:
    from scipy.sparse import csr_array

# Less than 1 raises what is rare elsewhere, for diversity; 1 what is frequent here, for coherence.
POWER = 0.7
# So many times the words wanted are looked at, for some are parts of others or reranked away.
_CANDIDATES = 3
# A term that makes up this share of a word's occurrences stands for the word, else the word
# stands for the term.
_SHARE_OF_PART = 0.5

Encode = Callable[[list[str]], np.ndarray]


def lexicons(
    texts: Sequence[str], languages: Sequence[str], settings: DescriptionSettings
) -> dict[str, tuple[np.ndarray, Lexicon]]:
    """Return the rows and the lexicon of each language, and of all together under "mul"."""
    tags = np.array(languages)
    found = {}
    for language in sorted(set(languages)):
        rows = np.flatnonzero(tags == language)
        own = [texts[row] for row in rows]
        found[language] = (rows, Lexicon.of(own, language, settings))
    rows = np.concatenate([rows for rows, _ in found.values()]) if found else np.array([], int)
    return {ALL_LANGUAGES: (rows, _together([lexicon for _, lexicon in found.values()])), **found}


def restricted(
    found: dict[str, tuple[np.ndarray, Lexicon]], chosen: np.ndarray
) -> dict[str, tuple[np.ndarray, Lexicon]]:
    """Return what :func:`lexicons` found, of the ``chosen`` documents only, bool (n_documents,).

    Rows stay those of all documents; a language without a chosen one is left out.
    """
    from scipy.sparse import csr_array

    kept = {}
    for language, (rows, lexicon) in found.items():
        own = np.flatnonzero(chosen[rows])
        if len(own):
            kept[language] = rows[own], replace(lexicon, held=csr_array(lexicon.held[own]))
    return kept


def _together(parts: list[Lexicon]) -> Lexicon:
    from scipy.sparse import csr_array, vstack

    keys = sorted({key for part in parts for key in part.keys})
    place = {key: at for at, key in enumerate(keys)}
    words, shown = [""] * len(keys), [""] * len(keys)
    most = np.zeros(len(keys), dtype=np.int64)
    moved = []
    for part in parts:
        totals = part.held.sum(axis=0)
        columns = np.array([place[key] for key in part.keys], dtype=np.int64)
        for own, (at, total) in enumerate(zip(columns, totals, strict=True)):
            if total > most[at]:
                words[at], shown[at], most[at] = part.words[own], part.shown[own], total
        held = part.held
        moved.append(
            csr_array(
                (held.data, columns[held.indices], held.indptr), shape=(held.shape[0], len(keys))
            )
        )
    return Lexicon(keys, words, shown, csr_array(vstack(moved)) if moved else csr_array((0, 0)))


def by_topic(lexicon: Lexicon, topics: np.ndarray) -> "tuple[list[int], csr_array]":
    """Return the topics, and how many of their documents hold each key: (n_topics, n_keys)."""
    from scipy.sparse import csr_array

    present = np.unique(topics)
    members = csr_array(
        (
            np.ones(len(topics), dtype=np.int64),
            (np.searchsorted(present, topics), range(len(topics))),
        ),
        shape=(len(present), len(topics)),
    )
    return present.tolist(), csr_array(members @ lexicon.held)


def weights(counts: "csr_array", others: "csr_array | None" = None) -> "csr_array":
    """Return the class-based TF-IDF of counts (n_topics, n_keys).

    Documents are counted and not occurrences, so that no single article names a topic.
    How rare a key is follows from ``others``, the counts of all topics; these by default.
    Source: Grootendorst 2022, arXiv:2203.05794, equation 2 (c-TF-IDF).
    """
    from scipy.sparse import csr_array
    from sklearn.preprocessing import normalize

    others = counts if others is None else others
    frequencies = csr_array(normalize(counts.astype(float), norm="l1")).power(POWER)
    totals = others.sum(axis=0)
    rarity = np.log1p(totals.sum() / others.shape[0] / np.maximum(totals, 1))
    return csr_array(frequencies.multiply(rarity[None, :]))


def best_words(
    lexicon: Lexicon, counts: "csr_array", others: "csr_array", n_words: int
) -> list[list[str]]:
    """Return the words of groups of topics by weight, as they are most often written."""
    table = weights(counts, others)
    return [
        [lexicon.shown[at] for at in _candidates(lexicon, counts[[row]], table[[row]], n_words)[0]]
        for row in range(counts.shape[0])
    ]


def topic_words(
    found: dict[str, tuple[np.ndarray, Lexicon]],
    topics: Sequence[int],
    settings: DescriptionSettings,
    vectors: np.ndarray | None = None,
    encode: Encode | None = None,
) -> pl.DataFrame:
    """Return the schema's table ``topic_words`` of documents with their lexicons and topics.

    Each language has its own bag of words, so that a large language does not
    crowd out the others; "mul" lists the words over all languages together.

    Args:
        found: what :func:`lexicons` returns.
        topics: the topic of each document.
        settings: how many words, and which way they are chosen.
        vectors: (n_documents, dim), of the documents; keybert and mmr need them.
        encode: gives the vectors of words, for the same.
    """
    assigned = np.array(topics, dtype=np.int64)
    rows = []
    for language, (members, lexicon) in found.items():
        if not lexicon.keys:
            continue
        present, counts = by_topic(lexicon, assigned[members])
        table = weights(counts)
        chosen = [
            _candidates(lexicon, counts[[at]], table[[at]], _CANDIDATES * settings.words)
            for at in range(len(present))
        ]
        spaces = (
            _spaces(lexicon, chosen, assigned[members], present, vectors[members], encode)
            if vectors is not None and encode is not None
            else [(np.zeros((len(columns), 0)), np.zeros(0)) for columns, _ in chosen]
        )
        choose = REPRESENTATIONS[settings.representation]
        for topic, (columns, own), (places, centre) in zip(present, chosen, spaces, strict=True):
            best = choose(Candidates(own, places, centre), settings.words)
            rows += [
                (
                    topic,
                    language,
                    rank,
                    lexicon.words[columns[at]],
                    lexicon.shown[columns[at]],
                    figure,
                )
                for rank, (at, figure) in enumerate(best, start=1)
            ]
    return pl.DataFrame(rows, schema=TABLES["topic_words"], orient="row")


def typicality(
    found: dict[str, tuple[np.ndarray, Lexicon]], topics: Sequence[int], words: pl.DataFrame
) -> np.ndarray:
    """Return how much each document holds of its topic's words, float (n_documents,).

    The sum of their weights, in the words of the document's own language.
    """
    assigned = np.array(topics, dtype=np.int64)
    typical = np.zeros(len(assigned))
    for language, (members, lexicon) in found.items():
        if language == ALL_LANGUAGES:
            continue
        place = {word: at for at, word in enumerate(lexicon.words)}
        own = words.filter(language=language)
        for topic in np.unique(assigned[members]).tolist():
            listed = own.filter(topic=topic)
            columns = [place[word] for word in listed["word"]]
            rows = np.flatnonzero(assigned[members] == topic)
            # A figure below 0 (a word unlike its topic) counts as none.
            figures = np.maximum(listed["weight"].to_numpy(), 0)
            typical[members[rows]] = lexicon.held[rows][:, columns] @ figures
    return typical


def _candidates(
    lexicon: Lexicon, counts: "csr_array", table: "csr_array", n_candidates: int
) -> tuple[list[int], np.ndarray]:
    """Return the columns of a topic's best words and their weights, none a part of another."""
    # Ties are broken by the word itself, so that the order never depends on the input's.
    order = np.lexsort((table.indices, -table.data))
    seen = dict(zip(counts.indices.tolist(), counts.data.tolist(), strict=True))
    kept: list[int] = []
    for column in table.indices[order].tolist():
        if len(kept) == n_candidates:
            break
        key = lexicon.keys[column]
        longer = [other for other in kept if is_part(key, lexicon.keys[other])]
        shorter = [other for other in kept if is_part(lexicon.keys[other], key)]
        if any(seen[other] >= _SHARE_OF_PART * seen[column] for other in longer):
            continue
        if any(seen[column] < _SHARE_OF_PART * seen[other] for other in shorter):
            continue
        dropped = {*longer, *shorter}
        # The longer term takes the place of its first word.
        at = min((kept.index(other) for other in dropped), default=len(kept))
        kept = [other for other in kept if other not in dropped]
        kept.insert(at, column)
    weight = dict(zip(table.indices.tolist(), table.data.tolist(), strict=True))
    return kept, np.array([weight[column] for column in kept])


def _spaces(
    lexicon: Lexicon,
    chosen: list[tuple[list[int], np.ndarray]],
    topics: np.ndarray,
    present: list[int],
    vectors: np.ndarray,
    encode: Encode,
) -> list[tuple[np.ndarray, np.ndarray]]:
    """Return the vectors of each topic's candidates, and its mean."""
    wanted = sorted({column for columns, _ in chosen for column in columns})
    place = {column: at for at, column in enumerate(wanted)}
    words = encode([lexicon.shown[column] for column in wanted])
    # What a language has in common tells no topic from another.
    words = unit_vectors(words - words.mean(axis=0))
    overall = vectors.mean(axis=0)
    return [
        (
            words[[place[column] for column in columns]],
            unit_vectors((vectors[topics == topic].mean(axis=0) - overall)[None, :])[0],
        )
        for topic, (columns, _) in zip(present, chosen, strict=True)
    ]
