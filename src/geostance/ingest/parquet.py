"""Read tables of articles in Parquet, some rows in memory at a time."""

import io
import json
import subprocess
import sys
from collections.abc import Iterator

import polars as pl

from geostance.ingest.records import Document, Rejected
from geostance.ingest.rows import no_text_column, row_document
from geostance.ingest.sources import Source
from geostance.settings.corpus import IngestSettings

_ROWS = 5000
# Damage within a Parquet file can make Polars ask for more memory than there is, which ends
# the process. So another one reads it first, and says how far it came.
_TRIAL = """
import io, json, sys
import polars as pl
path, rows = sys.argv[1], int(sys.argv[2])
table = pl.scan_parquet(path or io.BytesIO(sys.stdin.buffer.read()))
print(json.dumps(table.collect_schema().names()), flush=True)
for first in range(0, table.select(pl.len()).collect().item(), rows):
    table.slice(first, rows).collect()
    print(first + rows, flush=True)
print("whole")
"""


def read_parquet(source: Source, settings: IngestSettings) -> Iterator[Document | Rejected]:
    """Yield one article a row; of a damaged file, those before the damage.

    Raises:
        InputError: no column of the text.
    """
    data = None if source.path else source.read()
    tried = subprocess.run(
        [sys.executable, "-c", _TRIAL, str(source.path or ""), str(_ROWS)],
        input=data,
        capture_output=True,
        check=False,
    ).stdout.decode()
    columns, *read = tried.splitlines() or ["null"]
    if columns == "null":
        yield Rejected("a damaged Parquet file")
        return
    if settings.columns.text not in json.loads(columns):
        raise no_text_column(json.loads(columns), settings, source.name)
    table = pl.scan_parquet(source.path or io.BytesIO(data))
    number = 0
    for _ in filter(str.isdigit, read):
        for row in table.slice(number, _ROWS).collect().iter_rows(named=True):
            number += 1
            yield row_document(row, number, settings)
    if "whole" not in read:
        yield Rejected("the Parquet file is damaged from here on", number + 1)
