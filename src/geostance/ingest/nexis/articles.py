"""Tell the parts of one record apart, from the blocks that TXT, HTML or Word print."""

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from geostance.ingest.languages import language_tag
from geostance.ingest.nexis.heads import starts_with_date
from geostance.ingest.nexis.labels import (
    NOTICE,
    NOTICE_START,
    WORD_COUNT,
    role_of,
)
from geostance.settings.corpus import IngestSettings

# A headline is no longer than this; what is, is the article's first paragraph.
_MAX_TITLE = 400
_MAX_BARE_AUTHOR = 60
# Above a label for the text stand no more paragraphs without one: a headline, a long lead.
_MAX_ABOVE_BODY = 8
# An article without field labels above its text names its date within so many blocks.
_MAX_HEAD_BLOCKS = 6
# The fields whose text may go on behind a blank line.
_RUNNING = frozenset(("lead", "graphic", "other"))
_URL_START = re.compile(r"https?://", re.IGNORECASE)
_A_DAY = re.compile(
    r"(?:[^\W\d_]+,? )?(?:[^\W\d_]+ \d{1,2},?|\d{1,2}\.? (?:de )?[^\W\d_]+\.?(?: de)?) \d{4}"
    r"|\d{4}-\d{2}-\d{2}|\d{1,2}[./-]\d{1,2}[./-]\d{4}"
)
LANGUAGES = re.compile(r"[;,/]")


class Block(NamedTuple):
    r"""Lines between blank lines, or a paragraph of markup; ``\n`` ends a printed line.

    ``value`` is what stands behind the ``label``, if there is one; ``centred`` says that
    the lines stand in the middle of the page, as those above and below an article do.
    """

    text: str
    label: str = ""
    value: str = ""
    centred: bool = False

    @property
    def role(self) -> str | None:
        """What the label says: one of those of ``labels``, "other" for a new one."""
        return (role_of(self.label) or "other") if self.label else None


@dataclass
class Field:
    """A label and the blocks that stand behind and below it."""

    label: str
    blocks: list[str]

    @property
    def value(self) -> str:
        """The text of the field, line by line as printed."""
        return "\n".join(self.blocks)


@dataclass
class Article:
    """The parts of a record; ``closed`` says that what follows an article is there."""

    title: str | None = None
    head: list[str] = field(default_factory=list)
    fields: dict[str, list[Field]] = field(default_factory=lambda: defaultdict(list))
    body: list[str] = field(default_factory=list)
    notices: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    closed: bool = False


def split_article(blocks: Sequence[Block], settings: IngestSettings) -> Article:
    """Return the parts of a record: what stands above the text, the text, what stands below."""
    article = Article()
    blocks = _centre_a_plain_head(blocks, settings)
    start = _read_above(article, blocks)
    end = _end_of_text(blocks, start)
    article.body += [block.text for block in blocks[start:end]]
    _read_below(article, blocks[end:])
    return article


def _centre_a_plain_head(blocks: Sequence[Block], settings: IngestSettings) -> Sequence[Block]:
    """Return ``blocks`` with a head that lost its layout set back in the middle of the page."""
    top = blocks[:_MAX_HEAD_BLOCKS]
    if any(block.centred or block.label for block in top[:2]):
        return blocks
    dated = next(
        (n for n, b in enumerate(top) if n and starts_with_date(b.text, settings.latest_date)), None
    )
    if dated is None:
        return blocks
    head = []
    for number, block in enumerate(blocks[:_MAX_HEAD_BLOCKS]):
        if _URL_START.match(block.text):
            head.append(block._replace(label="URL", value=block.text))
        elif WORD_COUNT.fullmatch(block.text.strip()):
            head.append(block._replace(label="LENGTH", value=block.text))
        else:
            head.append(block._replace(centred=number <= dated))
    return [*head, *blocks[_MAX_HEAD_BLOCKS:]]


