"""Documents made ready for reading: text in pieces, each with what was found in it."""

from collections import defaultdict
from collections.abc import Iterator
from typing import Any

import polars as pl

from geostance.sentences import full_text

# Shown at most, with so much of each text; more would make the report slow to open and to send.
MOST_DOCUMENTS = 50_000
MOST_CHARACTERS = 12_000
# Of all texts together; 150 MB in the files beside the page.
_ALL_CHARACTERS = 150_000_000
# Documents made ready at a time: as many as a file beside the page holds.
PER_FILE = 500

_COLUMNS = ("p_unfavourable", "p_neutral", "p_favourable")


def chosen(cleaned: pl.DataFrame, documents: pl.DataFrame, limit: int) -> pl.DataFrame:
    """Return the kept documents to show: all, or an even selection of ``limit``, or of fewer.

    Fewer where their texts are so long that ``limit`` of them would make the report too
    large. Documents are laid out by language, outlet and date and taken at equal steps, so
    that each outlet and period has its share. Nothing is drawn at random: the same corpus
    always gives the same selection.
    """
    kept = (
        cleaned.filter(pl.col("dropped_reason").is_null())
        .select(
            *("doc_id", "language"),
            length=pl.col("text").str.len_chars().clip(upper_bound=MOST_CHARACTERS),
        )
        .join(
            documents.select("doc_id", "outlet", "date", "url", "source", "position"),
            on="doc_id",
            how="left",
        )
        .sort("language", "outlet", "date", "doc_id", nulls_last=True)
    )
    if kept["length"].sum() > _ALL_CHARACTERS:
        limit = min(limit, int(_ALL_CHARACTERS * kept.height / kept["length"].sum()))
    if kept.height > limit:
        kept = kept[[int((n + 0.5) * kept.height / limit) for n in range(limit)]]
    texts = cleaned.select("doc_id", "title", "text", "blocks")
    return kept.drop("length").join(texts, on="doc_id", how="left", maintain_order="left")


def readings(
    frames: dict[str, pl.DataFrame], targets: list[str], limit: int = MOST_DOCUMENTS
) -> Iterator[dict[str, Any]]:
    """Yield one record for each document shown, for the page's reader.

    ``pieces`` is the body in order: ``{"x": text}``, with ``"m"`` where it is a sentence
    that speaks of targets (index of the target, class −1, 0 or 1, whether quoted, place
    among the evidence or null), with ``"d"`` where it was dropped, for that reason.

    Args:
        frames: documents, cleaned, unique, sentences, topics, topic_info, mentions, stance.
        targets: ids in the order of the page.
        limit: documents shown at most.
    """
    rows = chosen(frames["cleaned"], frames["documents"], limit)
    clusters = dict(frames["unique"].select("doc_id", "cluster_id").rows())
    first = dict(frames["unique"].filter("is_representative").select("cluster_id", "doc_id").rows())
    # A copy is shown with what was measured on the one copy that stands for its group.
    standing = {doc: first.get(clusters.get(doc), doc) for doc in rows["doc_id"]}
    for part in rows.iter_slices(PER_FILE):
        yield from _records(part, standing, frames, targets)


def _records(
    rows: pl.DataFrame,
    standing: dict[str, str],
    frames: dict[str, pl.DataFrame],
    targets: list[str],
) -> Iterator[dict[str, Any]]:
    own = rows["doc_id"].to_list()
    wanted = list({*own, *(standing[doc] for doc in own)})
    index = {target: at for at, target in enumerate(targets)}
    scores, evidence = _scores(frames["stance"], wanted, index)
    found = _found(frames, own, index, evidence)
    topic = dict(
        frames["topics"].filter(pl.col("doc_id").is_in(wanted)).select("doc_id", "topic").rows()
    )
    for row in rows.iter_rows(named=True):
        doc = row["doc_id"]
        source = doc if doc in scores or doc in topic else standing[doc]
        yield {
            "id": doc,
            "title": row["title"] or "",
            "outlet": row["outlet"] or "",
            "date": row["date"].isoformat() if row["date"] else "",
            "language": row["language"] or "und",
            "url": row["url"] or "",
            "source": f"{row['source']} · {row['position']}",
            "topic": topic.get(source),
            "copy": source != doc,
            "scores": scores.get(source, {}),
            **_text(row, found.get(doc, {})),
        }


