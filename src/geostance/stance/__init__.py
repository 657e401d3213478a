"""How texts portray states and alliances: mentions, scorers, document scores."""

from geostance.stance.documents import document_scores, score_documents, score_stance
from geostance.stance.mentions import score_mentions
from geostance.stance.passages import Passage, make_passage
from geostance.stance.scorer import Judgement, Scorer, load_scorer

__all__ = [
    "Judgement",
    "Passage",
    "Scorer",
    "document_scores",
    "load_scorer",
    "make_passage",
    "score_documents",
    "score_mentions",
    "score_stance",
]
