"""Read plain text exports of Factiva, and pages and RTF files of it that were saved as text."""

import io
import re
from collections.abc import Callable, Iterable, Iterator

from geostance.ingest.encodings import decode
from geostance.ingest.factiva.fields import BODY, Fields, cut_off, document, text_of
from geostance.ingest.factiva.labels import WORD_COUNT
from geostance.ingest.factiva.lines import BARE, BOLD, CELL, INDENTED, STARRED, articles
from geostance.ingest.factiva.uncoded import read_head
from geostance.ingest.languages import language_tag
from geostance.ingest.records import EXCERPT_CHARACTERS, Document, Rejected
from geostance.ingest.sources import Source
from geostance.settings.corpus import IngestSettings

# The codes that every article has; the others may be missing.
_ALWAYS = {"HD", "WC", "PD", "SN", "LA"}
# A browser folds the lines of a page that it saves as text at this column.
_WIDTH = 72
# Japanese and Chinese, which put no space between words.
_SPACELESS = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\uff00-\uffef]")
# A search hit, which the browser wrote between stars; two of them side by side are one.
_HIT = re.compile(
    r"(?<![^\W\u3040-\u9fff])(?<!\*)\*(\S(?:[^*]{0,80}?\S)?)\*(?!\*)(?![^\W\u3040-\u9fff])"
)
_NEXT_HIT = re.compile(r"(?<=[\w-])\*\*(?=\w)")
_LONGEST_HEAD = 16

# From the lines of a field, and its code, to those that count.
Tidied = Callable[[str, list[str]], list[str]]


def looks_like_factiva_text(source: Source) -> bool:
    """Return whether ``source`` is a text of Factiva's articles, with its codes or without."""
    head = source.head
    if b"\0" in head[:1024] or head.lstrip()[:1] in {b"<", b"{", b"["}:
        return False
    lines = decode(head).replace("\r\n", "\n").split("\n")
    return _has_codes(lines, _code_of(lines)) or _has_a_head(lines)


def read_factiva_text(source: Source, settings: IngestSettings) -> Iterator[Document | Rejected]:
    """Yield the articles of a text, in its order.

    A text that a browser saved has folded lines, which are joined, and its search hits
    stand between stars, which go. An article that the text ends in is rejected.
    """
    text = text_of(source)
    code = _code_of(text[: 2**16].split("\n"))
    found = articles(io.StringIO(text, newline="\n"), code)
    none = True
    for record in records(found, _unfolded if code is STARRED else stripped, settings):
        none = False
        yield record
    if none:
        yield Rejected("no article in this Factiva text", excerpt=text[:EXCERPT_CHARACTERS])


def records(
    found: Iterable[tuple[Fields, bool]], tidied: Tidied, settings: IngestSettings
) -> Iterator[Document | Rejected]:
    """Yield a record for the fields of each article, or of the rest of one."""
    for position, (fields, whole) in enumerate(found, start=1):
        printed = {code: tidied(code, lines) for code, lines in fields.items()}
        if whole:
            yield document(printed, position, settings)
        else:
            yield cut_off(f"the file ends inside article {position}", position, printed)


def stripped(code: str, lines: list[str]) -> list[str]:
    """Return the lines that are not empty, without marks of cells and of bold text."""
    plain = (" | ".join(line.replace(BOLD, "").rstrip(f" {CELL}").split(CELL)) for line in lines)
    return [line for line in (" ".join(line.split()) for line in plain) if line]


def _unfolded(code: str, lines: list[str]) -> list[str]:
    paragraphs: list[str] = []
    above = ""
    for line in map(str.strip, lines):
        if line and above and (code not in BODY or _was_folded(above, line)):
            paragraphs[-1] = _joined(paragraphs[-1], line)
        elif line:
            paragraphs.append(line)
        above = line
    return [_HIT.sub(r"\1", _NEXT_HIT.sub("", paragraph)) for paragraph in paragraphs]


def _was_folded(above: str, line: str) -> bool:
    """Return whether the next word would not have fitted behind the line above."""
    return len(above) + 1 + len(line.split(None, 1)[0]) > _WIDTH


def _joined(above: str, line: str) -> str:
    # A browser folds behind the hyphen of a word too.
    glued = above[-2:-1].isalpha() and above.endswith("-")
    if glued or (_SPACELESS.match(above[-1]) and _SPACELESS.match(line)):
        return above + line
    return f"{above} {line}"


def _code_of(lines: list[str]) -> re.Pattern[str]:
    """Return how the codes of a text stand on their lines."""
    return next((code for code in (STARRED, INDENTED) if _has_codes(lines, code)), BARE)


def _has_codes(lines: Iterable[str], code: re.Pattern[str]) -> bool:
    return _ALWAYS <= {found[1] for line in lines if (found := code.match(line))}


def _has_a_head(lines: list[str]) -> bool:
    kept = [line.strip() for line in lines if line.strip()]
    for n, line in enumerate(kept):
        if WORD_COUNT.fullmatch(line):
            read = read_head(kept[n : n + _LONGEST_HEAD])
            if read and language_tag("".join(read[0].get("LA", ()))) and "SC" in read[0]:
                return True
    return False