def _read_above(article: Article, blocks: Sequence[Block]) -> int:
    """Read what stands above the text and return the number of the text's first block."""
    body = _labelled_body(blocks)
    last: str | None = None
    for at, block in enumerate(blocks):
        role = block.role
        if at == body or (role == "body" and block.value.strip()):
            article.body += [block.value] if block.value.strip() else []
            return _titled(article, at + 1)
        if role:
            if _closes(block) and _only_fields_follow(blocks[at:]):
                return _titled(article, at)
            article.fields[role].append(Field(block.label, [block.value]))
            last = role if role != "url" else last
        elif block.centred and (last is None or NOTICE.search(block.text)):
            article.head.append(block.text)
        elif last and (at < body or _waits(article, last)):
            article.fields[last][-1].blocks.append(block.text)
        elif article.title is None and last is None and len(block.text) <= _MAX_TITLE:
            article.title = block.text
        elif last is None and _is_bare_author(block, blocks[at + 1 : at + 2]):
            article.fields["author"].append(Field("", [block.text]))
        elif at < body:
            article.head.append(block.text)
        else:
            return _titled(article, at)
    return _titled(article, len(blocks))


def _labelled_body(blocks: Sequence[Block]) -> int:
    """Return the number of the label that says where the text begins, or -1 for none.

    Behind paragraphs of text the word is one of the text.
    """
    plain = 0
    for at, block in enumerate(blocks):
        if block.role == "body" and not block.value.strip():
            return at
        plain += not block.label and not block.centred
        if plain > _MAX_ABOVE_BODY:
            break
    return -1


def _titled(article: Article, start: int) -> int:
    if article.title is None and article.fields["title"]:
        article.title = article.fields["title"][0].value
    return start


def _waits(article: Article, role: str) -> bool:
    """Return whether the last field is a lead whose text stands below its label."""
    return role == "lead" and not article.fields[role][-1].blocks[0].strip()


def _only_fields_follow(blocks: Sequence[Block]) -> bool:
    running = False
    for block in blocks:
        if block.label:
            running = block.role in _RUNNING
        elif not running and not _is_notice(block):
            return False
    return True


def _is_bare_author(block: Block, following: Sequence[Block]) -> bool:
    text = block.text.strip()
    is_short = len(text) <= _MAX_BARE_AUTHOR and "\n" not in text
    return is_short and bool(following and following[0].label)


def _end_of_text(blocks: Sequence[Block], start: int) -> int:
    """Return the number of the first block below the text, which is of blocks from ``start``."""
    end = next((n for n in range(start, len(blocks)) if _closes(blocks[n])), len(blocks))
    while end > start:
        before = blocks[end - 1]
        if before.role not in {None, "body"} or _is_notice(before):
            end -= 1
        elif end - 2 >= start and blocks[end - 2].label and not blocks[end - 2].value.strip():
            end -= 2
        else:
            break
    return end


def _closes(block: Block) -> bool:
    role = block.role
    value = block.value.strip()
    if role == "loaded":
        return bool(_A_DAY.fullmatch(value))
    if role == "language":
        return any(map(language_tag, LANGUAGES.split(value)))
    # Of a Word file's last part this is the heading; elsewhere the word is one of the text.
    return (role == "type" and bool(value)) or (role == "end" and not value)


def _is_notice(block: Block) -> bool:
    if block.label:
        return False
    return bool(NOTICE_START.match(block.text) or (block.centred and NOTICE.search(block.text)))


def _read_below(article: Article, blocks: Sequence[Block]) -> None:
    last: str | None = None
    for block in blocks:
        role = block.role
        if role:
            article.fields[role].append(Field(block.label, [block.value]))
            article.closed = article.closed or _closes(block)
            last = role
        elif _is_notice(block):
            article.notices.append(block.text)
            article.closed = True
            last = None
        elif last in _RUNNING:
            article.fields[last][-1].blocks.append(block.text)
        else:
            article.notes.append(block.text)
