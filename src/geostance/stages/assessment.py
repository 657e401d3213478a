"""The stages that judge topics, by measures and by coders."""

from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl

from geostance.config import Config
from geostance.errors import AnnotationError
from geostance.files import read_table, write_table, write_text
from geostance.schema import empty_table
from geostance.stages.basis import Record, files_of, kept_documents
from geostance.stages.topicbasis import read_documents
from geostance.stages.vectors import sentence_vectors

if TYPE_CHECKING:
    from geostance.topics.parallel import ParallelTexts


def topics_assess(
    config: Config,
    *,
    documents: Path,
    cleaned: Path,
    unique: Path,
    embeddings: Path,
    topics: Path,
    output: Path,
    parallel: Path | None = None,
) -> Record:
    """Judge the topics: coherence, sizes, and whether they follow language or copies.

    PARALLEL is a table of texts that exist in several languages, with the columns pair,
    language and text: their translations should share a topic.
    """
    from geostance.topics.quality import assess_topics

    clusters = read_table(unique, "unique")
    distinct = clusters.filter("is_representative")
    kept = kept_documents(cleaned)
    printed = (
        clusters.select("doc_id", "cluster_id")
        .join(kept.select("doc_id", "language"), on="doc_id")
        .join(read_table(documents, "documents", ["text"]).select("doc_id", "outlet"), on="doc_id")
    )
    found = assess_topics(
        # Whatever the unit of the fit: each text once.
        read_documents(kept, embeddings, distinct),
        read_table(topics, "topics"),
        read_table(topics.with_name("topic_words.parquet"), "topic_words"),
        config.topics.quality,
        config.seed_for("topics-assess"),
        printed=printed,
        parallel=_parallel(config, parallel) if parallel else None,
    )
    write_table(output.with_name("topic_flags.parquet"), found.flags, "topic_flags")
    write_table(output.with_name("topic_languages.parquet"), found.languages, "topic_languages")
    write_table(output.with_name("topic_pairs.parquet"), found.pairs, "topic_pairs")
    write_table(output, found.quality, "topic_quality")
    return {
        "topics": found.quality["topic"].drop_nulls().n_unique(),
        "flagged": found.flags["topic"].drop_nulls().n_unique(),
        "parallel_texts": len(found.pairs),
    }


def topics_intrusion(
    config: Config, *, topics: Path, cleaned: Path, returned: Path, output: Path
) -> Record:
    """Write the sheets of the intrusion tests for coders; once they are returned, score them.

    As long as RETURNED holds no file, sheets and their key are written anew beside the output.
    From then on they stay as they are, and the answers are scored against that key.
    """
    from geostance.sheets import spreadsheet
    from geostance.topics.intrusion import document_tasks, word_tasks
    from geostance.validate.intrusion import read_answers, score_intrusion, sheet

    key_path = output.with_name("intrusion_key.parquet")
    seed = config.seed_for("intrusion")
    if files := files_of(returned):
        if not key_path.exists():
            raise AnnotationError(
                "there are answers, but not the key of their sheets",
                str(key_path),
                "put the key back that was written with the sheets",
            )
        key = read_table(key_path, "intrusion_key")
        answers = read_answers(files, key)
        write_table(
            output, score_intrusion(answers, key, config.validation, seed), "topic_intrusion"
        )
        return {"answers": len(answers), "coders": answers["coder"].n_unique(), "tasks": len(key)}
    members = (
        read_table(topics.with_name("topic_centres.parquet"), "topic_centres")
        .drop("topic")
        .join(read_table(topics, "topics").select("doc_id", "topic"), on="doc_id")
        .sort("topic", "language", pl.col("similarity").neg(), "doc_id")
    )
    texts = kept_documents(cleaned).join(members, on="doc_id", how="semi")
    own = config.topics.intrusion
    key = pl.concat(
        [
            word_tasks(
                read_table(topics.with_name("topic_words.parquet"), "topic_words"), own, seed
            ),
            document_tasks(members, _full_texts(texts), own, seed),
        ]
    )
    sheets = output.parent / "sheets"
    for old in sheets.glob("*.csv"):
        old.unlink()
    for (kind, language), part in key.group_by("kind", "language", maintain_order=True):
        write_text(sheets / f"{kind}-{language}.csv", spreadsheet(sheet(part)))
    write_table(key_path, key, "intrusion_key")
    write_table(output, empty_table("topic_intrusion"), "topic_intrusion")
    return {"tasks": len(key), "sheets": key.select("kind", "language").n_unique()}


def _full_texts(cleaned: pl.DataFrame) -> dict[str, str]:
    from geostance.sentences import full_text

    rows = cleaned.select("doc_id", "title", "text").iter_rows()
    return {doc_id: full_text(title, text) for doc_id, title, text in rows}


def _parallel(config: Config, path: Path) -> "ParallelTexts":
    """Read parallel texts and give them vectors as the study's documents have them."""
    from geostance.sentences import sentence_table
    from geostance.topics.parallel import ParallelTexts, read_parallel
    from geostance.topics.vectors import document_vectors

    texts = read_parallel(path)
    sentences = sentence_table(
        texts.select(
            "text",
            "language",
            doc_id=pl.int_range(pl.len()).cast(pl.String).str.zfill(8),
            title=pl.lit(None, pl.String),
            dropped_reason=pl.lit(None, pl.String),
        )
    )
    vectors, _ = sentence_vectors(sentences, config.encoder)
    return ParallelTexts(texts, document_vectors(vectors)[1])
