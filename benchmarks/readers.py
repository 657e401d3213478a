"""Measure the readers: real exports, mutated samples of every kind, and speed.

Real exports are compared with counts made by other means. Mutated samples must end in
records and reasons. Speed is that of one process on generated files of some tens of MB.
"""

import argparse
import io
import json
import logging
import random
import traceback
from collections import Counter
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from time import perf_counter

from benchmarks.exports import read, real_exports
from benchmarks.result import REPOSITORY, Figure, reference_folder, write_result
from geostance.errors import InputError
from geostance.ingest import KINDS, Document, Source

SAMPLES = REPOSITORY / "tests" / "cases" / "exports"
SEED = 20240105
SLOW_SECONDS = 5.0
# These are first read by another process, half a second a time: fewer of them are mutated.
# Their directory is at the end, so that any damage may take every record.
TRIED_FOLDERS = ("integrum-table", "parquet", "workbook")


def mutate(data: bytes, rng: random.Random) -> tuple[bytes, int]:
    """Return ``data`` damaged from some byte on, and the place of that byte."""
    at = rng.randrange(len(data))
    behind = at + rng.randint(1, 200)
    match rng.randrange(6):
        case 0:
            return data[:at], at
        case 1:
            return data[:at] + bytes([data[at] ^ rng.randint(1, 255)]) + data[at + 1 :], at
        case 2:
            return data[:at] + data[behind:], at
        case 3:
            return data[:behind] + data[at:], at
        case 4:
            return data[:at] + data[at:].replace(rng.choice([b">", b'"', b"}"]), b"", 2), at
        case _:
            encoding = rng.choice(["utf-16", "cp1251", "cp1252"])
            return data.decode("utf-8", "replace").encode(encoding, "replace"), 0


def precedes(whole: bytes, record: Document, following: Document, at: int) -> bool:
    """Tell whether a record stands in plain UTF-8 in the file, and ends before the damage.

    Fields may stand behind a record's text, so that it surely ends where the next one's text
    is there.
    """
    words, others = ([word.encode() for word in one.text.split()] for one in (record, following))
    # What is compressed in the file has words that are not in it; a zip has its directory at
    # the end, and a checksum of each member.
    plain = (
        bool(words)
        and not whole.startswith(b"PK")
        and all(word in whole for word in words + others)
    )
    return plain and whole.rfind(max(others, key=len)) < at


def mutated(n: int, n_tried: int, seed: int) -> dict[str, Figure]:
    """Return how many damaged samples fail or are slow, and the share of records kept.

    ``n`` samples are damaged in all, and ``n_tried`` more of each kind that is first tried by
    a process of its own.
    """
    rng = random.Random(seed)
    by_folder: dict[str, list[Path]] = {}
    for path in sorted(SAMPLES.rglob("*")):
        if path.is_file():
            by_folder.setdefault(path.relative_to(SAMPLES).parts[0], []).append(path)
    figures: dict[str, Figure] = {
        f"no_sample_{kind.name}": 1
        for kind in KINDS
        if kind.name.lower().replace(" ", "-") not in by_folder
    }
    counts: Counter[str] = Counter()
    slowest = 0.0
    wholes = {path: path.read_bytes() for paths in by_folder.values() for path in paths}
    good = {
        path: [
            record
            for record, _ in read(Source.of_bytes(data, path.name))
            if isinstance(record, Document)
        ]
        for path, data in wholes.items()
    }
    tried = [folder for folder in TRIED_FOLDERS if folder in by_folder]
    plain = sorted(by_folder.keys() - set(tried))
    for folder in rng.choices(plain, k=n) + tried * n_tried:
        path = rng.choice(by_folder[folder])
        whole = wholes[path]
        damaged, at = mutate(whole, rng)
        counts["inputs"] += 1
        counts["tried"] += folder in tried
        start = perf_counter()
        try:
            found = [record for record, _ in read(Source.of_bytes(damaged, path.name))]
        except InputError:
            counts["input_errors"] += 1
            continue
        except Exception:
            counts["tracebacks"] += 1
            print(path, traceback.format_exc(), flush=True)
            continue
        finally:
            seconds = perf_counter() - start
            slowest = max(slowest, seconds)
            counts["slow"] += seconds > SLOW_SECONDS
        texts = Counter(record.text for record in found if isinstance(record, Document))
        for record, following in pairwise(good[path]):
            if folder not in tried and precedes(whole, record, following, at):
                counts["before_the_damage"] += 1
                counts["kept"] += texts[record.text] > 0
                if not texts[record.text]:
                    counts[f"lost_{folder}"] += 1
    before = counts["before_the_damage"]
    return figures | {
        "mutated_inputs": counts["inputs"],
        "mutated_inputs_tried_apart": counts["tried"],
        "mutated_tracebacks": counts["tracebacks"],
        f"mutated_over_{SLOW_SECONDS:g}_seconds": counts["slow"],
        "mutated_slowest_seconds": round(slowest, 2),
        "mutated_without_text_column": counts["input_errors"],
        "mutated_records_before_the_damage": before,
        "mutated_share_kept": round(counts["kept"] / before, 4) if before else None,
        **{f"mutated_{key}": n for key, n in counts.items() if key.startswith("lost_")},
    }


