"""The stages that find topics, describe them, judge them, and test them on coders.

They import from modules, not from the package: a change in how topics are told or judged leaves
the fit as it is.
"""

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl

from geostance.config import Config
from geostance.errors import AnnotationError
from geostance.files import read_json, read_table, write_json, write_table, write_text
from geostance.log import logger
from geostance.schema import empty_table
from geostance.settings.topics import FitSettings
from geostance.stages.basis import Record, described_documents, files_of, kept_documents
from geostance.stages.topicbasis import (
    chosen_documents,
    encoder_record,
    topic_documents,
    topic_guidance,
    topic_passages,
)
from geostance.stages.vectors import sentence_vectors

if TYPE_CHECKING:
    from geostance.topics.description import TopicDescription
    from geostance.topics.parallel import ParallelTexts


def topics_fit(
    config: Config,
    *,
    cleaned: Path,
    unique: Path,
    sentences: Path,
    embeddings: Path,
    fits: Path,
    output: Path,
) -> Record:
    """Group the documents into topics.

    FITS keeps the fits that a consensus is made of, if the config asks for one.
    """
    from geostance.stages.fits import FitJob, Sources, run_fits
    from geostance.topics.consensus import consensus_fit
    from geostance.topics.fits import planned
    from geostance.topics.model import fit_topics

    chosen = chosen_documents(config.topics, read_table(unique, "unique"))
    vectors = read_table(embeddings, "embeddings").join(chosen, on="doc_id", how="semi")
    documents = topic_documents(kept_documents(cleaned), vectors)
    passages = topic_passages(config.topics, documents, sentences, vectors)
    seed = config.seed_for("topics")
    fit = fit_topics(
        documents, config.topics, seed, topic_guidance(config.topics, config.encoder), passages
    )
    agreed: Record | None = None
    if config.topics.solution == "consensus":
        own = config.topics.stability
        paths = {
            "cleaned": cleaned,
            "unique": unique,
            "sentences": sentences,
            "embeddings": embeddings,
        }
        sources = Sources.of(paths, config.encoder, config.topics)
        plans = planned(own, config.seed_for("topics-consensus"))
        jobs = [FitJob(sources, config.topics, plan) for plan in plans]
        made = run_fits(jobs, fits, own.processes)
        fit, found = consensus_fit(fit, documents, passages, made, own)
        agreed = {"fits": len(plans), "support": [round(one, 4) for one in found.support.tolist()]}
    outliers, before = (int((fit.topics[name] == -1).sum()) for name in ("topic", "topic_found"))
    n_topics = fit.topics.filter(pl.col("topic") >= 0)["topic"].n_unique()
    write_json(
        output.with_name("topic_model.json"),
        {
            "parameters": fit.parameters,
            "unit": config.topics.unit,
            "solution": config.topics.solution,
            "consensus": agreed,
            "seed": seed,
            "messages": list(fit.messages),
            "encoder": encoder_record(config.encoder),
            "settings": config.topics.model_dump(
                mode="json", include=set(FitSettings.model_fields)
            ),
            "number": {"asked": config.topics.number, "found": fit.n_found, "kept": n_topics},
            "themes": [asdict(theme) for theme in fit.themes],
            "outliers": {"before": before, "after": outliers},
        },
    )
    write_table(output.with_name("topic_passages_fitted.parquet"), fit.passages, "topic_passages")
    write_table(output, fit.topics, "topics")
    cut = {"passages": len(fit.passages)} if passages else {}
    reduced = {"outliers_found": before} if config.topics.outliers == "nearest" else {}
    return {"read": len(fit.topics), **cut, "topics": n_topics, **reduced, "outliers": outliers}


