"""Function words of each language: those of stopwordsiso, mended, and the project's own."""

from functools import cache
from pathlib import Path

from stopwordsiso import has_lang, stopwords

from geostance.strict_yaml import read_yaml
from geostance.topics.tokens import tokenize


@cache
def _lists(file: str) -> dict[str, frozenset[str]]:
    lists = read_yaml(Path(__file__).parent / file)
    return {language: frozenset(words.split()) for language, words in lists.items()}


@cache
def stopwords_of(language: str) -> frozenset[str]:
    """Return the function words of a language; empty for a language without a list."""
    shipped = frozenset(stopwords(language)) if has_lang(language) else frozenset()
    # stopwordsiso holds nouns that name topics ("states", "computer", "مردم"): they are kept.
    nouns = _lists("nouns.yml").get(language, frozenset())
    return (shipped - nouns) | _lists("stopwords.yml").get(language, frozenset())


def connectors_of(language: str) -> frozenset[str]:
    """Return the words that may stand inside a term, as in "droits de l’homme"."""
    return _lists("connectors.yml").get(language, frozenset())


def content_words(text: str, language: str) -> list[str]:
    """Return the words of a text in their order, without function words and single letters."""
    stopped = stopwords_of(language)
    return [word for word in tokenize(text, language) if word not in stopped]
