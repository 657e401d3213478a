"""Terms of several words ("affaires étrangères"), found by how often their words go together."""

from collections.abc import Iterable, Iterator, Sequence

from geostance.topics.stopwords import connectors_of

# Words of a term are joined by this in its key; no word holds a space.
JOINT = " "
# Normalised pointwise mutual information from which two words are a term, in [−1, 1], and how
# often they must stand together.
THRESHOLD, FEWEST = 0.5, 5


class Terms:
    """The collocations of a language, learned from its runs of words.

    A run is the words between two marks of punctuation or function words; ``runs`` are gone
    through twice, so that a term can grow by a term: at most four words besides those that
    connect them.
    Source: Bouma 2009 (normalised pointwise mutual information), by gensim's Phrases.
    """

    def __init__(self, runs: Iterable[Sequence[str]], language: str) -> None:
        from gensim.models.phrases import Phrases

        def learn(read: Iterable[Sequence[str]]) -> Phrases:
            return Phrases(
                read,
                min_count=FEWEST,
                threshold=THRESHOLD,
                scoring="npmi",
                delimiter=JOINT,
                connector_words=connectors_of(language),
            ).freeze()

        pairs = learn(runs)
        self._steps = (pairs, learn(pairs[run] for run in runs))

    def find(self, run: Sequence[str]) -> Iterator[tuple[int, int]]:
        """Return where the longest terms of a run begin and end."""
        for step in self._steps:
            run = step[run]
        start = 0
        for part in run:
            end = start + part.count(JOINT) + 1
            if end - start > 1:
                yield start, end
            start = end


def is_part(short: str, long: str) -> bool:
    """Return whether the words of one key stand in a longer one, side by side."""
    return short != long and f"{JOINT}{short}{JOINT}" in f"{JOINT}{long}{JOINT}"
