"""From the parts of one record to a document, or to the reason why it is none."""

import re
from collections.abc import Callable

from geostance.ingest.languages import language_tag
from geostance.ingest.nexis.articles import LANGUAGES, Article, Field
from geostance.ingest.nexis.heads import read_head, split_section
from geostance.ingest.nexis.labels import BROKEN_RECORD, NO_HEADLINE
from geostance.ingest.records import EXCERPT_CHARACTERS, Document, Rejected, tidy_field
from geostance.ingest.urls import plain_url
from geostance.settings.corpus import IngestSettings

# An article that quotes the message is longer than the message.
_MAX_ERROR = 300
_NUMBER = re.compile(r"\d[\d.,'’ \xa0\u202f]*")


def document(
    article: Article,
    position: int,
    settings: IngestSettings,
    *,
    paragraphs: Callable[[str], list[str]],
    source_id: str | None = None,
    url: str | None = None,
) -> Document | Rejected:
    """Return the document that ``article`` is, or why it is none.

    ``paragraphs`` takes a block's printed lines back to its paragraphs.
    """
    title = tidy_field(article.title)
    if title and NO_HEADLINE.fullmatch(title):
        title = None
    body = [line for block in article.body for line in paragraphs(block)]
    lead = [line for field in article.fields["lead"] for line in _lead(field, paragraphs)]
    if body[: len(lead)] == lead:
        lead = []
    text = "\n".join([*lead, *body])
    if len(text) < _MAX_ERROR and BROKEN_RECORD.search(f"{title} {text}"):
        return Rejected("an error document of Nexis: it was not possible to display it", position)
    if not text.strip():
        return Rejected("no text", position, (title or "")[:EXCERPT_CHARACTERS])
    head = read_head(article.head, settings.latest_date)
    section, page = split_section(_joined(article, "section") or "")
    language, unknown = _language(article)
    notes = [*head.notes, *_notes(article), *unknown]
    own_id = source_id or _joined(article, "source_id")
    extra = {
        "author": _joined(article, "author"),
        "section": section,
        "page": page,
        "word_count": _word_count(article),
        "source_id": own_id,
        "edition": "; ".join([*head.editions, *[one.value for one in article.fields["edition"]]]),
        "copyright": " ".join([*head.notices, *article.notices]),
        "load_date": _joined(article, "loaded"),
        "publication_type": _joined(article, "type"),
        "dateline": _joined(article, "dateline"),
        "subjects": _joined(article, "subjects"),
        "companies": _joined(article, "companies"),
        "regions": _joined(article, "regions"),
        "notes": "; ".join(notes),
    }
    if head.written and head.dated is None:
        extra["unread_date"] = head.written
    links = [one.value for one in article.fields["url"] if one.value.strip()]
    link = "".join((links[0] if links else url or "").split())
    return Document(
        text=text,
        position=position,
        key=own_id or str(position),
        outlet=tidy_field(head.outlet),
        title=title,
        date=head.dated.date if head.dated else None,
        date_precision=head.dated.precision if head.dated else None,
        url=tidy_field(plain_url(link)) if link else None,
        language=language,
        extra={name: tidy_field(value) for name, value in extra.items()},
    )


def cut_off(whole: int, expected: int | None, position: int, excerpt: str) -> Rejected:
    """Return the record that says that an export holds less than it says or ends too early."""
    if expected is not None and whole < expected:
        reason = f"cut off: {whole} of {expected} documents"
    else:
        reason = "cut off: the last document is not whole"
    return Rejected(reason, position, excerpt.strip()[:EXCERPT_CHARACTERS])


def _lead(field: Field, paragraphs: Callable[[str], list[str]]) -> list[str]:
    # With its label, so that the first line has the length at which it was broken.
    first, *others = paragraphs(f"{field.label}: {field.blocks[0]}")
    others += [line for block in field.blocks[1:] for line in paragraphs(block)]
    return [line for line in [first[len(field.label) + 1 :].strip(), *others] if line]


def _joined(article: Article, role: str) -> str | None:
    values = (" ".join(field.value.split()) for field in article.fields[role])
    return "; ".join(value for value in values if value) or None


def _notes(article: Article) -> list[str]:
    captions = [field.value for field in article.fields["graphic"]]
    others = [f"{one.label}: {one.value}" for one in article.fields["other"] if one.value.strip()]
    return [" ".join(note.split()) for note in [*captions, *others, *article.notes] if note.strip()]


def _language(article: Article) -> tuple[str | None, list[str]]:
    written = [field for field in article.fields["language"] if field.value.strip()]
    for name in (part for field in written for part in LANGUAGES.split(field.value)):
        if tag := language_tag(name):
            return tag, []
    return None, [f"{field.label}: {field.value}" for field in written]


def _word_count(article: Article) -> str | None:
    for field in article.fields["words"]:
        if found := _NUMBER.search(field.value):
            return re.sub(r"\D", "", found[0])
    return None
