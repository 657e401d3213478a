"""Tell formats by their first bytes, and say what a file is that is not read."""

import re

from geostance.ingest.archives import is_gzip
from geostance.ingest.sources import Source

_BINARY = (
    (b"%PDF-", "PDF is not read: export as text, HTML or a table"),
    (b"\xff\xd8\xff", "a JPEG picture is not read"),
    (b"\x89PNG\r\n", "a PNG picture is not read"),
    (b"GIF8", "a GIF picture is not read"),
    (b"II*\0", "a TIFF picture is not read"),
    (b"MM\0*", "a TIFF picture is not read"),
    (b"AT&TFORM", "DjVu is not read: export as text"),
    (b"\xd0\xcf\x11\xe0", "an old Word or Excel file is not read: save it as .docx or .xlsx"),
    (b"7z\xbc\xaf\x27\x1c", "7z archives are not read: pack the files as .zip"),
    (b"Rar!", "RAR archives are not read: pack the files as .zip"),
    (b"BZh", "bzip2 is not read: unpack it, or pack it as .gz"),
    (b"\xfd7zXZ\0", "xz is not read: unpack it, or pack it as .gz"),
    (b"\x28\xb5\x2f\xfd", "Zstandard is not read: unpack it, or pack it as .gz"),
    (b"SQLite format 3\0", "an SQLite database is not read: export its table as csv"),
    (b"ID3", "sound is not read"),
    (b"OggS", "sound is not read"),
    (b"\x7fELF", "a program is not read"),
    (b"MZ", "a program is not read"),
)
_AT_OTHER_PLACES = (
    (slice(257, 262), b"ustar", "tar archives are not read: pack the files as .zip"),
    (slice(4, 8), b"ftyp", "a film or sound is not read"),
    (slice(8, 12), b"WEBP", "a WebP picture is not read"),
    (slice(8, 12), b"WAVE", "sound is not read"),
    (slice(60, 68), b"BOOKMOBI", "a Mobipocket e-book is not read: export as text"),
)
# Zips that are documents, told by a name in them.
_PACKAGES = {
    "META-INF/container.xml": "an EPUB e-book is not read: export as text or HTML",
    "ppt/presentation.xml": "a presentation is not read: export as text",
    "content.xml": "an OpenDocument file is not read: save it as .txt, .docx or .xlsx",
}
_RTF = b"{\\rtf"
_NAME = re.compile(r"<([A-Za-z_][\w:.-]*)")
_HTML_ROOTS = frozenset(
    "html head title meta link script style noscript body main article section header nav div p"
    " h1 h2 h3 h4 table tr td ul ol li pre blockquote form center font span a b i em strong img"
    " br hr".split()
)
# Controls that no text has but by damage.
_CONTROL = re.compile("[\0-\x08\x0e-\x19\x1c-\x1f\x7f-\x84\x86-\x9f]")
_MAX_CONTROLS, _MAX_CONTROL_SHARE, _MAX_BAD_SHARE = 2, 0.005, 0.2


def is_text(source: Source) -> bool:
    """Tell text, in whatever encoding and of whatever format, from anything else."""
    if is_gzip(source) or source.zip_names or _binary(source.head):
        return False
    text = source.head_text
    controls = len(_CONTROL.findall(text))
    bad = text.count("\ufffd")
    return (
        controls <= max(_MAX_CONTROLS, _MAX_CONTROL_SHARE * len(text))
        and bad <= _MAX_BAD_SHARE * len(text)
        and not source.head.startswith(_RTF)
    )


def root_name(text: str) -> str:
    """Return the name of the first element, or of the doctype, in small letters; else nothing.

    Comments, processing instructions and white space before it do not count.
    """
    at = 0
    while True:
        while at < len(text) and (text[at].isspace() or text[at] == "\ufeff"):
            at += 1
        if text.startswith("<!--", at):
            at = text.find("-->", at) + 3
        elif text.startswith("<?", at):
            at = text.find(">", at) + 1
        else:
            break
        if at < 3:
            return ""
    if text[at : at + 9].upper() == "<!DOCTYPE":
        words = text[at + 9 : at + 100].split(None, 1)
        return re.split(r"[\s>\[]", words[0], maxsplit=1)[0].lower() if words else ""
    found = _NAME.match(text, at)
    return found[1].lower() if found else ""


def is_xml(source: Source) -> bool:
    """Tell text that declares itself as XML, of whatever kind."""
    return source.head_text.lstrip("\ufeff \t\r\n").startswith("<?xml")


def begins_as_html(text: str) -> bool:
    """Tell a page or a piece of one by its first element."""
    return root_name(text) in _HTML_ROOTS


def is_warc(source: Source) -> bool:
    """Tell a web archive."""
    return source.head.startswith(b"WARC/")


def is_parquet(source: Source) -> bool:
    """Tell Parquet."""
    return source.head.startswith(b"PAR1")


def is_workbook(source: Source) -> bool:
    """Tell a workbook of Excel (xlsx, xlsb) or LibreOffice (ods)."""
    names = source.zip_names
    if names.intersection(("xl/workbook.xml", "xl/workbook.bin")):
        return True
    return "content.xml" in names and b"opendocument.spreadsheet" in source.head[:200]


def unread(source: Source) -> str:
    """Return the reason for which a source of no known kind is not read."""
    if reason := _binary(source.head):
        return reason
    for name, reason in _PACKAGES.items():
        if name in source.zip_names:
            return reason
    if source.head.startswith(_RTF):
        return "rich text that is no known export: save it as text"
    if not source.head:
        return "empty"
    if not is_text(source):
        return "unknown content, no text"
    if is_xml(source):
        return f"XML of an unknown kind (<{root_name(source.head_text)}>)"
    return f"plain text named {source.ending or '(without an ending)'}: name articles .txt"


def _binary(head: bytes) -> str | None:
    for magic, reason in _BINARY:
        # Some PDF begin with empty lines.
        if head.startswith(magic) or (magic == b"%PDF-" and head.lstrip().startswith(magic)):
            return reason
    for place, magic, reason in _AT_OTHER_PLACES:
        if head[place] == magic:
            return reason
    return None
