"""Whether the words of a topic belong together: coherence over reference texts, and diversity.

Source: Bouma 2009 (NPMI); Röder, Both and Hinneburg 2015, WSDM (C_v, sliding windows);
Dieng, Ruiz and Blei 2020, TACL 8 (topic diversity).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import product
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from geostance.topics.stopwords import content_words

if TYPE_CHECKING:
    from scipy.sparse import csr_array

# Words that a window spans: those of the sources, and of nearly all published figures.
WINDOWS = {"npmi": 10, "c_v": 110}
# Places in windows that are laid out at once: bounds the memory.
_PLACES = 4_000_000


def reference_texts(
    texts: Sequence[str], language: str, most: int, draws: np.random.Generator
) -> list[list[str]]:
    """Return texts of one language as words, ``most`` of them drawn where there are more."""
    chosen = np.arange(len(texts))
    if len(texts) > most:
        chosen = np.sort(draws.choice(len(texts), most, replace=False))
    return [content_words(texts[row], language) for row in chosen.tolist()]


def topic_terms(words: Sequence[str], language: str) -> list[str]:
    """Return the words of a topic as the reference texts hold them, terms joined by a space."""
    return [" ".join(content_words(word, language)) for word in words]


def coherence(
    topics: Sequence[Sequence[str]], texts: Sequence[Sequence[str]], measure: str
) -> list[float | None]:
    """Return the coherence of each topic's words over reference texts.

    Words that the texts do not hold are left out, since they tell nothing; a topic of which
    fewer than two are left has no coherence.

    Args:
        topics: the words of each topic.
        texts: the reference texts as words.
        measure: "npmi", mean normalised pointwise mutual information of the word pairs in
            windows of ten words, in [−1, 1]; or "c_v", in windows of 110 words, in [0, 1].
    """
    from gensim.models.coherencemodel import COHERENCE_MEASURES

    found, words = _numbered(topics, texts)
    ids = [np.array([words[word] for word in topic]) for topic in found if len(topic) > 1]
    if not ids:
        return [None] * len(topics)
    windows = count_windows(texts, words, ids, WINDOWS[measure])
    pipeline = COHERENCE_MEASURES[{"npmi": "c_npmi"}.get(measure, measure)]
    how = {"normalize": True} if measure == "npmi" else {"topics": ids, "measure": "nlr"}
    scores = iter(pipeline.conf(pipeline.seg(ids), windows, **how))
    return [_finite(next(scores)) if len(topic) > 1 else None for topic in found]


def npmi_of_strangers(
    topics: Sequence[Sequence[str]], texts: Sequence[Sequence[str]]
) -> float | None:
    """Return the mean NPMI of words of different topics: what a topic of no theme would have.

    In few or short texts words of one theme seldom meet in ten words, and NPMI is below 0 for
    good topics too. Each topic's words are paired with those of the next, in the alphabet of
    their words; None where fewer than two topics have words.
    """
    from gensim.topic_coherence.direct_confirmation_measure import log_ratio_measure

    found, words = _numbered(topics, texts)
    ids = [np.array([words[word] for word in topic]) for topic in sorted(found) if topic]
    if len(ids) < 2:
        return None
    couples = list(zip(ids, ids[1:] + ids[:1], strict=True))
    pairs = [
        (one, other)
        for first, second in couples
        for one, other in product(first.tolist(), second.tolist())
        if one not in second and other not in first
    ]
    if not pairs:
        return None
    blocks = [np.union1d(*couple) for couple in couples]
    windows = count_windows(texts, words, blocks, WINDOWS["npmi"])
    return _finite(log_ratio_measure([pairs], windows, normalize=True)[0])


def _numbered(
    topics: Sequence[Sequence[str]], texts: Sequence[Sequence[str]]
) -> tuple[list[list[str]], dict[str, int]]:
    """Return the words of each topic that the texts hold, each once, and a number for each."""
    wanted = {word for topic in topics for word in topic}
    longest = max((_length(word) for word in wanted), default=1)
    present = {
        term
        for text in texts
        for length in range(1, longest + 1)
        for term in _terms(text, length)
        if term in wanted
    }
    found = [[word for word in dict.fromkeys(topic) if word in present] for topic in topics]
    return found, {word: at for at, word in enumerate(sorted(present))}


def _finite(score: float) -> float | None:
    return float(score) if np.isfinite(score) else None


@dataclass(frozen=True)
class Windows:
    """In how many windows each word stands, and each pair; gensim's measures read it.

    gensim's CoherenceModel counts windows itself, but (4.4) it forgets a word that stands
    twice in a window as soon as the first of the two leaves it, takes no empty text, and
    divides by zero where a word is absent.
    """

    together: dict[tuple[int, int], int]
    num_docs: int

    def __getitem__(self, words: int | tuple[int, int]) -> int:
        return self.together[words if isinstance(words, tuple) else (words, words)]


def count_windows(
    texts: Sequence[Sequence[str]], words: dict[str, int], topics: Sequence[np.ndarray], size: int
) -> Windows:
    """Count the windows of ``size`` words, sliding over the texts, that hold a topic's pairs.

    A text shorter than a window is one; one without words is none. ``words`` are numbered
    from 0, and ``topics`` are made of these numbers.
    """
    from scipy.sparse import csr_array

    together = csr_array((len(words), len(words)), dtype=np.int64)
    n_windows = 0
    batch: list[_Occurrences] = []
    places = 0
    longest = max(_length(word) for word in words)
    written = [text for text in texts if text]
    for at, text in enumerate(written):
        batch.append(_Occurrences.of(text, words, longest))
        places += len(batch[-1].words) * size
        if places >= _PLACES or at == len(written) - 1:
            seen = _seen(batch, len(words), size)
            together += seen.T @ seen
            n_windows += seen.shape[0]
            batch, places = [], 0
    together = together.tocsr()
    counted: dict[tuple[int, int], int] = {}
    for ids in topics:
        block = together[ids][:, ids].toarray().tolist()
        # Looking each pair up where it lies would take most of the time.
        for one, line in zip(ids.tolist(), block, strict=True):
            counted |= zip(product([one], ids.tolist()), line, strict=True)
    return Windows(counted, n_windows)


class _Occurrences(NamedTuple):
    """Where the known words of a text stand; a term stands where it begins."""

    places: np.ndarray
    words: np.ndarray
    n_words: int

    @classmethod
    def of(cls, text: Sequence[str], words: dict[str, int], longest: int) -> "_Occurrences":
        found = [
            (place, words[term])
            for length in range(1, longest + 1)
            for place, term in enumerate(_terms(text, length))
            if term in words
        ]
        table = np.array(found, dtype=np.int64).reshape(-1, 2)
        return cls(table[:, 0], table[:, 1], len(text))


def _terms(text: Sequence[str], length: int) -> Iterable[str]:
    if length == 1:
        return text
    return map(" ".join, zip(*(text[start:] for start in range(length)), strict=False))


def _length(term: str) -> int:
    return term.count(" ") + 1


def _seen(texts: list[_Occurrences], n_words: int, size: int) -> "csr_array":
    """Return which words each window holds, once however often; shape (n_windows, n_words)."""
    from scipy.sparse import coo_array

    rows, columns, start = [], [], 0
    for text in texts:
        windows = max(1, text.n_words - size + 1)
        for offset in range(min(size, text.n_words)):
            # The window that begins ``offset`` words before the place.
            begins = text.places - offset
            inside = (begins >= 0) & (begins < windows)
            rows.append(start + begins[inside])
            columns.append(text.words[inside])
        start += windows
    places = (np.concatenate([np.zeros(0, np.int64), *part]) for part in (rows, columns))
    rows, columns = places
    ones = np.ones(len(rows), dtype=np.int64)
    seen = coo_array((ones, (rows, columns)), (start, n_words)).tocsr()
    seen.data[:] = 1
    return seen


def absent_share(topics: Sequence[Sequence[str]], texts: Sequence[Sequence[str]]) -> float:
    """Return the share of the topics' words that the reference texts do not hold, in [0, 1]."""
    n_words = sum(len(topic) for topic in topics)
    return 1 - sum(map(len, _numbered(topics, texts)[0])) / n_words if n_words else 0.0


def diversity(topics: Sequence[Sequence[str]]) -> float:
    """Return the share of distinct words among the words of all topics, in (0, 1]."""
    words = [word for topic in topics for word in topic]
    return len(set(words)) / len(words)
