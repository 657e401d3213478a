"""From documents to their text alone: furniture dropped with its reason, copies marked."""

from geostance.clean.blocks import Block
from geostance.clean.documents import clean_documents
from geostance.clean.duplicates import mark_duplicates
from geostance.clean.syndication import syndication_table
from geostance.clean.text import Cleaned, clean_text

__all__ = [
    "Block",
    "Cleaned",
    "clean_documents",
    "clean_text",
    "mark_duplicates",
    "syndication_table",
]