def generated(megabytes: int) -> Iterator[tuple[str, Source]]:
    """Yield a kind and a file of it of some size, in memory; records of 2 to 3 kB."""
    line = "Le canal de Montclavel rouvre, et les bateliers de la vallée y reviennent un à un. "
    n = megabytes * 2**20 // (len(line.encode()) * 30)
    rows = [{"id": i, "title": f"Titre {i}", "text": f"{i} {line * 30}"} for i in range(n)]
    as_json = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows).encode()
    as_csv = "id,title,text\n" + "".join(f"{i},Titre {i},{i} {line * 30}\n" for i in range(n))
    page = (SAMPLES / "web-page" / "canal.html").read_bytes()
    warc = (SAMPLES / "web-archive" / "crawl.warc").read_bytes()
    few = max(1, n // 100)
    items = "".join(f"<item><title>{i}</title><description>{line}</description></item>"
                    for i in range(few * 10))  # fmt: skip
    yield "json", Source.of_bytes(as_json, "rows.jsonl")
    yield (
        "csv",
        Source.of_bytes(as_csv.encode().replace(b"bateliers de", b"bateliers; de"), "r.csv"),
    )
    yield "csv_cp1252", Source.of_bytes(as_csv.encode("cp1252"), "r.csv")
    yield "text", Source.of_bytes((line * (2**20 * 20 // len(line))).encode(), "a.txt")
    yield "feed", Source.of_bytes(f"<rss version='2.0'><channel>{items}".encode(), "a.xml")
    yield "web_archive", Source.of_bytes(warc * few, "a.warc")
    stream = io.BytesIO()
    import polars as pl

    pl.DataFrame(rows).write_parquet(stream, compression="uncompressed")
    yield "parquet", Source.of_bytes(stream.getvalue(), "a.parquet")
    yield (
        "web_page",
        Source.of_bytes(page.replace(b"</p>", b"</p>" + b"<p>Suite.</p>" * 99), "a.html"),
    )


def speed(megabytes: int) -> dict[str, Figure]:
    """Return megabytes read in a second, by kind."""
    figures: dict[str, Figure] = {}
    # Models and tables of languages are loaded before the clock runs.
    read(Source.of_file(SAMPLES / "web-page" / "canal.html", "a.html"))
    for name, source in generated(megabytes):
        start = perf_counter()
        read(source)
        figures[f"{name}_mb_per_second"] = round(source.packed / 1e6 / (perf_counter() - start), 2)
    return figures


def main() -> None:
    """Measure, print and write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", type=Path, help="file for the figures")
    parser.add_argument("--mutated", type=int, default=10_000, help="damaged inputs")
    parser.add_argument(
        "--tried", type=int, default=300, help="damaged inputs of each kind tried apart"
    )
    parser.add_argument("--seed", type=int, default=SEED, help="of the damage")
    parser.add_argument("--megabytes", type=int, default=30, help="size of the generated files")
    arguments = parser.parse_args()
    logging.disable(logging.ERROR)
    figures = mutated(arguments.mutated, arguments.tried, arguments.seed) | speed(
        arguments.megabytes
    )
    data = (
        f"invented samples of tests/cases/exports, damaged at random (seed {arguments.seed});"
        " generated files"
    )
    folder = reference_folder()
    if folder and (folder / "exports").is_dir():
        figures |= real_exports(folder / "exports")
        data += "; every file of the reference exports"
    else:
        data += "; the reference exports are not there (GEOSTANCE_DATA names their folder)"
    write_result(
        "readers", figures, data, "python -m benchmarks.readers --json FILE", arguments.json
    )


if __name__ == "__main__":
    main()
