"""Themes that the researcher names: seed words that guide the clusters, sentences that go before.

BERTopic has both (``seed_topic_list``, ``zeroshot_topic_list``), but encodes them with a model
of its own, which is none here, and compares them with vectors that hold their language. So the
themes are encoded with the study's encoder, their languages' means are taken off as the
documents' are, and both steps are done on these vectors.

Source: Grootendorst, BERTopic 0.17, ``_guided_topic_modeling`` (weights 3 : 1) and
``_zeroshot_topic_modeling``.
"""

from collections.abc import Callable, Mapping, Sequence, Set
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
import polars as pl

from geostance.errors import InputError
from geostance.settings.topics import TopicSettings
from geostance.topics.vectors import LanguageMeans, unit_vectors

Encode = Callable[[Sequence[str]], np.ndarray]
Kind = Literal["guided", "zero_shot"]

# How far a document is drawn toward the seed words it is near to.
SEED_WEIGHT = 0.25
# A topic bears the name of a guided theme when this share of its documents are near to it.
OWN_SHARE = 0.5


@dataclass(frozen=True)
class Themes:
    """Vectors of named themes, one row for each name and language, as they were encoded."""

    names: list[str] = field(default_factory=list)
    languages: list[str] = field(default_factory=list)
    vectors: np.ndarray = field(default_factory=lambda: np.zeros((0, 0), np.float32))

    @classmethod
    def of(cls, texts: Mapping[str, Mapping[str, str]], encode: Encode) -> "Themes":
        """Encode the text of each theme in each of its languages."""
        rows = [
            (name, language, text)
            for name, by_language in texts.items()
            for language, text in by_language.items()
        ]
        if not rows:
            return cls()
        names, languages, listed = (list(column) for column in zip(*rows, strict=True))
        return cls(names, languages, encode(listed))

    def centred(self, means: LanguageMeans) -> tuple[list[str], np.ndarray]:
        """Return the names and one unit vector (n_themes, dim) for each.

        A theme is the mean of its texts in the languages of the corpus; one that has none
        of these is the mean of all its texts.
        """
        names = list(dict.fromkeys(self.names))
        if not names:
            return [], np.zeros((0, len(means.overall)), np.float32)
        vectors = means.take_off(self.vectors, self.languages)
        known = np.array([language in means.beyond for language in self.languages])
        places = np.array(self.names)
        rows = []
        for name in names:
            own = places == name
            rows.append(vectors[own & known if (own & known).any() else own].mean(axis=0))
        return names, unit_vectors(np.array(rows))

    def strangers(self, languages: Set[str]) -> list[str]:
        """Return the names of the themes without a text in any of ``languages``."""
        known = {
            name for name, tag in zip(self.names, self.languages, strict=True) if tag in languages
        }
        return [name for name in dict.fromkeys(self.names) if name not in known]


@dataclass(frozen=True)
class NamedTheme:
    """What became of a theme: its topic, if it has one, and how many were near to it."""

    name: str
    kind: Kind
    topic: int | None
    n_near: int


@dataclass(frozen=True)
class Guidance:
    """The themes of a study, encoded: those that guide and those that go before."""

    guided: Themes = Themes()
    zero_shot: Themes = Themes()

    @classmethod
    def of(cls, settings: TopicSettings, encode: Encode) -> "Guidance":
        """Encode the themes of ``settings`` with the encoder of the documents."""
        seeds = {
            name: {language: " ".join(words) for language, words in by_language.items()}
            for name, by_language in settings.guided.items()
        }
        return cls(Themes.of(seeds, encode), Themes.of(settings.zero_shot, encode))

    def messages(self, languages: Sequence[str], found: Sequence[NamedTheme]) -> list[str]:
        """Say which themes of a fit have no text in ``languages``, or no topic of their own."""
        spoken = set(languages)
        strangers = self.guided.strangers(spoken) + self.zero_shot.strangers(spoken)
        listed = ", ".join(sorted(spoken))
        said = [
            f"the theme {name} has no text in a language of the corpus ({listed})"
            for name in strangers
        ]
        for theme in found:
            if theme.topic is None and theme.n_near:
                said.append(
                    f"{theme.n_near} texts are near the guided theme {theme.name}, but no "
                    "topic consists of these"
                )
            elif theme.topic is None:
                said.append(f"no text is near the theme {theme.name}")
        return said

    def check(self, settings: TopicSettings) -> None:
        """Refuse to go on without a theme that the settings name.

        Raises:
            InputError: the vectors of a theme are not there.
        """
        wanted = [*settings.guided, *settings.zero_shot]
        given = {*self.guided.names, *self.zero_shot.names}
        if missing := [name for name in wanted if name not in given]:
            raise InputError(
                f"there are no vectors for the themes {', '.join(missing)}",
                "topics.guided, topics.zero_shot",
                "pass guidance=Guidance.of(settings, encoder.encode) with the documents' encoder",
            )


def nearest_theme(
    vectors: np.ndarray, themes: np.ndarray, min_similarity: float
) -> tuple[np.ndarray, np.ndarray]:
    """Return for each of the unit ``vectors`` its nearest theme and their cosine.

    The theme is its row in ``themes``, or −1 where none is as near as ``min_similarity``.
    """
    if not len(themes):
        return np.full(len(vectors), -1), np.zeros(len(vectors))
    similarity = vectors @ themes.T
    nearest = similarity.argmax(axis=1)
    closest = similarity[np.arange(len(vectors)), nearest]
    return np.where(closest >= min_similarity, nearest, -1), closest


def draw_together(vectors: np.ndarray, themes: np.ndarray, near: np.ndarray) -> np.ndarray:
    """Return the vectors, those near to a theme moved a quarter of the way toward it."""
    drawn = vectors.copy()
    rows = near >= 0
    drawn[rows] = (1 - SEED_WEIGHT) * vectors[rows] + SEED_WEIGHT * themes[near[rows]]
    return drawn


def own_topics(near: np.ndarray, topics: np.ndarray, n_themes: int) -> list[int | None]:
    """Return for each guided theme the topic made of its documents, or None.

    It is the topic with most of the documents near to the theme, if these are at least
    half of that topic.
    """
    found: list[int | None] = []
    for theme in range(n_themes):
        inside = topics[(near == theme) & (topics >= 0)]
        topic = int(np.bincount(inside).argmax()) if len(inside) else None
        own = topic is not None and (inside == topic).sum() >= OWN_SHARE * (topics == topic).sum()
        found.append(topic if own else None)
    return found


def named_themes(
    kind: Kind, names: list[str], near: np.ndarray, topics: list[int | None], ranks: np.ndarray
) -> list[NamedTheme]:
    """Return what became of the themes ``names``, whose ``topics`` are renumbered by ``ranks``."""
    return [
        NamedTheme(name, kind, None if topic is None else int(ranks[topic]), int((near == n).sum()))
        for n, (name, topic) in enumerate(zip(names, topics, strict=True))
    ]


def name_topics(info: pl.DataFrame, themes: Sequence[NamedTheme]) -> pl.DataFrame:
    """Return the table ``topic_info`` with the names of themes as the labels of their topics."""
    names = {theme.topic: theme.name for theme in themes if theme.topic is not None}
    return info.with_columns(
        label=pl.col("topic").replace_strict(names, default=pl.col("label"), return_dtype=pl.String)
    )
