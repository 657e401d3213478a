"""Files that annotation tools and spreadsheets take in."""

import io
import json
import zipfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from geostance.coding import Codebook, Task
from geostance.files import write_bytes, write_json, write_text

# A date in an archive, so that the same tasks give the same bytes.
_EPOCH = (2000, 1, 1, 0, 0, 0)


def _label_studio(tasks: Sequence[Task], book: Codebook, language: str, output: Path) -> None:
    from geostance.coding.labelstudio import label_studio_config, label_studio_tasks

    write_text(output.with_suffix(".xml"), label_studio_config())
    write_json(output, label_studio_tasks(tasks, book.hash))


def _doccano(tasks: Sequence[Task], book: Codebook, language: str, output: Path) -> None:
    from geostance.coding.doccano import doccano_examples, doccano_labels

    for kind, labels in doccano_labels().items():
        write_json(output.with_name(f"{output.stem}-{kind}.json"), labels)
    write_text(output, "".join(_line(one) for one in doccano_examples(tasks, book.hash)))


def _inception(tasks: Sequence[Task], book: Codebook, language: str, output: Path) -> None:
    from geostance.coding.inception import (
        inception_document,
        inception_layers,
        inception_name,
    )

    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for task in tasks:
            member = zipfile.ZipInfo(inception_name(task), _EPOCH)
            member.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(member, _line(inception_document(task, book.hash)))
    write_text(output.with_name(f"{output.stem}-layers.xml"), inception_layers())
    write_bytes(output, packed.getvalue())


def _csv(tasks: Sequence[Task], book: Codebook, language: str, output: Path) -> None:
    from geostance.coding.sheet import coding_sheet
    from geostance.sheets import spreadsheet

    write_text(output, spreadsheet(coding_sheet(tasks, book.hash)))


def _xlsx(tasks: Sequence[Task], book: Codebook, language: str, output: Path) -> None:
    from geostance.coding.sheet import coding_sheet, coding_workbook

    write_bytes(output, coding_workbook(coding_sheet(tasks, book.hash), book, language))


def _line(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False) + "\n"


EXPORTS: dict[str, Callable[[Sequence[Task], Codebook, str, Path], None]] = {
    "label-studio": _label_studio,
    "inception": _inception,
    "doccano": _doccano,
    "csv": _csv,
    "xlsx": _xlsx,
}
