"""From documents to their text alone: furniture dropped with its reason, copies marked."""

from geostance.clean.blocks import Block
from geostance.clean.documents import CleanedTables, clean_documents, clean_tables
from geostance.clean.duplicates import mark_duplicates
from geostance.clean.repeats import Repeats, learn_repeats
from geostance.clean.syndication import syndication_table
from geostance.clean.text import Cleaned, clean_text

__all__ = [
    "Block",
    "Cleaned",
    "CleanedTables",
    "Repeats",
    "clean_documents",
    "clean_tables",
    "clean_text",
    "learn_repeats",
    "mark_duplicates",
    "syndication_table",
]
