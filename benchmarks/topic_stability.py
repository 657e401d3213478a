"""Do topics come back? Twenty fits of French press items beside one fit and a consensus.

A seeded slice of the press items, each text once, as one study; the commands run as a user runs
them, in a process of their own. The fits that a consensus is held against are not those that it
is made of. The published fit is made again in another process, and from shuffled rows.
"""

import argparse
import resource
import subprocess
import sys
import tempfile
from pathlib import Path
from time import perf_counter

import polars as pl

from benchmarks.result import REPOSITORY, reference_folder, write_result
from geostance.encoders import load_encoder
from geostance.files import read_table, write_table, write_text
from geostance.schema import TABLES, empty_table

DOCUMENTS = 20_000
SEED = 20240105
TAKEN = ("cleaned", "unique", "sentences", "embeddings")
# Share of the fits that a topic has to come back in.
BAR = 0.9


def study(folder: Path, data: Path, n_documents: int) -> None:
    """Write the tables that topics are fitted on: a slice of the press, one sentence a text."""
    items = (
        pl.read_parquet(data / "press" / "rss_fr.parquet")
        .filter(pl.col("text").str.len_chars() > 0)
        .unique("text", keep="first", maintain_order=True)
        .sample(n_documents, seed=SEED)
        .select(doc_id="id", title="title", text="text")
        .sort("doc_id")
    )
    cleaned = items.with_columns(language=pl.lit("fr"))
    unique = items.select(
        "doc_id", cluster_id="doc_id", cluster_size=pl.lit(1, pl.Int64), is_representative=True
    )
    texts = [f"{title or ''}\n{text}" for title, text in items.select("title", "text").iter_rows()]
    vectors = load_encoder("embedded").encode(texts)
    embeddings = items.select("doc_id", sentence_id="doc_id").with_columns(
        vector=pl.Series(vectors, dtype=pl.Array(pl.Float32, vectors.shape[1]))
    )
    tables = {
        "documents": items,
        "cleaned": cleaned,
        "unique": unique,
        "sentences": embeddings.drop("vector").with_columns(text=pl.Series(texts)),
    }
    for name, frame in tables.items():
        whole = pl.concat([empty_table(name), frame], how="diagonal_relaxed")
        write_table(folder / f"{name}.parquet", whole.cast(dict(TABLES[name])), name)
    write_table(folder / "embeddings.parquet", embeddings, "embeddings")


def run(folder: Path, solution: str, fits: str) -> float:
    """Run ``topics fit``, ``describe`` and ``stability``; return the seconds they took."""
    own = folder / solution
    write_text(folder / f"{solution}.yml", f"topics: {{solution: {solution}}}\n")
    common = [
        f"--config={folder / solution}.yml",
        *(f"--{name}={folder / name}.parquet" for name in TAKEN),
    ]
    kept, fitted = f"--fits={folder / fits}", own / "topics_fitted.parquet"
    start = perf_counter()
    for command in (
        ["fit", kept, f"--output={fitted}"],
        ["describe", f"--fitted={fitted}", f"--documents={folder / 'documents.parquet'}",
         f"--responses={own}", f"--output={own / 'topics.parquet'}"],
        ["stability", kept, f"--topics={own / 'topics.parquet'}",
         f"--output={own / 'topic_stability.parquet'}"],
    ):  # fmt: skip
        subprocess.run(
            [sys.executable, "-m", "geostance", "topics", *command[:1], *common, *command[1:]],
            cwd=REPOSITORY,
            check=True,
        )
    return perf_counter() - start


def recurrence(folder: Path, name: str) -> dict[str, float]:
    """Return how far the topics of a solution came back in the fits."""
    table = read_table(folder / "topic_stability.parquet", "topic_stability")
    fits = read_table(folder / "topic_fits.parquet", "topic_fits")
    own = read_table(folder / "document_consensus.parquet", "document_consensus")
    over_all = table.filter(fits="all")
    made = fits.filter(pl.col("kind").is_in(["seed", "subsample"]))
    figures = {
        "topics": len(over_all),
        "recurrence": over_all["recurrence"].mean(),
        "topics_at_bar": (over_all["recurrence"] >= BAR).mean(),
        "least_recurrence": over_all["recurrence"].min(),
        "recurrence_seeds": table.filter(fits="seed")["recurrence"].mean(),
        "recurrence_subsamples": table.filter(fits="subsample")["recurrence"].mean(),
        "overlap": over_all["overlap"].mean(),
        "word_overlap": over_all["word_overlap"].mean(),
        "outlier_share": (own["topic"] == -1).mean(),
        "document_consensus": own.filter(pl.col("topic") >= 0)["consensus"].mean(),
        "ari_to_fits": made["ari"].mean(),
        "ari_between_fits": made["ari_others"].mean(),
        "ami_between_fits": made["ami_others"].mean(),
        "topics_of_fits_fewest": made["n_topics"].min(),
        "topics_of_fits_most": made["n_topics"].max(),
        "again_identical": int(fits.filter(kind="again")["identical"][0]),
        "shuffled_identical": int(fits.filter(kind="shuffled")["identical"][0]),
    }
    return {f"{name}_{key}": value for key, value in figures.items()}


def main() -> None:
    """Measure: ``python -m benchmarks.topic_stability [--documents N] --json FILE``."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("--documents", type=int, default=DOCUMENTS)
    parser.add_argument("--work", type=Path, default=None, help="keep the fits here, and go on")
    parser.add_argument("--json", type=Path, default=None)
    options = parser.parse_args()
    reference = reference_folder()
    figures: dict[str, float] = {}
    data = "no reference data on this machine (GEOSTANCE_DATA): nothing measured"
    if reference is not None:
        with tempfile.TemporaryDirectory(prefix="geostance-") as scratch:
            folder = options.work or Path(scratch)
            figures = measured(folder, reference, options.documents)
        data = f"{options.documents:,} French press items, distinct texts drawn with a seed"
    flag = "" if options.documents == DOCUMENTS else f" --documents {options.documents}"
    command = f"python -m benchmarks.topic_stability{flag}"
    write_result("topic_stability", figures, data, command, options.json)


def measured(folder: Path, reference: Path, n_documents: int) -> dict[str, float]:
    """Return every figure of a slice of ``n_documents``."""
    if not (folder / "embeddings.parquet").exists():
        study(folder, reference, n_documents)
    seconds = run(folder, "consensus", "fits")
    run(folder, "fit", "fits")
    kilobytes = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    found = recurrence(folder / "consensus", "rss_consensus")
    return {
        "rss_recurrence": found["rss_consensus_recurrence"],
        **found,
        **recurrence(folder / "fit", "rss_fit"),
        "seconds_consensus_and_stability": seconds,
        "gigabytes_of_largest_process": kilobytes * 1024 / 1e9,
    }


if __name__ == "__main__":
    main()
