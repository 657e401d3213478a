"""Numbers on who speaks around a mention: what a scorer's voice output learns from."""

from collections.abc import Sequence

import numpy as np

from geostance.stance.passages import Passage
from geostance.stance.quotation import (
    QUOTATION,
    SPAN_KINDS,
    Attribution,
    Span,
    attributed_spans,
    quoted_share,
)

# Shares are of letters. "first" is the first line, a press item's headline; "sentence" the one
# that holds the mention; "around" what stands near it.
FEATURES = (
    "passage_share",
    "first_share",
    "rest_share",
    "sentence_share",
    "around_share",
    "largest_sentence_share",
    "smallest_sentence_share",
    *(f"passage_{kind}" for kind in SPAN_KINDS),
    *(f"sentence_{kind}" for kind in SPAN_KINDS),
    *(f"mention_{kind}" for kind in SPAN_KINDS),
    "mention_inside",
    "mentions_inside",
    "mention_judged",
    "mention_speaks",
    "first_quoted",
    "spans",
    "cue_near",
)
# Characters between a cue and a name it judges, or one that speaks; around a mention.
_CLOSE, _AROUND = 30, 60


def quotation_features(passage: Passage) -> np.ndarray:
    """Return who speaks around the mention, (len(FEATURES),), each number in [0, 1]."""
    text = passage.text
    found = attributed_spans(text, passage.language)
    if not found:
        return np.zeros(len(FEATURES), np.float32)
    whole, mention = (0, len(text)), (passage.start, passage.end)
    line = text.find("\n", len(text) - len(text.lstrip()))
    cut = line if line >= 0 else len(text)
    sentences = passage.sentences or (whole,)
    own = next((s for s in sentences if s[0] <= passage.start < s[1]), whole)
    around = (max(0, passage.start - _AROUND), passage.end + _AROUND)
    shares = [quoted_share(text, sentence, found) for sentence in sentences]
    kinds = [[item for item in found if item.kind == kind] for kind in SPAN_KINDS]
    names = (mention, *passage.same)
    values = [
        quoted_share(text, whole, found),
        quoted_share(text, (0, cut), found),
        quoted_share(text, (cut, len(text)), found),
        quoted_share(text, own, found),
        quoted_share(text, around, found),
        max(shares),
        min(shares),
        *(quoted_share(text, whole, some) if some else 0.0 for some in kinds),
        *(quoted_share(text, own, some) if some else 0.0 for some in kinds),
        *(_holds(some, mention) for some in kinds),
        _holds(found, mention),
        sum(_holds(found, name) for name in names) / len(names),
        _judged(found, names),
        _speaks(found, names),
        quoted_share(text, (0, cut), [item for item in found if item.kind == QUOTATION]),
        1 - 1 / (1 + len(found)),
        float(any(abs(item.cue_start - passage.start) < _CLOSE for item in found)),
    ]
    return np.array(values, np.float32)


def _holds(found: Sequence[Attribution], name: Span) -> float:
    return float(any(item.start <= name[0] < item.end for item in found))


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