def topics_describe(
    config: Config,
    *,
    fitted: Path,
    documents: Path,
    cleaned: Path,
    unique: Path,
    sentences: Path,
    embeddings: Path,
    responses: Path,
    output: Path,
    edits: Path | None = None,
) -> Record:
    """Apply the researcher's edits to the fitted topics, and say what they are about.

    Words, documents, how they lie together, trends; nothing is fitted again. EDITS is the study's
    topics.yml, if it has one. RESPONSES keeps the answers of a paid service, if the config wants
    its labels.
    """
    from geostance.encoders import load_encoder
    from geostance.topics.centres import central_documents
    from geostance.topics.copies import copies_follow
    from geostance.topics.description import describe_topics, of_documents
    from geostance.topics.editing import edit_topics
    from geostance.topics.edits import read_edits
    from geostance.topics.guidance import NamedTheme, name_topics
    from geostance.topics.labels import label_topics
    from geostance.topics.mixture import neighbour_shares
    from geostance.topics.passages import passage_shares, with_unit_ids
    from geostance.topics.trends import topic_trends

    decided = read_edits(edits) if edits else ()
    clusters = read_table(unique, "unique")
    vectors = read_table(embeddings, "embeddings").join(
        chosen_documents(config.topics, clusters), on="doc_id", how="semi"
    )
    chosen = topic_documents(kept_documents(cleaned), vectors)
    topics = read_table(fitted, "topics")
    cut = read_table(fitted.with_name("topic_passages_fitted.parquet"), "topic_passages")
    passages = topic_passages(config.topics, chosen, sentences, vectors)
    themes = [
        NamedTheme(**theme) for theme in read_json(fitted.with_name("topic_model.json"))["themes"]
    ]
    groups = described_documents(documents, cleaned)
    dates = groups.filter(pl.col("date_precision") == "day").select("doc_id", "date")
    encode = None
    if config.topics.representation != "ctfidf":
        own = config.encoder
        encode = load_encoder(own.name, own.revision, own.prompt, own.batch).encode

    def described(topics: pl.DataFrame, cut: pl.DataFrame) -> "TopicDescription":
        if passages is None:
            return describe_topics(chosen, topics, config.topics, encode, dates)
        units = with_unit_ids(cut)
        days = with_unit_ids(cut.join(dates, on="doc_id")).select("doc_id", "date")
        found = describe_topics(passages.units, units, config.topics, encode, days)
        return of_documents(found, passages, topics)

    description = described(topics, cut)
    fit_words = description.words
    edited = edit_topics(decided, copies_follow(topics, clusters), fit_words, config.topics.edits)
    for message in edited.messages(topics):
        logger.warning(message)
    # The browser of the topics reads them as the fit has them, before the edits.
    write_table(output.with_name("topic_words_fitted.parquet"), fit_words, "topic_words")
    write_table(
        output.with_name("topic_info_fitted.parquet"),
        name_topics(description.info, themes),
        "topic_info",
    )
    centres = central_documents(chosen, topics["topic"].to_list())
    published, cut = edited.renumber(topics), edited.renumber(cut)
    if edited.numbers:
        description = described(published, cut)
    shares = (
        neighbour_shares(chosen, published)
        if passages is None
        else passage_shares(chosen, passages, cut)
    )
    info, bill = description.info, {}
    if config.topics.labels == "llm":
        info, bill = label_topics(description, chosen, config.stance.llm, responses)
    info = edited.named(name_topics(info, themes))
    assigned = copies_follow(published, clusters)
    by_outlet_and_time = ("outlet", "language", "month", "quarter", "year")
    trends = topic_trends(
        assigned,
        clusters.select("doc_id", "cluster_id").join(
            groups.select("doc_id", *by_outlet_and_time), on="doc_id"
        ),
        clusters.filter("is_representative").select("doc_id"),
    )
    tables = {
        "topic_centres": centres,
        "topic_words": description.words,
        "topic_info": info,
        "topic_documents": description.documents,
        "topic_hierarchy": description.hierarchy,
        "topic_trends": trends,
        "topic_edits": edited.table(topics),
        "topic_passages": cut,
        "topic_shares": copies_follow(shares, clusters),
    }
    for name, table in tables.items():
        write_table(output.with_name(f"{name}.parquet"), table, name)
    write_table(output, assigned, "topics")
    statuses = [match.status for match in edited.matches]
    counts = {one: statuses.count(one) for one in ("applied", "drifted", "lost")}
    return {
        "topics": info.filter(pl.col("topic") >= 0).height,
        "shares": len(shares),
        **bill,
        **({"edits": counts} if decided else {}),
    }


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
    vectors = read_table(embeddings, "embeddings").join(distinct, on="doc_id", how="semi")
    printed = (
        clusters.select("doc_id", "cluster_id")
        .join(kept_documents(cleaned).select("doc_id", "language"), on="doc_id")
        .join(read_table(documents, "documents", ["text"]).select("doc_id", "outlet"), on="doc_id")
    )
    found = assess_topics(
        # Whatever the unit of the fit: each text once.
        topic_documents(kept_documents(cleaned), vectors),
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
