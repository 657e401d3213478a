"""The stages that ask whether topics come back: in other fits, and under other choices."""

from pathlib import Path

import polars as pl

from geostance.config import Config
from geostance.digests import digest
from geostance.encoders import model_identity
from geostance.errors import GeostanceError
from geostance.files import read_table, sha256, write_table
from geostance.log import logger
from geostance.settings.corpus import EncoderSettings
from geostance.settings.topics import TopicSettings
from geostance.stages.basis import Record, described_documents, kept_documents
from geostance.stages.topicbasis import chosen_documents
from geostance.stages.vectors import sentence_vectors


def topics_stability(
    config: Config,
    *,
    cleaned: Path,
    unique: Path,
    sentences: Path,
    embeddings: Path,
    topics: Path,
    fits: Path,
    output: Path,
) -> Record:
    """Hold the published topics against fits over other seeds and parts of the documents.

    ``fits`` keeps each fit as soon as it is made: an interrupted run goes on where it was.
    """
    from geostance.stages.fits import FitJob, Sources, run_fits
    from geostance.stages.fitwords import describe_fits
    from geostance.topics.fits import FitPlan, of_documents, planned
    from geostance.topics.stability import Solution, assess_stability, checked_again, topic_sets

    own = config.topics
    paths = {"cleaned": cleaned, "unique": unique, "sentences": sentences, "embeddings": embeddings}
    sources = Sources.of(paths, config.encoder, own)
    plans = planned(own.stability, config.seed_for("topics-stability"))
    checks = [FitPlan("seed", config.seed_for("topics"))]
    checks.append(FitPlan("shuffled", checks[0].seed))
    jobs = [FitJob(sources, own, plan) for plan in (*checks, *plans)]
    again, shuffled, *made = map(of_documents, run_fits(jobs, fits, own.stability.processes))
    words = describe_fits(jobs[len(checks) :], fits, own.stability.processes)
    published = read_table(topics, "topics").join(again, on="doc_id", how="semi")
    solution = Solution(
        published,
        read_table(topics.with_name("topic_info.parquet"), "topic_info"),
        topic_sets(read_table(topics.with_name("topic_words.parquet"), "topic_words")),
    )
    confidence = config.validation.confidence
    found = assess_stability(solution, plans, made, words, own.stability.overlap, confidence)
    again_rows = checked_again(published, again, shuffled, checks).with_columns(
        fit=len(plans) + pl.int_range(len(checks), dtype=pl.Int64)
    )
    write_table(output.with_name("topic_fits.parquet"), pl.concat([found.fits, again_rows]),
                "topic_fits")  # fmt: skip
    write_table(output.with_name("document_consensus.parquet"), found.documents,
                "document_consensus")  # fmt: skip
    write_table(output, found.topics, "topic_stability")
    over_all = found.topics.filter(fits="all")
    return {
        "fits": len(plans),
        "topics": len(over_all),
        "recurrence": _rounded(over_all["recurrence"].mean()),
        "overlap": _rounded(over_all["overlap"].mean()),
        "ari": _rounded(found.fits["ari_others"].mean()),
        "row_order": "same topics" if again_rows["identical"][1] else "OTHER TOPICS",
    }


