"""What the methods say of the corpus and its cleaning."""

from geostance.publish.methods.study import Facts, Section, Study

_REASONS = 5


def _corpus(study: Study) -> Facts | None:
    description = study.tables["description"]
    whole = description.filter(grouping="all")
    if whole.is_empty():
        return None
    documents, rejected = study.tables["documents"], study.tables["rejected"]
    languages = description.filter(grouping="language")
    return {
        "whole": whole.row(0, named=True),
        "n_records": len(documents) + len(rejected),
        "n_files": documents["source"].n_unique(),
        "rejected": _lost(study, "rejected"),
        "languages": languages.sort("n_documents", "group", descending=[True, False]).rows(
            named=True
        ),
        "ingest": study.config.ingest,
    }


def _cleaning(study: Study) -> Facts:
    description = study.tables["description"].filter(grouping="all")
    return {
        "blocks": _lost(study, "block"),
        "n_blocks": int(study.tables["losses"].filter(step="block")["n"].sum()),
        "set_aside": _lost(study, "set_aside"),
        "n_copies": int(study.tables["losses"].filter(step="copy")["n"].sum()),
        "n_distinct": int(description["n_distinct"].sum()),
        "n_clusters": len(study.tables["syndication"]),
        "clean": study.config.clean,
        "duplicates": study.config.duplicates,
        "versions": study.versions,
    }


def _lost(study: Study, step: str) -> list[dict]:
    """Return the most frequent reasons of a step."""
    losses = study.tables["losses"].filter(step=step)
    return losses.sort("n", "reason", descending=[True, False]).head(_REASONS).rows(named=True)


CORPUS = Section("corpus", _corpus, ("description", "documents", "losses", "rejected"))
CLEANING = Section("cleaning", _cleaning, ("description", "losses", "syndication"))
