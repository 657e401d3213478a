"""From the researcher's files to the table of documents; nothing is lost on the way."""

from geostance.ingest.corpus import corpus_parts, read_corpus
from geostance.ingest.kinds import KINDS, Kind, Reader
from geostance.ingest.records import Document, Rejected
from geostance.ingest.sources import Source

__all__ = [
    "KINDS",
    "Document",
    "Kind",
    "Reader",
    "Rejected",
    "Source",
    "corpus_parts",
    "read_corpus",
]
