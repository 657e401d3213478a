"""One function per stage: read, call, write, record."""

from geostance.stages import assignment, comparison, corpus, measurement, publication, topics
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
        assignment.topics_assign,
        measurement.mentions,
        measurement.stance,
        measurement.validate,
        comparison.compare_scorers,
        publication.tables,
        publication.figure,
        publication.notebook,
        publication.report,
        publication.methods,
        publication.data_card,
        publication.manifest,
    )
}

__all__ = ["STAGES", "Record"]
