"""Which words and terms each document of a language holds, by lemma."""

from array import array
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from geostance.settings.topics import DescriptionSettings
from geostance.topics.lemmas import lemmatizer
from geostance.topics.stopwords import connectors_of, stopwords_of
from geostance.topics.terms import JOINT, Terms
from geostance.topics.tokens import lower, segments

if TYPE_CHECKING:
    from scipy.sparse import csr_array

_APOSTROPHES = ("'", "’", "ʼ")


@dataclass(frozen=True)
class Lexicon:
    """What the documents of one language are counted in.

    ``keys`` are the lemmas (of a term, joined by spaces); ``words`` the form that each has most
    often, in small letters, and ``shown`` as that is most often written. ``held`` is
    (n_documents, n_keys), 1 where a document holds a key; a document that repeats a word does not
    say more of its topic. The words of a term are held as words too.
    """

    keys: list[str]
    words: list[str]
    shown: list[str]
    held: "csr_array"

    @classmethod
    def of(cls, texts: Sequence[str], language: str, settings: DescriptionSettings) -> "Lexicon":
        """Look up what ``texts`` hold, as the settings want it read."""
        from scipy.sparse import csr_array

        reader = _Reader(language, settings)
        read = _Runs.of(reader.runs(text) for text in texts)
        keys = reader.keys
        found = Terms(_Keys(read, keys), language) if settings.terms else None
        index: dict[str, int] = {}
        written: list[Counter[str]] = []
        columns, ends = array("q"), array("q", [0])
        for runs in read.documents():
            own_columns: set[int] = set()
            for run in runs:
                units = [(keys[word], word) for word in run if word not in reader.connectors]
                if found is not None:
                    own = [keys[word] for word in run]
                    units += [
                        (JOINT.join(own[start:end]), _joined(run[start:end]))
                        for start, end in found.find(own)
                    ]
                for key, surface in units:
                    at = index.setdefault(key, len(index))
                    if at == len(written):
                        written.append(Counter())
                    written[at][surface] += 1
                    own_columns.add(at)
            columns.extend(sorted(own_columns))
            ends.append(len(columns))
        # Sorted, so that the order of the documents leaves no trace.
        order = sorted(index, key=index.__getitem__)
        held = csr_array(
            (np.ones(len(columns), np.int64), np.array(columns), np.array(ends)),
            shape=(len(texts), len(index)),
        )
        alphabetical = np.array(sorted(range(len(order)), key=order.__getitem__), dtype=np.int64)
        shown = [_commonest(written[at], language) for at in alphabetical]
        return cls(
            [order[at] for at in alphabetical],
            [lower(word, language) for word in shown],
            shown,
            csr_array(held[:, alphabetical]) if order else held,
        )


class _Runs:
    """The runs of words of all documents, as numbers: a corpus holds a word many times."""

    # They stand behind a run, and behind a document.
    _RUN, _DOCUMENT = -1, -2

    def __init__(self, words: list[str], numbers: "array[int]") -> None:
        self._words, self._numbers = words, numbers

    @classmethod
    def of(cls, documents: Iterable[Iterable[Sequence[str]]]) -> "_Runs":
        """Take over the runs of each document."""
        places: dict[str, int] = {}
        numbers = array("i")
        for runs in documents:
            for run in runs:
                numbers.extend([places.setdefault(word, len(places)) for word in run])
                numbers.append(cls._RUN)
            numbers.append(cls._DOCUMENT)
        return cls(list(places), numbers)

    def documents(self) -> Iterator[list[list[str]]]:
        """Yield the runs of each document."""
        words = self._words
        runs: list[list[str]] = []
        run: list[str] = []
        for number in self._numbers:
            if number >= 0:
                run.append(words[number])
            elif number == self._RUN:
                runs.append(run)
                run = []
            else:
                yield runs
                runs = []


class _Keys:
    """The keys of all runs, one run after another, as often as they are asked for."""

    def __init__(self, runs: _Runs, keys: Mapping[str, str]) -> None:
        self._runs, self._keys = runs, keys

    def __iter__(self) -> Iterator[list[str]]:
        keys = self._keys
        for runs in self._runs.documents():
            for run in runs:
                yield [keys[word] for word in run]


class _Reader:
    """Reads texts of a language into runs of content words and what connects them."""

    def __init__(self, language: str, settings: DescriptionSettings) -> None:
        self.language = language
        self.connectors = set(connectors_of(language))
        self.keys: dict[str, str] = {}
        self._lemma = lemmatizer(language) if settings.lemmas else str
        listed = settings.stopwords == "listed"
        self._stopwords = stopwords_of(language) if listed else frozenset()

    def runs(self, text: str) -> Iterator[list[str]]:
        for segment in segments(text, self.language):
            run: list[str] = []
            for word in segment:
                key = self.keys.get(word) or self._key(word)
                if key:
                    run.append(word)
                elif run:
                    yield run
                    run = []
            if run:
                yield run

    def _key(self, word: str) -> str:
        """Return the key of a word; nothing for one that says nothing."""
        small = lower(word, self.language)
        if small in self.connectors:
            # As they are written: their capitals say nothing.
            self.connectors.add(word)
            key = small
        elif len(small) < 2 or small in self._stopwords:
            key = ""
        else:
            key = self._lemma(small) or small
            if key in self._stopwords:
                key = ""
        self.keys[word] = key
        return key


def _joined(words: Sequence[str]) -> str:
    """Write a term as it stands in the text."""
    return "".join(
        word if last or word.endswith(_APOSTROPHES) else f"{word} "
        for word, last in zip(words, [False] * (len(words) - 1) + [True], strict=True)
    )


def _commonest(written: Counter[str], language: str) -> str:
    """Return the commonest spelling of the commonest form; capitals make no other form."""
    forms: Counter[str] = Counter()
    for surface, n in written.items():
        forms[lower(surface, language)] += n
    form = min(forms, key=lambda word: (-forms[word], word))
    own = {surface: n for surface, n in written.items() if lower(surface, language) == form}
    return min(own, key=lambda surface: (-own[surface], surface))
