"""Topics: BERTopic over document vectors, with every random step seeded."""

from geostance.topics.description import TopicDescription, describe_topics
from geostance.topics.documents import TopicDocuments
from geostance.topics.labels import label_topics
from geostance.topics.model import TopicFit, fit_topics
from geostance.topics.trends import topic_trends
from geostance.topics.vectors import document_vectors

__all__ = [
    "TopicDescription",
    "TopicDocuments",
    "TopicFit",
    "describe_topics",
    "document_vectors",
    "fit_topics",
    "label_topics",
    "topic_trends",
]
