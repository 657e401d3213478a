"""Which language lines speak by their function words, without asking for it."""

from collections.abc import Iterable

from geostance.clean.lines import Line
from geostance.clean.phrases import load_phrases

# So many function words of a language, as many as of any other, tell it, among so many words.
_FUNCTION_WORDS = 2
_SPOKEN_WORDS = 40


def speaks(line: Line, language: str) -> bool:
    """Whether the line's function words are those of a language.

    Asking for the language takes longer than all the rest; function words mostly tell.
    """
    said = line.fact(_function_words)
    most = max(said.values(), default=0)
    return most >= _FUNCTION_WORDS and said.get(language) == most


def count_spoken(lines: Iterable[Line]) -> dict[str, int]:
    """Return how many function words of each language these lines have."""
    said: dict[str, int] = {}
    for line in lines:
        for language, count in line.fact(_function_words).items():
            said[language] = said.get(language, 0) + count
    return said


def _function_words(line: Line) -> dict[str, int]:
    """Return how many function words of each language a line has."""
    known = load_phrases().languages_of
    counts: dict[str, int] = {}
    for word in line.words[:_SPOKEN_WORDS]:
        for language in known.get(word, ()):
            counts[language] = counts.get(language, 0) + 1
    return counts
