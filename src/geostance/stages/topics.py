"""The stages that find topics and judge them."""

from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl

from geostance.config import Config
from geostance.errors import AnnotationError
from geostance.files import read_table, write_json, write_table, write_text
from geostance.log import logger
from geostance.schema import empty_table
from geostance.stages.basis import Record, files_of, kept_documents

if TYPE_CHECKING:
    from geostance.topics import TopicDocuments


def topics_fit(
    config: Config, *, cleaned: Path, unique: Path, embeddings: Path, output: Path
) -> Record:
    """Group the documents into topics."""
    from geostance.topics import fit_topics

    documents = _topic_documents(config, cleaned, read_table(unique, "unique"), embeddings)
    fit = fit_topics(documents, config.topics, config.seed_for("topics"))
    write_json(
        output.with_name("topic_model.json"),
        {
            "parameters": fit.parameters,
            "unit": config.topics.unit,
            "seed": config.seed_for("topics"),
            "messages": list(fit.messages),
        },
    )
    write_table(output, fit.topics, "topics")
    outliers = int((fit.topics["topic"] == -1).sum())
    return {
        "read": len(fit.topics),
        "topics": fit.topics.filter(pl.col("topic") >= 0)["topic"].n_unique(),
        "outliers": outliers,
    }


def topics_describe(
    config: Config,
    *,
    fitted: Path,
    cleaned: Path,
    unique: Path,
    embeddings: Path,
    output: Path,
    edits: Path | None = None,
) -> Record:
    """Apply the researcher's edits to the fitted topics, and list each topic's words per language.

    Nothing is fitted again. EDITS is the study's topics.yml, if it has one.
    """
    from geostance.topics import describe_topics
    from geostance.topics.centres import central_documents
    from geostance.topics.copies import copies_follow
    from geostance.topics.editing import edit_topics
    from geostance.topics.edits import read_edits

    decided = read_edits(edits) if edits else ()
    clusters = read_table(unique, "unique")
    documents = _topic_documents(config, cleaned, clusters, embeddings)
    topics = read_table(fitted, "topics")
    description = describe_topics(documents, topics, config.topics)
    fit_words = description.words
    edited = edit_topics(decided, copies_follow(topics, clusters), fit_words, config.topics.edits)
    for message in edited.messages(topics):
        logger.warning(message)
    # The browser of the topics reads them as the fit has them, before the edits.
    write_table(output.with_name("topic_words_fitted.parquet"), fit_words, "topic_words")
    write_table(output.with_name("topic_info_fitted.parquet"), description.info, "topic_info")
    if edited.numbers:
        description = describe_topics(documents, edited.renumber(topics), config.topics)
    centres = central_documents(documents, topics["topic"].to_list())
    write_table(output.with_name("topic_centres.parquet"), centres, "topic_centres")
    write_table(output.with_name("topic_words.parquet"), description.words, "topic_words")
    write_table(
        output.with_name("topic_info.parquet"), edited.named(description.info), "topic_info"
    )
    write_table(output.with_name("topic_edits.parquet"), edited.table(topics), "topic_edits")
    write_table(output, copies_follow(edited.renumber(topics), clusters), "topics")
    statuses = [match.status for match in edited.matches]
    counts = {one: statuses.count(one) for one in ("applied", "drifted", "lost")}
    return {
        "topics": edited.renumber(topics).filter(pl.col("topic") >= 0)["topic"].n_unique(),
        **({"edits": counts} if decided else {}),
    }


def topics_intrusion(
    config: Config, *, topics: Path, cleaned: Path, returned: Path, output: Path
) -> Record:
    """Write the sheets of the intrusion tests for coders; once they are returned, score them.

    As long as RETURNED holds no file, sheets and their key are written anew beside the output.
    From then on they stay as they are, and the answers are scored against that key.
    """
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
        # With its mark and line ends Excel takes the file for UTF-8.
        text = "\ufeff" + sheet(part).write_csv(line_terminator="\r\n")
        write_text(sheets / f"{kind}-{language}.csv", text)
    write_table(key_path, key, "intrusion_key")
    write_table(output, empty_table("topic_intrusion"), "topic_intrusion")
    return {"tasks": len(key), "sheets": key.select("kind", "language").n_unique()}


def _full_texts(cleaned: pl.DataFrame) -> dict[str, str]:
    from geostance.sentences import full_text

    rows = cleaned.select("doc_id", "title", "text").iter_rows()
    return {doc_id: full_text(title, text) for doc_id, title, text in rows}


def _topic_documents(
    config: Config, cleaned: Path, clusters: pl.DataFrame, embeddings: Path
) -> "TopicDocuments":
    """Return the documents that topics are made of: distinct texts, or all as printed."""
    from geostance.sentences import full_text
    from geostance.topics import TopicDocuments, document_vectors

    chosen = clusters.filter("is_representative") if config.topics.unit == "distinct" else clusters
    texts = kept_documents(cleaned).join(chosen, on="doc_id", how="semi")
    doc_ids, vectors = document_vectors(
        read_table(embeddings, "embeddings").join(chosen, on="doc_id", how="semi")
    )
    texts = pl.DataFrame({"doc_id": doc_ids}).join(texts, on="doc_id", maintain_order="left")
    return TopicDocuments.of(
        doc_ids,
        [full_text(title, text) for title, text in texts.select("title", "text").iter_rows()],
        texts["language"].to_list(),
        vectors,
    )
