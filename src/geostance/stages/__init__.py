"""One function per stage: read, call, write, record."""

from geostance.stages import analysis, comparison, publication
from geostance.stages.analysis import Record

# In the order of the workflow; the command line has one subcommand for each.
STAGES = {
    stage.__name__.replace("_", "-"): stage
    for stage in (
        analysis.ingest,
        analysis.clean,
        analysis.duplicates,
        analysis.corpus_describe,
        analysis.sentences,
        analysis.embed,
        analysis.topics,
        analysis.mentions,
        analysis.stance,
        analysis.validate,
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
