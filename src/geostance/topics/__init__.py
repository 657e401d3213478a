"""Topics: BERTopic over document vectors, with every random step seeded."""

from geostance.topics.description import TopicDescription, describe_topics
from geostance.topics.documents import TopicDocuments
from geostance.topics.leakage import language_leakage
from geostance.topics.model import TopicFit, fit_topics
from geostance.topics.parallel import ParallelTexts, read_parallel
from geostance.topics.quality import TopicAssessment, assess_topics
from geostance.topics.vectors import document_vectors

__all__ = [
    "ParallelTexts",
    "TopicAssessment",
    "TopicDescription",
    "TopicDocuments",
    "TopicFit",
    "assess_topics",
    "describe_topics",
    "document_vectors",
    "fit_topics",
    "language_leakage",
    "read_parallel",
]
