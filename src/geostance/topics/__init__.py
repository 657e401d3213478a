"""Topics: BERTopic over document vectors, with every random step seeded."""

from geostance.topics.assignment import Assignment, assign_topics
from geostance.topics.copies import copies_follow
from geostance.topics.description import TopicDescription, describe_topics, of_documents
from geostance.topics.documents import TopicDocuments
from geostance.topics.guidance import Guidance, NamedTheme, name_topics
from geostance.topics.labels import label_topics
from geostance.topics.leakage import language_leakage
from geostance.topics.mixture import neighbour_shares
from geostance.topics.model import TopicFit, fit_topics
from geostance.topics.parallel import ParallelTexts, read_parallel
from geostance.topics.passages import (
    Passages,
    mixed_topics,
    passage_shares,
    with_unit_ids,
)
from geostance.topics.quality import TopicAssessment, assess_topics
from geostance.topics.trends import topic_trends
from geostance.topics.vectors import document_vectors

__all__ = [
    "Assignment",
    "Guidance",
    "NamedTheme",
    "ParallelTexts",
    "Passages",
    "TopicAssessment",
    "TopicDescription",
    "TopicDocuments",
    "TopicFit",
    "assess_topics",
    "assign_topics",
    "copies_follow",
    "describe_topics",
    "document_vectors",
    "fit_topics",
    "label_topics",
    "language_leakage",
    "mixed_topics",
    "name_topics",
    "neighbour_shares",
    "of_documents",
    "passage_shares",
    "read_parallel",
    "topic_trends",
    "with_unit_ids",
]
