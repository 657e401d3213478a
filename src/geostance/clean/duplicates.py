"""Find copies of one text: mark them, never delete them.

Two bodies are copies when their word shingles resemble one another (Jaccard), or when the
larger contains the smaller and is not much more than it: a text cut, or one with a new lead.
Headlines stay apart, for every outlet writes its own.

Source: Broder, "On the resemblance and containment of documents", 1997.
"""

from collections.abc import Iterable

import numpy as np
import numpy.typing as npt
import polars as pl

from geostance.clean.copies import Likeness, candidates, clusters, compare, standing, without
from geostance.clean.shingles import Corpus, Sketches, Whole, read_corpus
from geostance.clean.syndication import as_printed
from geostance.schema import TABLES
from geostance.settings.compute import LOCAL, ComputeSettings
from geostance.settings.corpus import DuplicateSettings

# Two short texts may share most of their shingles and be two stories: with fewer words than
# this, or fewer shingles of their own, they are copies only when all words are the same,
# those of the headline too.
_MIN_WORDS = 20
_MIN_SHINGLES = 10
# A text that is contained or contains is called cut or extended from this ratio of sizes on.
_AS_LONG = 0.95


def mark_duplicates(
    cleaned: Iterable[pl.DataFrame],
    documents: pl.DataFrame,
    settings: DuplicateSettings,
    engine: ComputeSettings = LOCAL,
) -> pl.DataFrame:
    """Return the table ``unique``: one row per cleaned document that goes on.

    ``cleaned`` gives doc_id, title, text and dropped_reason in frames of any size and is read
    once; ``documents`` gives doc_id, date, date_precision and outlet. Neither the order of
    rows nor their partition into frames changes the result, nor the ``engine`` that reads them.

    The representative of a cluster is the document printed first: by day (documents without
    one last), then by doc_id; the cluster bears its id.
    """
    read = read_corpus(
        (frame.filter(pl.col("dropped_reason").is_null()) for frame in cleaned),
        settings.shingle_words,
        engine,
    )
    printed = as_printed(
        pl.DataFrame(
            {"doc_id": read.doc_ids, "title": read.titles, "body": read.bodies},
            schema_overrides={"doc_id": pl.String},
        ).join(documents.select("doc_id", "date", "date_precision", "outlet"), "doc_id", "left")
    )
    sketches = without(read.sketches, _standing(read, printed, settings.standing_days))
    own = (read.n_words >= _MIN_WORDS) & (sketches.sizes >= _MIN_SHINGLES)
    texts, of_text = _texts(printed, own)
    bodies = texts["body"].to_numpy()
    marked = _marked(sketches, bodies, np.flatnonzero(own[bodies]), settings)
    return _table(printed, of_text, texts.with_columns(marked))


def _standing(read: Corpus, printed: pl.DataFrame, limit: int) -> npt.NDArray[np.uint32]:
    dated = printed.filter(pl.col("day").is_not_null()).select(
        "body",
        pl.col("outlet").rank("dense").fill_null(0).cast(pl.Int64),
        pl.col("day").to_physical().cast(pl.Int64),
    )
    return standing(read.sketches, *(column.to_numpy() for column in dated), limit)


def _texts(printed: pl.DataFrame, own: npt.NDArray[np.bool_]) -> tuple[pl.DataFrame, Whole]:
    """Return the distinct texts in the order of their first printing, and each document's."""
    keys = printed.select(
        "body", title=pl.when(pl.Series(own[printed["body"].to_numpy()])).then(0).otherwise("title")
    )
    texts = (
        keys.with_row_index("first")
        .group_by("body", "title", maintain_order=True)
        .agg(pl.col("first").first())
        .with_row_index("number")
    )
    return texts, keys.join(texts, ["body", "title"], maintain_order="left")["number"].to_numpy()


def _marked(
    sketches: Sketches, bodies: Whole, compared: Whole, settings: DuplicateSettings
) -> list[pl.Series]:
    """Return head, relation, similarity and containment of each text; heads are numbers."""
    chosen = sketches.take(bodies[compared])
    pairs = candidates(chosen)
    heads = clusters(chosen, pairs[compare(chosen, pairs).copies(settings)])
    away = np.flatnonzero(heads != np.arange(len(heads)))
    likeness = compare(chosen, np.stack([heads[away], away], axis=1))
    head, relation = np.arange(len(bodies)), np.full(len(bodies), "exact", object)
    similarity, containment = np.ones(len(bodies)), np.ones(len(bodies))
    head[compared] = compared[heads]
    relation[compared[away]] = _relations(likeness, settings)
    similarity[compared[away]] = likeness.similarity
    containment[compared[away]] = likeness.containment
    return [
        pl.Series("head", head),
        pl.Series("relation", relation, pl.String),
        pl.Series("similarity", similarity),
        pl.Series("containment", containment),
    ]


def _relations(likeness: Likeness, settings: DuplicateSettings) -> npt.NDArray[np.str_]:
    contained = likeness.containment >= settings.containment
    return np.select(
        [contained & (likeness.growth < _AS_LONG), contained & (likeness.growth > 1 / _AS_LONG)],
        ["cut", "extended"],
        "near",
    )


def _table(printed: pl.DataFrame, of_text: Whole, texts: pl.DataFrame) -> pl.DataFrame:
    ids, first = printed["doc_id"], texts["first"]
    rows = texts[of_text]
    cluster = ids[first[rows["head"]]].alias("cluster_id")
    return (
        rows.select("relation", "similarity", "containment")
        .with_columns(ids, cluster, is_representative=ids == cluster)
        .with_columns(
            cluster_size=pl.len().over("cluster_id").cast(pl.Int64),
            relation=pl.when("is_representative")
            .then(pl.lit("representative"))
            .otherwise("relation"),
        )
        .select(*TABLES["unique"])
        .sort("doc_id")
    )
