"""Score the sheets of intrusion tests that coders gave back.

Source: Chang et al. 2009, Reading Tea Leaves, section 3 (model precision); Krippendorff 2011
(agreement); Wilson 1927 (interval of a share).
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from geostance.bootstrap import generator, percentile_interval, resampled_sums
from geostance.errors import AnnotationError
from geostance.proportions import normal_quantile, wilson
from geostance.schema import TABLES
from geostance.settings.validation import ValidationSettings
from geostance.sheets import without_formulas
from geostance.validate.annotations import Annotation, read_annotations
from geostance.validate.reliability import alpha, coincidences


def sheet(key: pl.DataFrame) -> pl.DataFrame:
    """Return what coders see of tasks of one kind and language: the options, and room to answer.

    The answer is the number of the option that does not belong. No cell begins as a formula.
    """
    n_options = key["options"].list.len().max() or 0
    options = {
        f"option_{n + 1}": [row[n] for row in key["options"].to_list()] for n in range(n_options)
    }
    empty = [""] * len(key)
    columns = {"task": key["task"], **options, "answer": empty, "comment": empty}
    return without_formulas(pl.DataFrame(columns))


def read_answers(files: Sequence[Path], key: pl.DataFrame) -> pl.DataFrame:
    """Return one row for each answered task and coder: task, coder, answer, right.

    The coder is named in a column coder, or else by the file. Tasks left empty give no row.

    Raises:
        AnnotationError: a sheet is damaged, has no answer, is of other tasks than the key's, or
            answers a task twice.
    """
    tasks = {row["task"]: row for row in key.iter_rows(named=True)}
    given: dict[tuple[str, str], str] = {}
    rows = []
    for path in files:
        answered = 0
        for row in read_annotations(path, ("task", "answer")):
            task = _checked(row, tasks)
            answer = row.choice("answer", tuple(range(1, len(task["options"]) + 1)))
            if answer is None:
                continue
            answered += 1
            coder = row.text("coder") or row.file_coder
            if (first := given.setdefault((task["task"], coder), row.where)) != row.where:
                raise row.fault(
                    f"{coder} answers task {task['task']} a second time, after {first}",
                    "keep one sheet of each coder",
                )
            rows.append((task["task"], coder, answer, answer == task["intruder"]))
        if not answered and path.suffix.lower() in {".csv", ".tsv", ".jsonl"}:
            raise AnnotationError(
                "the sheet has no answer",
                str(path),
                "put the returned sheet there, its column answer filled, or take the file away",
            )
    schema = {"task": pl.String, "coder": pl.String, "answer": pl.Int64, "right": pl.Boolean}
    return pl.DataFrame(rows, schema=schema, orient="row")


def score_intrusion(
    answers: pl.DataFrame, key: pl.DataFrame, settings: ValidationSettings, seed: int
) -> pl.DataFrame:
    """Return the table ``topic_intrusion``.

    - ``model_precision``: share of answers that found the intruder, for each topic over its
      languages (Wilson interval: the answers of one topic are few) and for all topics of a
      language together (percentile bootstrap over tasks, since coders read the same ones).
    - ``coder_alpha``: nominal Krippendorff's alpha of the chosen options, where a task has two
      coders. Places of intruders are random, so that alpha counts agreement beyond chance.

    Language ``mul`` is all languages, topic null all topics.
    """
    scored = answers.join(
        key.select("task", "kind", "language", "topic", n_options=pl.col("options").list.len()),
        on="task",
    ).sort("kind", "topic", "task", "coder")
    rows: list[tuple[Any, ...]] = []
    for (kind,), of_kind in scored.group_by("kind", maintain_order=True):
        for (topic,), part in of_kind.group_by("topic", maintain_order=True):
            interval = wilson(part["right"].mean(), len(part), normal_quantile(settings.confidence))
            rows.append(
                _row(kind, topic, "mul", "model_precision", part["right"].mean(), interval, part)
            )
        for language in ("mul", *sorted(set(of_kind["language"]))):
            part = of_kind if language == "mul" else of_kind.filter(language=language)
            rows += _together(kind, language, part, settings, seed)
    return pl.DataFrame(rows, schema=TABLES["topic_intrusion"], orient="row")


def _together(
    kind: Any, language: str, part: pl.DataFrame, settings: ValidationSettings, seed: int
) -> list[tuple[Any, ...]]:
    unit = part.select(pl.col("task").rank("dense"))["task"].to_numpy().astype(int) - 1
    n_tasks, n_options = unit.max() + 1, int(part["n_options"].max() or 0)
    counts = np.zeros((n_tasks, n_options))
    np.add.at(counts, (unit, part["answer"].to_numpy() - 1), 1)
    right = np.zeros((n_tasks, 2))
    np.add.at(right, unit, np.stack([part["right"].to_numpy(), np.ones(len(part))], axis=1))
    matrices = coincidences(counts).reshape(n_tasks, -1)
    draws = generator(seed, f"intrusion {kind} {language}")

    def measured(name: str, sums: np.ndarray, measure: Any) -> tuple[Any, ...]:
        estimate = float(measure(sums.sum(axis=0)))
        totals = resampled_sums(sums, settings.bootstrap_samples, draws)
        low, high = percentile_interval(np.asarray(measure(totals))[:, None], settings.confidence)
        return _row(kind, None, language, name, estimate, (float(low[0]), float(high[0])), part)

    rows = [measured("model_precision", right, lambda sums: sums[..., 0] / sums[..., 1])]
    if (counts.sum(axis=1) > 1).any():
        square = (n_options, n_options)
        rows.append(
            measured(
                "coder_alpha",
                matrices,
                lambda sums: alpha(sums.reshape(*sums.shape[:-1], *square), "nominal"),
            )
        )
    return rows


def _row(
    kind: Any,
    topic: Any,
    language: str,
    measure: str,
    estimate: Any,
    interval: tuple[float, float],
    part: pl.DataFrame,
) -> tuple[Any, ...]:
    known = [None if value is None or np.isnan(value) else value for value in (estimate, *interval)]
    chance = float((1 / part["n_options"]).mean()) if measure == "model_precision" else 0.0
    counts = (len(part), part["task"].n_unique(), part["coder"].n_unique())
    return (kind, topic, language, measure, *known, chance, *counts)


def _checked(row: Annotation, tasks: dict[str, dict[str, Any]]) -> dict[str, Any]:
    name = row.text("task")
    if name is None or name not in tasks:
        raise row.fault(
            f"task {name or 'without a name'} is not in the key",
            "score sheets with the key that was written with them; a damaged row is to be mended",
        )
    task = tasks[name]
    for n, option in enumerate(task["options"], start=1):
        shown = row.values.get(f"option_{n}")
        if shown is not None and _bare(str(shown)) != _bare(option):
            raise row.fault(
                f"option {n} of task {name} is not the one that was handed out",
                "options keep their columns: give the answers in the sheet as it was",
            )
    return task


def _bare(text: str) -> str:
    # Spreadsheets change line ends and hide the apostrophe.
    return " ".join(text.removeprefix("'").split())
