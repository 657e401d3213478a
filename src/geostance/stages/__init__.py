"""One function per stage: read, call, write, record."""

from geostance.stages import (
    adjudication,
    annotation,
    assessment,
    assignment,
    comparison,
    corpus,
    deposit,
    measurement,
    publication,
    sensitivity,
    stability,
    topics,
)
from geostance.stages.basis import Record

# In the order of the workflow; the command line has one subcommand for each.
STAGES = {
    stage.__name__.replace("_", "-"): stage
    for stage in (
        corpus.ingest,
        corpus.clean,
        corpus.duplicates,
        corpus.corpus_describe,
        corpus.sentences,
        corpus.embed,
        topics.topics_fit,
        topics.topics_describe,
        assessment.topics_assess,
        assignment.topics_assign,
        assessment.topics_intrusion,
        measurement.mentions,
        measurement.stance,
        measurement.validate,
        sensitivity.sensitivity,
        annotation.annotate_sample,
        adjudication.annotate_adjudicate,
        annotation.annotate_export,
        annotation.annotate_import,
        comparison.compare_scorers,
        stability.topics_stability,
        stability.topics_multiverse,
        publication.tables,
        publication.figure,
        publication.notebook,
        publication.report,
        publication.methods,
        publication.data_card,
        publication.manifest,
        deposit.deposit,
    )
}

__all__ = ["STAGES", "Record"]
