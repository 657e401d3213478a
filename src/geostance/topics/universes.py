"""The universes of a multiverse: every combination of choices that could have been made.

Source: Steegen, Tuerlinckx, Gelman and Vanpaemel 2016, Perspectives on Psychological Science
11(5); Simonsohn, Simmons and Nelson 2020, Nature Human Behaviour 4 (a random part of the
combinations stands for all of them).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np
import polars as pl

from geostance.schema import TABLES
from geostance.settings.corpus import EncoderSettings
from geostance.settings.topics import TopicSettings
from geostance.topics.conclusions import Facts, Told, held
from geostance.topics.model import resolve

CHOICES = ("encoder", "unit", "neighbours", "components", "size", "samples", "stopwords")


@dataclass(frozen=True)
class Universe:
    """One combination: ``choices`` as the table shows them, and the settings they come to."""

    number: int
    choices: dict[str, str]
    encoder: EncoderSettings
    settings: TopicSettings


def universes(
    settings: TopicSettings, encoder: EncoderSettings, n_documents: Mapping[str, int], seed: int
) -> tuple[list[Universe], int]:
    """Return the universes to run, and of how many they were drawn.

    Args:
        settings: the study's own; what is no choice of the multiverse stays as it is there.
        encoder: the study's own.
        n_documents: how many documents there are by unit.
        seed: of the draw, where there are more combinations than ``multiverse.most``.
    """
    own = settings.multiverse
    every = list(
        product(
            dict.fromkeys((encoder, *own.encoders)),
            *map(dict.fromkeys, (own.unit, own.neighbours, own.components)),
            *map(dict.fromkeys, (own.size, own.samples, own.stopwords)),
        )
    )
    chosen = np.arange(len(every))
    if len(every) > own.most:
        chance = np.random.default_rng(seed)
        chosen = np.sort(chance.choice(len(every), own.most, replace=False))
    return [
        _universe(number, every[at], settings, n_documents)
        for number, at in enumerate(chosen.tolist(), start=1)
    ], len(every)


def _universe(
    number: int, combination: tuple, settings: TopicSettings, n_documents: Mapping[str, int]
) -> Universe:
    encoder, unit, neighbours, components, size, samples, stopwords = combination
    smallest = resolve(settings, n_documents[unit])["min_topic_size"]
    smallest = max(2, round(size * smallest))
    changed = settings.model_copy(
        update={
            "unit": unit,
            "neighbours": neighbours,
            "components": components,
            "min_topic_size": smallest,
            "stopwords": stopwords,
        }
    )
    least = resolve(changed, n_documents[unit])["min_samples"]
    changed = changed.model_copy(update={"min_samples": max(1, round(samples * least))})
    values = (encoder.name, unit, neighbours, components, f"{size:g}", f"{samples:g}", stopwords)
    shown = dict(zip(CHOICES, map(str, values), strict=True))
    return Universe(number, shown, encoder, changed)


def multiverse_table(
    planned: Sequence[Universe],
    told: Mapping[int, Told],
    not_run: Mapping[int, str],
    published: Told,
    conclusions: pl.DataFrame,
    facts: Facts,
    labels: Mapping[int, str],
) -> pl.DataFrame:
    """Return the schema's table of that name: every conclusion in every universe.

    Args:
        planned: the universes, in the order of the table.
        told: what each universe that was run found, by number.
        not_run: why each of the others was not.
        published: the topics that the conclusions are about.
        conclusions: as :func:`geostance.topics.conclusions.drawn_conclusions` gives them.
        facts: what they are drawn from.
        labels: of the published topics.
    """
    own = held(conclusions, published, published, facts)
    parts = [_told_of(0, "run", dict.fromkeys(CHOICES, "published"), published, own)]
    for universe in planned:
        number = universe.number
        if number in told:
            found = held(conclusions, published, told[number], facts)
            parts.append(_told_of(number, "run", universe.choices, told[number], found))
        else:
            empty = own.with_columns(
                pl.lit(None).cast(own.schema[column]).alias(column)
                for column in ("value", "low", "high", "same_direction", "holds")
            )
            parts.append(_told_of(number, not_run[number], universe.choices, None, empty))
    named = pl.concat(parts).with_columns(
        label=pl.col("topic").replace_strict(dict(labels), default=None, return_dtype=pl.String)
    )
    counted = pl.lit(len(facts.documents), pl.Int64)
    return named.with_columns(n_documents=counted).select(*TABLES["multiverse"])


def _told_of(
    number: int, state: str, choices: dict[str, str], told: Told | None, found: pl.DataFrame
) -> pl.DataFrame:
    topics = told.topics["topic"] if told else pl.Series(dtype=pl.Int64)
    return found.with_columns(
        universe=pl.lit(number, pl.Int64),
        state=pl.lit(state),
        n_topics=pl.lit(topics.filter(topics >= 0).n_unique() if told else None, pl.Int64),
        outlier_share=pl.lit((topics == -1).mean() if told else None, pl.Float64),
        **{choice: pl.lit(value) for choice, value in choices.items()},
    )
