"""The documents that topics are made of, in the one order that counts."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

# Stands in the column language for all of them together; BCP 47 has it for "multiple languages".
ALL_LANGUAGES = "mul"


@dataclass(frozen=True)
class TopicDocuments:
    """Documents sorted by ``doc_ids``; ``vectors`` are float32 (n_documents, dim), unit rows."""

    doc_ids: list[str]
    texts: list[str]
    languages: list[str]
    vectors: np.ndarray

    @classmethod
    def of(
        cls,
        doc_ids: Sequence[str],
        texts: Sequence[str],
        languages: Sequence[str],
        vectors: np.ndarray,
    ) -> "TopicDocuments":
        """Put the rows in the order of doc_id, because UMAP depends on it."""
        order = np.argsort(np.array(doc_ids, dtype=str), kind="stable")
        return cls(list(doc_ids), list(texts), list(languages), vectors).take(order)

    def take(self, rows: np.ndarray) -> "TopicDocuments":
        """Return the documents of ``rows``, in the order of these."""
        chosen = rows.tolist()
        return TopicDocuments(
            [self.doc_ids[row] for row in chosen],
            [self.texts[row] for row in chosen],
            [self.languages[row] for row in chosen],
            self.vectors[chosen],
        )

    def __len__(self) -> int:
        return len(self.doc_ids)
