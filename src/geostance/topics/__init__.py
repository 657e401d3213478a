"""Topics: BERTopic over document vectors, with every random step seeded."""

from geostance.topics.description import TopicDescription, describe_topics
from geostance.topics.documents import TopicDocuments
from geostance.topics.guidance import Guidance, name_topics
from geostance.topics.mixture import neighbour_shares
from geostance.topics.model import TopicFit, fit_topics
from geostance.topics.passages import Passages, of_documents, passage_shares
from geostance.topics.vectors import document_vectors

__all__ = [
    "Guidance",
    "Passages",
    "TopicDescription",
    "TopicDocuments",
    "TopicFit",
    "describe_topics",
    "document_vectors",
    "fit_topics",
    "name_topics",
    "neighbour_shares",
    "of_documents",
    "passage_shares",
]
