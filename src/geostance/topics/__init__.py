"""Topics: BERTopic over document vectors, with every random step seeded."""

from geostance.topics.model import TopicFit, fit_topics
from geostance.topics.vectors import document_vectors

__all__ = ["TopicFit", "document_vectors", "fit_topics"]
