"""The documents in the middle of each topic."""

import numpy as np
import polars as pl

from geostance.schema import TABLES
from geostance.topics.documents import TopicDocuments

# Enough to find a topic again when a few of them moved, few enough to be read in a file.
CENTRAL_DOCUMENTS = 20
PER_LANGUAGE = 5


def central_documents(documents: TopicDocuments, topics: list[int]) -> pl.DataFrame:
    """Return the table ``topic_centres`` of documents and the topic of each."""
    assigned = np.array(topics)
    tags = np.array(documents.languages)
    rows = []
    for topic in np.unique(assigned):
        members = np.flatnonzero(assigned == topic)
        centre = documents.vectors[members].mean(axis=0)
        length = float(np.linalg.norm(centre)) or 1.0
        similarity = documents.vectors[members] @ (centre / length)
        seen: dict[str, int] = {}
        for rank, place in enumerate(np.argsort(-similarity, kind="stable"), start=1):
            row = int(members[place])
            language = str(tags[row])
            seen[language] = seen.get(language, 0) + 1
            if rank <= CENTRAL_DOCUMENTS or seen[language] <= PER_LANGUAGE:
                rows.append(
                    (
                        *(int(topic), rank, language, seen[language]),
                        *(documents.doc_ids[row], float(similarity[place])),
                    )
                )
    return pl.DataFrame(rows, schema=TABLES["topic_centres"], orient="row")