def _scores(
    stance: pl.DataFrame, wanted: list[str], index: dict[str, int]
) -> tuple[dict[str, dict[int, list[Any]]], dict[tuple[str, int], int]]:
    """Return each document's scores by target, and the place of each sentence as evidence."""
    scores: dict[str, dict[int, list[Any]]] = defaultdict(dict)
    evidence: dict[tuple[str, int], int] = {}
    for row in stance.filter(pl.col("doc_id").is_in(wanted)).iter_rows(named=True):
        target = index[row["target"]]
        scores[row["doc_id"]][target] = [
            round(row["stance"], 3),
            row["n_mentions"],
            round(row["quoted_share"] or 0, 2),
            bool(row["measured_language"]),
        ]
        for place, sentence in enumerate(row["evidence"] or []):
            evidence[sentence, target] = place
    return scores, evidence


def _found(
    frames: dict[str, pl.DataFrame],
    wanted: list[str],
    index: dict[str, int],
    evidence: dict[tuple[str, int], int],
) -> dict[str, dict[tuple[int, int], list[list[Any]]]]:
    """Return, by document and span of a sentence, what each target's mention in it says."""
    mentions = frames["mentions"].filter(
        pl.col("relevant") & pl.col("doc_id").is_in(wanted) & pl.col("target").is_in(list(index))
    )
    spans = frames["sentences"].filter(pl.col("doc_id").is_in(wanted))
    joined = mentions.select("doc_id", "sentence_id", "target", "voice", *_COLUMNS).join(
        spans.select("sentence_id", "start", "end"), on="sentence_id"
    )
    found: dict[str, dict[tuple[int, int], list[list[Any]]]] = defaultdict(dict)
    for row in joined.sort("sentence_id", "target").iter_rows(named=True):
        portrayal = [row[column] for column in _COLUMNS]
        target = index[row["target"]]
        mark = [
            target,
            portrayal.index(max(portrayal)) - 1,
            row["voice"] == "quoted",
            evidence.get((row["sentence_id"], target)),
        ]
        found[row["doc_id"]].setdefault((row["start"], row["end"]), []).append(mark)
    return found


def _text(row: dict[str, Any], found: dict[tuple[int, int], list[list[Any]]]) -> dict[str, Any]:
    """Cut one document into pieces; offsets of ``found`` are into its full text."""
    body = row["text"] or ""
    shift = len(full_text(row["title"], body)) - len(body)
    cut = len(body) > MOST_CHARACTERS
    dropped = _dropped(row["blocks"] or [], body)
    marks = {
        (start - shift, end - shift): said for (start, end), said in found.items() if start >= shift
    }
    edges = {0, len(body), *(place for place, *_ in dropped)}
    edges |= {edge for span in marks for edge in span if 0 <= edge <= len(body)}
    pieces: list[dict[str, Any]] = []
    ordered = sorted(edge for edge in edges if edge <= MOST_CHARACTERS)
    if cut:
        ordered = [*ordered, MOST_CHARACTERS]
    for left, right in zip(ordered, [*ordered[1:], ordered[-1]], strict=True):
        pieces += [{"x": text, "d": reason} for place, text, reason in dropped if place == left]
        if left == right:
            continue
        said = [m for (a, b), ms in marks.items() if a <= left and right <= b for m in ms]
        pieces.append({"x": body[left:right], **({"m": said} if said else {})})
    headline = [m for (start, _), said in found.items() if start < shift for m in said]
    return {"pieces": pieces, "headline": headline, "cut": cut}


def _dropped(blocks: list[dict[str, Any]], body: str) -> list[tuple[int, str, str]]:
    """Return where in the kept body each dropped block stood, with its text and reason."""
    place, dropped = 0, []
    for block in blocks:
        if not block["kept"]:
            dropped.append((place, block["text"], block["reason"] or ""))
            continue
        at = body.find(block["text"], place)
        # A headline taken out of the text is kept, but not in the body.
        if at >= 0:
            place = at + len(block["text"])
    return dropped
