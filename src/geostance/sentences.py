"""Split cleaned texts into sentences that know their place."""

import re
from itertools import pairwise

import polars as pl

from geostance.schema import TABLES

# Beyond this a line is cut at spaces first: the segmenter's time grows faster than the line.
_MAX_LINE = 20_000

# An initial or a short title at the start of a line, which sentencex takes for a sentence.
_ABBREVIATION = re.compile(r"[\W_]*(?:M|MM|Mme|Mlle|Dr|Pr|Mr|Mrs|Ms|St|т|г|д|[A-ZÀ-ÝА-ЯЁ])\.[\s]*")
# A sentence does not begin with a small letter: "« Non ! » — сказал он". Georgian has no
# others, and Unicode counts its letters as small.
_GOES_ON = re.compile(r"[\s—–-]*[a-zß-öø-ÿα-ωа-яёіїєґ]")

# Where sentencex leaves sentences together: the marks that no language uses within one.
_ALWAYS_ENDS = re.compile(r"[।॥։۔][»”\"’)\]]*(?=\s*\S)")


def full_text(title: str | None, text: str) -> str:
    """Return headline and body as one text; all sentence and mention offsets are into it."""
    return f"{title}\n\n{text}" if title else text


def split_sentences(text: str, language: str) -> list[tuple[int, int]]:
    r"""Return (start, end) of each sentence of ``text``, without the spaces around it.

    A "\n" always ends a sentence; within a line sentencex decides, by the rules of
    ``language`` (a BCP 47 tag; those of English for one it does not know).
    """
    spans: list[tuple[int, int]] = []
    start = 0
    for line in text.split("\n"):
        for first, last in _line_spans(line, language):
            inner = line[first:last]
            left = first + len(inner) - len(inner.lstrip())
            right = left + len(inner.strip())
            if left < right:
                spans.append((start + left, start + right))
        start += len(line) + 1
    return spans


def sentence_table(cleaned: pl.DataFrame) -> pl.DataFrame:
    """Return the table ``sentences`` of the cleaned documents that go on."""
    rows: list[tuple[str, str, int, int, str]] = []
    kept = cleaned.filter(pl.col("dropped_reason").is_null())
    for doc_id, title, body, language in kept.select(
        "doc_id", "title", "text", "language"
    ).iter_rows():
        text = full_text(title, body)
        rows.extend(
            (doc_id, f"{doc_id}-{n:04d}", start, end, text[start:end])
            for n, (start, end) in enumerate(split_sentences(text, language))
        )
    return pl.DataFrame(rows, schema=TABLES["sentences"], orient="row")


def _line_spans(line: str, language: str) -> list[tuple[int, int]]:
    if not line.strip():
        return []
    # Imported here, so that reading the table's name costs nothing.
    from sentencex import get_sentence_boundaries

    spans: list[tuple[int, int]] = []
    for first, last in _pieces(line):
        piece = line[first:last]
        for found in get_sentence_boundaries(language, piece):
            start, end = found["start_index"], found["end_index"]
            cuts = [start + cut.end() for cut in _ALWAYS_ENDS.finditer(piece[start:end])]
            edges = [start, *cuts, end]
            spans.extend((first + a, first + b) for a, b in pairwise(edges))
    return _mended(line, spans)


def _mended(line: str, spans: list[tuple[int, int]]) -> list[tuple[int, int]]:
    mended: list[tuple[int, int]] = []
    for start, end in spans:
        if mended:
            if _ABBREVIATION.fullmatch(line, *mended[-1]) or _GOES_ON.match(line, start, end):
                mended[-1] = (mended[-1][0], end)
                continue
        mended.append((start, end))
    return mended


def _pieces(line: str) -> list[tuple[int, int]]:
    pieces: list[tuple[int, int]] = []
    start = 0
    while len(line) - start > _MAX_LINE:
        space = line.rfind(" ", start + 1, start + _MAX_LINE)
        end = space if space > start else start + _MAX_LINE
        pieces.append((start, end))
        start = end
    return [*pieces, (start, len(line))]
