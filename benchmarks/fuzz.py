"""Fuzzing: what a stranger can hand in ends in records, values or our own errors, and in time.

Each surface is fed by atheris, which changes inputs by what code they reached. An input fails when
another exception than the promised one leaves the surface, when a promise about its result does
not hold, or when it takes longer than ``HANG_SECONDS``.
"""

import argparse
import re
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path
from time import perf_counter

from benchmarks.result import REPOSITORY, write_result

HANG_SECONDS = 20
# Bytes of an input; where long ones say no more than short ones, more of them are tried.
LONGEST = {"cleaner": 1_500, "config": 1_500}
LONGEST_ELSE = 20_000
# The memory of one input, in megabytes.
MEMORY = 4_000

Check = Callable[[bytes], None]

_TARGETS = """\
hanse:
  labels: {en: Hanse, fr: Hanse}
  aliases: {fr: ["la Hanse", "hanséatique(s|)"], de: [Hanse, "Hansestadt*"], all: [HANSE]}
  traps: {de: ["Hans im Glück"]}
"""
_LABELS = (
    b"doc_id,source,target,relevant,stance,voice,coder,evidence\n"
    b"a,,russia,1,-1,quoted,ana,gaz\nb,x.txt,nato,0,,,ana,\n",
    '{"doc_id": "a", "target": "russia", "relevant": 1, "stance": "−1", "coder": "é"}\n'.encode(),
    b"\xef\xbb\xbfsource;position;target;relevant;stance\r\nx.txt;1;nato;1;0,0\r\n",
)


def readers(folder: Path) -> Check:
    """Feed any reader of the corpus, by the name's ending and by what the bytes look like."""
    from geostance.errors import InputError
    from geostance.ingest.archives import sources_in
    from geostance.ingest.corpus import read_source
    from geostance.ingest.records import Document
    from geostance.ingest.sources import Source

    endings = (
        *("", ".txt", ".html", ".csv", ".tsv", ".json", ".jsonl", ".xml", ".rtf", ".docx"),
        *(".xlsx", ".zip", ".gz", ".warc", ".mhtml", ".parquet", ".pdf"),
    )

    def check(data: bytes) -> None:
        ending = endings[data[0] % len(endings)] if data else ""
        try:
            for source in sources_in(Source.of_bytes(data[1:], f"a{ending}")):
                for record, _ in read_source(source):
                    if isinstance(record, Document):
                        record.text.encode()
                    elif not record.reason or "\n" in record.reason:
                        raise RuntimeError("a record is rejected without a reason in one line")
        except InputError:
            return

    return check


def cleaner(folder: Path) -> Check:
    """Feed the cleaner; what is kept lies in the input, and cleaning again changes nothing."""
    from geostance.clean import clean_text

    def check(data: bytes) -> None:
        text = data.decode("utf-8", "surrogatepass" if data[:1] == b"\xed" else "replace")
        title, _, text = text.rpartition("\x01")
        once = clean_text(text, title or None)
        again = clean_text(once.text, once.title)
        if (again.title, again.text) != (once.title, once.text):
            raise RuntimeError("cleaning again changes the text")

    return check


def config(folder: Path) -> Check:
    """Feed the configuration of a study."""
    from geostance.config import read_config
    from geostance.errors import ConfigError

    def check(data: bytes) -> None:
        path = folder / "study.yml"
        path.write_bytes(data)
        try:
            read_config(path).compared()
        except ConfigError as error:
            _three_lines(error)

    return check


def targets(folder: Path) -> Check:
    """Feed a researcher's targets, and look for them in a text."""
    from geostance.errors import ConfigError
    from geostance.targets import find_targets

    text = "Die Hansestadt Lübeck, la Hanse et l'OTAN : хабар, भारत, 100 %. " * 20

    numbers = count()

    def check(data: bytes) -> None:
        # A name of its own each: a file read within one tick of the clock counts as unchanged.
        path = folder / f"{next(numbers)}.yml"
        path.write_bytes(data)
        try:
            for language in ("fr", None):
                find_targets(text, language, targets_file=path)
        except ConfigError as error:
            _three_lines(error)
        path.unlink()

    return check


def annotations(folder: Path) -> Check:
    """Feed the labels of coders, as CSV, TSV or JSONL."""
    import polars as pl

    from geostance.errors import AnnotationError
    from geostance.schema import TABLES
    from geostance.validate.labels import read_labels

    documents = pl.DataFrame(
        {"doc_id": ["a", "b"], "source": ["x.txt", "y.csv"], "position": [1, 2]},
        schema={name: TABLES["documents"][name] for name in ("doc_id", "source", "position")},
    )

    def check(data: bytes) -> None:
        path = folder / ("labels.jsonl" if data[:1] == b"{" else "labels.csv")
        path.write_bytes(data)
        try:
            read_labels([path], documents, ["russia", "nato"])
        except AnnotationError as error:
            _three_lines(error)

    return check