def topics_multiverse(
    config: Config,
    *,
    documents: Path,
    cleaned: Path,
    unique: Path,
    sentences: Path,
    embeddings: Path,
    topics: Path,
    stance: Path,
    fits: Path,
    output: Path,
) -> Record:
    """Draw the study's conclusions from its topics again, under every combination of choices.

    ``fits`` keeps each fit, and the vectors of other encoders, as soon as they are there.
    """
    from geostance.stages.fits import FitJob, Sources, run_fits
    from geostance.stages.fitwords import describe_fits
    from geostance.topics.conclusions import Facts, Told, drawn_conclusions
    from geostance.topics.copies import copies_follow
    from geostance.topics.fits import FitPlan, of_documents
    from geostance.topics.stability import topic_sets
    from geostance.topics.universes import multiverse_table, universes

    own = config.topics
    clusters = read_table(unique, "unique")
    seed = config.seed_for("topics-multiverse")
    counts = _counts(own, clusters, sentences)
    planned, n_possible = universes(own, config.encoder, counts, seed)
    vectors = {
        encoder: embeddings if encoder == config.encoder else _embedded(encoder, sentences, fits)
        for encoder in dict.fromkeys(universe.encoder for universe in planned)
    }
    paths = {"cleaned": cleaned, "unique": unique, "sentences": sentences}
    # What is no path is the reason why there is none.
    sources = {
        (encoder, unit): Sources.of(
            {**paths, "embeddings": path}, encoder, own.model_copy(update={"unit": unit})
        )
        for encoder, path in vectors.items()
        if isinstance(path, Path)
        for unit in dict.fromkeys(own.multiverse.unit)
    }
    plan = FitPlan("seed", config.seed_for("topics"))
    jobs = {
        one.number: FitJob(sources[one.encoder, one.settings.unit], one.settings, plan)
        for one in planned
        if (one.encoder, one.settings.unit) in sources
    }
    made = run_fits(list(jobs.values()), fits, own.stability.processes, "universes")
    words = describe_fits(list(jobs.values()), fits, own.stability.processes)
    told = {
        number: Told(copies_follow(of_documents(fit), clusters), topic_sets(described))
        for number, fit, described in zip(jobs, made, words, strict=True)
    }
    published = Told(
        read_table(topics, "topics").select("doc_id", "topic"),
        topic_sets(read_table(topics.with_name("topic_words.parquet"), "topic_words")),
    )
    facts = Facts(
        _grouped(
            chosen_documents(own, clusters), described_documents(documents, kept_documents(cleaned))
        ),
        read_table(stance, "stance").select("doc_id", "target", "stance"),
        own.multiverse.topics,
        own.stability.overlap,
        config.validation.confidence,
    )
    info = read_table(topics.with_name("topic_info.parquet"), "topic_info")
    table = multiverse_table(
        planned,
        told,
        {
            number: str(vectors[one.encoder])
            for one in planned
            if (number := one.number) not in told
        },
        published,
        drawn_conclusions(published, facts),
        facts,
        dict(info.select("topic", "label").iter_rows()),
    )
    write_table(output, table, "multiverse")
    run = table.filter(pl.col("universe") > 0, state="run")
    everywhere = run.group_by("conclusion", "topic", "other").agg(pl.col("holds").all())
    return {
        "universes": len(told),
        "not_run": len(planned) - len(told),
        "possible": n_possible,
        "conclusions": len(everywhere),
        "hold_in_all": int(everywhere["holds"].sum()),
    }


def _counts(own: TopicSettings, clusters: pl.DataFrame, sentences: Path) -> dict[str, int]:
    """Return how many texts or passages would be clustered, by unit."""
    from geostance.topics.passages import passage_numbers

    by_unit = {
        unit: chosen_documents(own.model_copy(update={"unit": unit}), clusters)
        for unit in own.multiverse.unit
    }
    if own.passage_words is None:
        return {unit: len(chosen) for unit, chosen in by_unit.items()}
    cut = passage_numbers(read_table(sentences, "sentences"), own.passage_words)
    of_each = cut.group_by("doc_id").agg(pl.col("passage").n_unique())
    return {
        unit: int(of_each.join(chosen, on="doc_id", how="semi")["passage"].sum())
        for unit, chosen in by_unit.items()
    }


def _embedded(encoder: EncoderSettings, sentences: Path, folder: Path) -> Path | str:
    """Return the table of vectors of another encoder, or why there is none."""
    try:
        identity = model_identity(encoder.name, encoder.revision)
        name = digest([identity, encoder.model_dump(mode="json"), sha256(sentences)])[:24]
        path = folder / f"{name}.embeddings.parquet"
        if not path.exists():
            frame, _ = sentence_vectors(read_table(sentences, "sentences"), encoder)
            write_table(path, frame, "embeddings")
    except GeostanceError as error:
        logger.warning("universes with the encoder %s are not run: %s", encoder.name, error.what)
        return error.what
    return path


def _grouped(counted: pl.DataFrame, documents: pl.DataFrame) -> pl.DataFrame:
    """Return doc_id, outlet and period (one half of the dated documents) of each document."""
    known = counted.select("doc_id").join(
        documents.select("doc_id", "outlet", "date"), on="doc_id", how="left"
    )
    middle = known["date"].drop_nulls().sort().head(-(-known["date"].count() // 2)).max()
    half = pl.col("date") > pl.lit(middle, pl.Date)
    day = pl.col("date").dt.strftime("%Y-%m-%d")
    ends = day.min().over(half), day.max().over(half)
    return known.with_columns(
        period=pl.when(pl.col("date").is_not_null()).then(pl.format("{} – {}", *ends))
    ).select("doc_id", "outlet", "period")


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 3)
