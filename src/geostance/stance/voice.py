"""Numbers on who speaks around a mention: what a scorer's voice output learns from."""

from collections.abc import Sequence

import numpy as np

from geostance.stance.passages import Passage
from geostance.stance.quotation import SPAN_KINDS, Attribution, Span, attributed_spans

# Where shares are taken: the whole passage, its first line (a press item's headline), what
# follows it, the mention's sentence, the characters around it.
REGIONS = ("passage", "first", "rest", "sentence", "around")

FEATURES = (
    *(f"{region}_share" for region in REGIONS),
    *(f"{region}_{kind}" for region in REGIONS for kind in SPAN_KINDS),
    "largest_sentence_share",
    "smallest_sentence_share",
    *(f"mention_{kind}" for kind in SPAN_KINDS),
    "mention_inside",
    "mentions_inside",
    "mention_judged",
    "mention_speaks",
    "mention_among_names",
    "spans",
    "cue_near",
)
# Characters between a cue and a name it judges, or one that speaks; around a mention.
_CLOSE, _AROUND = 30, 60


def quotation_features(passage: Passage) -> np.ndarray:
    """Return who speaks around the mention, float32 (len(FEATURES),), each in [0, 1].

    Shares are of letters and digits; they are 0 where a region has none, or no sentence.
    """
    text = passage.text
    found = attributed_spans(text, passage.language)
    if not found:
        return np.zeros(len(FEATURES), np.float32)
    letters = np.fromiter(map(str.isalnum, text), np.float32, len(text))
    masks = np.zeros((1 + len(SPAN_KINDS), len(text)), np.float32)
    for item in found:
        masks[0, item.start : item.end] = 1
        masks[1 + SPAN_KINDS.index(item.kind), item.start : item.end] = 1
    # Sums from the beginning: the share of a region is a difference of two.
    totals = np.zeros((2 + len(SPAN_KINDS), len(text) + 1), np.float32)
    np.cumsum(np.vstack([letters, masks * letters]), axis=1, out=totals[:, 1:])
    regions = _regions(passage)
    shares = _shares(totals, [*regions, *(passage.sentences or regions[:1])])
    shares, own = shares[: len(REGIONS)], shares[len(REGIONS) :, 0]
    names = ((passage.start, passage.end), *passage.same)
    return np.array(
        [
            *shares[:, 0],
            *shares[:, 1:].ravel(),
            own.max(),
            own.min(),
            *masks[1:, passage.start],
            masks[0, passage.start],
            sum(masks[0, start] for start, _ in names) / len(names),
            _judged(found, names),
            _speaks(found, names),
            len(names) / (len(names) + len(passage.others)),
            1 - 1 / (1 + len(found)),
            float(any(abs(item.cue_start - passage.start) < _CLOSE for item in found)),
        ],
        np.float32,
    )


def _regions(passage: Passage) -> list[Span]:
    size = len(passage.text)
    line = passage.text.find("\n")
    cut = line if line >= 0 else size
    own = (span for span in passage.sentences if span[0] <= passage.start < span[1])
    around = (max(0, passage.start - _AROUND), min(size, passage.end + _AROUND))
    return [(0, size), (0, cut), (cut, size), next(own, (0, size)), around]


def _shares(totals: np.ndarray, spans: Sequence[Span]) -> np.ndarray:
    """Return the shares of all kinds and of each, (n spans, 1 + kinds)."""
    starts, ends = np.array(spans).T
    counts = (totals[:, ends] - totals[:, starts]).T
    return counts[:, 1:] / np.maximum(counts[:, :1], 1)


def _judged(found: Sequence[Attribution], names: Sequence[Span]) -> float:
    """A name is what an accusing or praising verb is about: the first thing behind it."""
    return float(
        any(
            item.kind == "judging" and 0 <= name[0] - item.cue_end <= _CLOSE
            for item in found
            for name in names
        )
    )


def _speaks(found: Sequence[Attribution], names: Sequence[Span]) -> float:
    """A name is the source: it stands before a verb of speech, or behind "according to"."""
    return float(
        any(
            (item.kind in ("saying", "judging") and 0 <= item.cue_start - name[1] <= _CLOSE)
            or (item.kind == "according" and 0 <= name[0] - item.cue_end <= _CLOSE)
            for item in found
            for name in names
        )
    )
