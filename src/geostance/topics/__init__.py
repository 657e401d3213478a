"""Topics: BERTopic over document vectors, with every random step seeded."""

from geostance.topics.assignment import Assignment, assign_topics
from geostance.topics.copies import copies_follow
from geostance.topics.description import TopicDescription, describe_topics
from geostance.topics.documents import TopicDocuments
from geostance.topics.guidance import Guidance, NamedTheme, name_topics
from geostance.topics.mixture import neighbour_shares
from geostance.topics.model import TopicFit, fit_topics
from geostance.topics.passages import (
    Passages,
    mixed_topics,
    of_documents,
    passage_shares,
    with_unit_ids,
)
from geostance.topics.vectors import document_vectors

__all__ = [
    "Assignment",
    "Guidance",
    "NamedTheme",
    "Passages",
    "TopicDescription",
    "TopicDocuments",
    "TopicFit",
    "assign_topics",
    "copies_follow",
    "describe_topics",
    "document_vectors",
    "fit_topics",
    "mixed_topics",
    "name_topics",
    "neighbour_shares",
    "of_documents",
    "passage_shares",
    "with_unit_ids",
]
