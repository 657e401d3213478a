"""Exports of Factiva: HTML, RTF, XML and plain text."""

from geostance.ingest.factiva.html import looks_like_factiva_html, read_factiva_html
from geostance.ingest.factiva.rtf import looks_like_factiva_rtf, read_factiva_rtf
from geostance.ingest.factiva.text import looks_like_factiva_text, read_factiva_text
from geostance.ingest.factiva.xml import looks_like_factiva_xml, read_factiva_xml

__all__ = [
    "looks_like_factiva_html",
    "looks_like_factiva_rtf",
    "looks_like_factiva_text",
    "looks_like_factiva_xml",
    "read_factiva_html",
    "read_factiva_rtf",
    "read_factiva_text",
    "read_factiva_xml",
]
