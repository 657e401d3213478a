"""Read the exports of LexisNexis and Nexis Uni: plain text, HTML and Word files."""

from geostance.ingest.nexis.html import looks_like_nexis_html, read_nexis_html
from geostance.ingest.nexis.txt import looks_like_nexis_txt, read_nexis_txt
from geostance.ingest.nexis.word import looks_like_nexis_docx, read_nexis_docx

__all__ = [
    "looks_like_nexis_docx",
    "looks_like_nexis_html",
    "looks_like_nexis_txt",
    "read_nexis_docx",
    "read_nexis_html",
    "read_nexis_txt",
]