SURFACES: dict[str, Callable[[Path], Check]] = {
    surface.__name__: surface for surface in (readers, cleaner, config, targets, annotations)
}


def seeds(surface: str) -> Iterator[bytes]:
    """Yield good inputs of a surface, from which the fuzzer starts."""
    cases = REPOSITORY / "tests" / "cases"
    match surface:
        case "readers":
            for path in sorted((cases / "exports").rglob("*")):
                if path.is_file() and path.stat().st_size < LONGEST_ELSE:
                    yield b"\0" + path.read_bytes()
        case "cleaner":
            for path in sorted((cases / "pages" / "build").glob("*.txt")):
                yield path.read_bytes()
        case "config":
            whole = (REPOSITORY / "config.yml").read_text(encoding="utf-8")
            yield from (part.encode() for part in re.split(r"\n\n", whole))
        case "targets":
            yield _TARGETS.encode()
        case "annotations":
            yield from _LABELS


def _three_lines(error: Exception) -> None:
    if len(str(error).split("\n")) != 3:
        raise RuntimeError("an error that is not three lines") from error


def fuzz(surface: str, arguments: list[str]) -> None:
    """Feed one surface in this process until the fuzzer ends it."""
    import atheris

    with tempfile.TemporaryDirectory(prefix="geostance-fuzz-") as name:
        with atheris.instrument_imports(include=["geostance", "yaml"]):
            check = SURFACES[surface](Path(name))
        atheris.Setup([sys.argv[0], *arguments], check)
        atheris.Fuzz()


def measured(surface: str, inputs: int, limit: int, keep: Path) -> dict[str, int | float | str]:
    """Fuzz a surface in a process of its own; return its figures, and keep a failing input."""
    longest = LONGEST.get(surface, LONGEST_ELSE)
    with tempfile.TemporaryDirectory(prefix="geostance-fuzz-") as name:
        corpus = Path(name) / "corpus"
        corpus.mkdir()
        for number, seed in enumerate(seeds(surface)):
            (corpus / f"{number:04}").write_bytes(seed)
        keep.mkdir(parents=True, exist_ok=True)
        start = perf_counter()
        done = subprocess.run(
            [
                *(sys.executable, "-m", "benchmarks.fuzz", "--surface", surface, "--inside"),
                *(f"-atheris_runs={inputs}", f"-max_total_time={limit}"),
                *(f"-timeout={HANG_SECONDS}", f"-max_len={longest}"),
                *(f"-rss_limit_mb={MEMORY}", f"-artifact_prefix={keep}/{surface}-", str(corpus)),
            ],
            cwd=REPOSITORY,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
        )
        seconds = round(perf_counter() - start)
    (keep / f"{surface}.log").write_text(done.stdout, encoding="utf-8")
    counts = [int(n) for n in re.findall(r"^#(\d+)\t", done.stdout, re.MULTILINE)]
    finished = re.search(r"^Done (\d+) in", done.stdout, re.MULTILINE)
    failed = done.returncode != 0
    return {
        f"{surface}_inputs": int(finished[1]) if finished else max(counts, default=0),
        f"{surface}_failures": int(failed),
        f"{surface}_seconds": seconds,
    }


def main() -> None:
    """Fuzz: ``python -m benchmarks.fuzz [--surface NAME] --inputs 100000 --json FILE``."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("--surface", choices=SURFACES, action="append", default=None)
    parser.add_argument("--inputs", type=int, default=100_000)
    parser.add_argument("--seconds", type=int, default=0, help="end a surface then; 0: never")
    parser.add_argument("--keep", type=Path, default=REPOSITORY / "build" / "fuzz")
    parser.add_argument("--inside", action="store_true", help="be the process that is fed")
    parser.add_argument("--json", type=Path, default=None)
    options, further = parser.parse_known_args()
    if options.inside:
        fuzz(options.surface[0], further)
        return
    figures: dict[str, int | float | str] = {}
    for surface in options.surface or SURFACES:
        figures |= measured(surface, options.inputs, options.seconds, options.keep)
    write_result(
        "fuzz",
        figures,
        "inputs that atheris derives from the test cases of the project",
        f"python -m benchmarks.fuzz --inputs {options.inputs}",
        options.json,
    )


if __name__ == "__main__":
    main()
