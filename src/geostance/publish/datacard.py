"""The corpus's data card: a datasheet for the appendix, filled with what was counted.

Source: Gebru et al. 2021, Datasheets for Datasets, Communications of the ACM 64(12); its
questions that only the researcher can answer stand there as such.
"""

import polars as pl

from geostance.publish.templating import render
from geostance.publish.words import Words
from geostance.settings.corpus import CleanSettings, IngestSettings
from geostance.settings.publishing import PublishSettings

_STEPS = ("rejected", "set_aside", "copy", "block")
_MOST_GROUPS = 40


def data_card(
    description: pl.DataFrame,
    missing: pl.DataFrame,
    losses: pl.DataFrame,
    *,
    ingest: IngestSettings,
    clean: CleanSettings,
    publish: PublishSettings,
) -> str:
    """Return the data card as Markdown, in the language of what is published.

    Args:
        description: the table ``description``.
        missing: the table ``missing``.
        losses: the table ``losses``.
        ingest: how the files were read.
        clean: how the texts were cleaned.
        publish: title and language of the card.
    """
    say = Words(publish.language)
    return render(
        f"data-card.{publish.language}.md",
        ingest=ingest,
        clean=clean,
        title=publish.title,
        say=say,
        whole=description.filter(grouping="all").rows(named=True),
        outlets=description.filter(grouping="outlet")[:_MOST_GROUPS].rows(named=True),
        n_outlets=len(description.filter(grouping="outlet")),
        languages=description.filter(grouping="language").rows(named=True),
        years=description.filter(grouping="year").sort("group").rows(named=True),
        lengths=description.filter(grouping="words")
        .sort(pl.col("group").cast(pl.Int64))
        .rows(named=True),
        missing=missing.rows(named=True),
        losses={step: losses.filter(step=step).rows(named=True) for step in _STEPS},
    )
