"""Read saved web pages: the main text by trafilatura, the rest from the page's metadata."""

import re
from collections.abc import Iterator, Mapping

from geostance.ingest import fields
from geostance.ingest.encodings import decode
from geostance.ingest.markup import lines_of, parse, remove
from geostance.ingest.page_metadata import page_fields, saved_from
from geostance.ingest.records import EXCERPT_CHARACTERS, Document, Rejected, tidy
from geostance.ingest.sources import Source
from geostance.ingest.urls import plain_url
from geostance.settings.corpus import IngestSettings

_DECLARED = re.compile(rb"<meta[^>]{0,200}charset\s*=\s*[\"']?\s*([\w-]{2,20})", re.IGNORECASE)
_DECLARATION = re.compile(r"^[\s\ufeff]*(?:<\?xml[^>]*>\s*)+")
# Pages that declare these have Windows' quotes and dashes in them.
_AS_BROWSERS_READ = {
    **dict.fromkeys(("iso-8859-1", "latin1", "latin-1", "us-ascii", "ascii"), "cp1252"),
    "iso-8859-9": "cp1254",
}
# What a consent wall speaks of, in the languages of the corpus.
_CONSENT = re.compile(
    r"cookies?\b|consent\w*|traceurs?\b|partenaires?\b|partners?\b|donn[ée]es personnelles"
    r"|personal data|vie priv[ée]e|privacy|confidentialit[ée]|datenschutz\w*|einwillig\w*"
    r"|zustimm\w*|privacidad|consenso|privatezza|rıza\w*|çerez\w*|конфиденциальн\w*|куки"
    r"|файл\w* cookie|tout accepter|accepter et|accept all|alle akzeptieren|aceptar",
    re.IGNORECASE,
)
# A wall is short and speaks of little else; an article about cookies is longer.
_LONGEST_WALL, _MIN_CONSENT_WORDS, _PARAGRAPH = 2500, 2, 200
_NO_TEXT = ("script", "style", "noscript", "template", "iframe", "object", "svg", "nav", "footer")
_NO_TEXT += ("form", "button", "select", "textarea", "dialog")
_TABLE_ROW = "| "
# A hundred times those of a page of the press; trafilatura takes a minute for a million.
_MAX_TAGS = 500_000
# So little trafilatura may have taken from all over the page, a line an element.
_SHORT = 500


def read_web(source: Source, settings: IngestSettings) -> Iterator[Document | Rejected]:
    """Yield the one article of an HTML page."""
    yield page_document(decode_page(source.read()), settings)


def page_document(
    page: str,
    settings: IngestSettings,
    *,
    position: int = 1,
    key: str | None = None,
    url: str | None = None,
    extra: Mapping[str, str | None] | None = None,
) -> Document | Rejected:
    """Return the article of a page, whose address is ``url`` if that is known.

    trafilatura chooses the main text; what furniture it leaves is the cleaning's
    part. Its own ``deduplicate`` stays off, since it depends on the pages read
    before, and its latest date is ours, since by default that is today. Where it finds
    nothing, or takes all there is, or takes for a table what a table only lays out, as pages
    once were made, the text is that of the page's blocks without its menus and forms.
    """
    # Imported here: with lxml and its language data it is slow to load.
    from trafilatura import bare_extraction, load_html

    excerpt = tidy(page)[:EXCERPT_CHARACTERS]
    if not page.strip():
        return Rejected("empty", position)
    if len(page) > fields.MAX_CHARACTERS:
        return Rejected(fields.too_long("a page"), position, excerpt)
    if page.count("<") > _MAX_TAGS:
        return Rejected(f"a page of more than {_MAX_TAGS} tags", position, excerpt)
    # lxml refuses text that declares an encoding.
    page = _viewed_source(_DECLARATION.sub("", page))
    tree = load_html(page)
    if tree is None:
        return Rejected("no article found in the page", position, excerpt)
    said = page_fields(tree)
    found = bare_extraction(
        tree,
        include_comments=False,
        with_metadata=True,
        deduplicate=False,
        date_extraction_params={
            "original_date": True,
            "extensive_search": False,
            "max_date": settings.latest_date.isoformat(),
        },
    )
    text = tidy(found.text or "").strip() if found else ""
    if len(text) < _SHORT or _is_layout_table(text):
        text = _better(_all_text(page), text)
    if not text:
        return Rejected("no article found in the page", position, excerpt)
    if _is_consent_wall(text):
        return Rejected("only a consent wall", position, text[:EXCERPT_CHARACTERS])
    return fields.document(
        text,
        settings,
        position=position,
        key=key,
        outlet=said.outlet or (found.sitename if found else None),
        title=found.title if found else None,
        written_date=said.published or (found.date if found else None),
        url=plain_url(found.url if found else None) or url or saved_from(page),
        language=said.language,
        extra={
            "author": said.author or (found.author if found else None),
            "section": said.section,
            **(extra or {}),
        },
    )


def decode_page(data: bytes, declared: str | None = None) -> str:
    """Return the page's text: as UTF-8 where it is, else as declared, else by its letters.

    UTF-8 comes first because old templates declare another encoding over it. ``declared``
    is what came with the page, and goes before what stands in it.
    """
    if b"\0" not in data[:4096]:
        try:
            return data.decode("utf-8-sig")
        except UnicodeDecodeError:
            pass
    within = _DECLARED.search(data[:4096])
    for name in (declared, within[1].decode("ascii") if within else None):
        if name and not name.lower().startswith("utf"):
            try:
                return data.decode(_AS_BROWSERS_READ.get(name.lower(), name))
            except (LookupError, ValueError):
                continue
    return decode(data)


def _viewed_source(page: str) -> str:
    """Return the page that a browser showed as source text, if this is one saved so."""
    if 'class="line-content"' not in page or "html-tag" not in page:
        return page
    from lxml import etree, html

    try:
        cells = html.document_fromstring(page).xpath("//td[@class='line-content']")
    except (etree.LxmlError, ValueError):
        return page
    return "\n".join(cell.text_content() for cell in cells) or page


def _is_layout_table(text: str) -> bool:
    """Tell nothing, or one line a row where most of the text stands in rows."""
    rows = [line for line in text.split("\n") if line.startswith(_TABLE_ROW)]
    return 2 * sum(map(len, rows)) >= len(text)


def _better(whole: str, found: str) -> str:
    if _is_layout_table(found):
        return whole or found
    took_all = "".join(whole.split()) in "".join(found.split())
    return whole if whole and took_all else found


def _all_text(page: str) -> str:
    """Return the text of the body without menus and forms, a line a block."""
    root = parse(page)
    body = root.find("body") if root is not None else None
    if body is None:
        return ""
    for element in list(body.iter(*_NO_TEXT)):
        remove(element)
    return tidy("\n".join(lines_of(body, every_break=True)))


def _is_consent_wall(text: str) -> bool:
    if len(text) > _LONGEST_WALL:
        return False
    words = {found.lower() for found in _CONSENT.findall(text)}
    speaks_of_else = any(
        len(line) >= _PARAGRAPH and not _CONSENT.search(line) for line in text.split("\n")
    )
    return len(words) >= _MIN_CONSENT_WORDS and not speaks_of_else
