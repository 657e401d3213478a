"""The coding desk: articles judged in JupyterLab by keyboard, every answer saved at once."""

from datetime import datetime
from html import escape
from pathlib import Path
from typing import Any

import anywidget
import polars as pl
import traitlets

from geostance.coding import Codebook, Task, coding_tasks, read_codebook
from geostance.coding.words import PORTRAYALS
from geostance.errors import GeostanceError, StaleError
from geostance.files import read_parts, read_table
from geostance.lab.codingdesk import CodingDesk, answer_file
from geostance.publish.notebooks import is_page
from geostance.published import folder
from geostance.strict_yaml import read_yaml

_HERE = Path(__file__).parent
CODEBOOK = "codebook.yml"


class Coder:
    """What was drawn for coders, to be judged in JupyterLab; the last line of a cell shows it.

    Every answer is written at once to the coder's own file in the study's folder of annotations,
    where ``make all`` reads it. What the model found is not shown. All is done by keyboard; each
    key stands beside what it does.

    Args:
        coder: who codes; names the file, and stands in every row.
        study: the folder of a study (DATA of make); by default the one whose published folder
            notebooks read.
        frame: what was drawn, a file or the table ``frame``; by default what ``make annotate``
            left in the study.
        file: the file of answers; by default one for each coder. Several coders may share one.
        codebook: the file of the codebook; by default the study's, or else the package's.
        language: en or fr: of the desk and the targets' names, and of the codebook where it has it.
        since: the first round of sampling to code.
        targets_file: the study's own targets, as in its configuration.
        blind: False shows what the model says of each article; such labels cannot test it, and
            say so.

    Raises:
        StaleError: nothing was drawn yet, or a table of the study is not there.
        ConfigError: the codebook or the coder's name is wrong.
    """

    def __init__(
        self,
        coder: str,
        study: str | Path | None = None,
        *,
        frame: pl.DataFrame | str | Path | None = None,
        file: str | Path | None = None,
        codebook: str | Path | None = None,
        language: str = "en",
        since: int = 1,
        targets_file: str | Path | None = None,
        blind: bool = True,
    ) -> None:
        place = folder().parent if study is None else Path(study)
        own = place / CODEBOOK
        book = Path(codebook) if codebook else own if own.exists() else None
        self.codebook = read_codebook(book)
        self.language = language
        words = read_yaml(_HERE / "coderwords.yml")
        self._words = words.get(language, words["en"])
        drawn = _frame(place, frame)
        self.desk = CodingDesk(
            coding_tasks(
                drawn,
                _table(place, "documents", drawn),
                _table(place, "cleaned", drawn),
                targets_file=targets_file,
                language=language,
                since=since,
            ),
            Path(file) if file else answer_file(place / "annotations", coder),
            coder,
            self.codebook.hash,
            blind=blind,
        )
        self._said = None if blind else _predictions(place)
        self._saved = ""
        self.widget: _Desk | None = None
        if not is_page():
            self.widget = _Desk(
                words=self._words, codebook=_shown_codebook(self.codebook, language)
            )
            self.widget.on_msg(lambda _, content, __: self.handle(content))
            self._show(self._warning(), warning=bool(self.desk.other_codebooks))

    def _ipython_display_(self) -> None:
        from IPython.display import HTML, display

        display(HTML(self._page()) if self.widget is None else self.widget)

    def handle(self, sent: dict[str, Any]) -> None:
        """Do what the page asks for, and show what became of it."""
        desk = self.desk
        said, warning = "", False
        # The coder answered what was on the screen; a key that came too late is for no other.
        if list(desk.task.key) == sent.get("key"):
            try:
                said = self._done(sent)
            except (GeostanceError, OSError) as error:
                said, warning = str(error), True
            else:
                if sent["do"] not in ("move", "open"):
                    self._saved = f"{datetime.now():%H:%M:%S}"
        self._show(said, warning=warning, ack=sent.get("id", ""))

    def _done(self, sent: dict[str, Any]) -> str:
        """Do one thing; return what the coder must know of it."""
        desk, words = self.desk, self._words
        match sent["do"]:
            case "undo":
                return "" if desk.undo() else words["no_undo"]
            case "open":
                return "" if desk.go_to_open() else words["all_done"]
            case "move":
                steps = int(sent["steps"])
                stays = not desk.move(steps) and steps > 0
                return words["last" if desk.n_open else "all_done"] if stays else ""
        self._answer(sent)
        return ""

    def _answer(self, sent: dict[str, Any]) -> None:
        desk = self.desk
        match sent["do"]:
            case "set":
                names = ("relevant", "stance", "voice")
                desk.set(**{name: sent[name] for name in names if name in sent})
            case "evidence":
                desk.add_evidence([(int(sent["span"][0]), int(sent["span"][1]))])
            case "sentences":
                desk.add_sentences([int(number) for number in sent["numbers"]])
            case "drop":
                desk.drop_evidence()
            case "note":
                desk.note(str(sent["text"]))
            case "skip":
                desk.skip()

    def _warning(self) -> str:
        others = self.desk.other_codebooks
        if not others:
            return ""
        return self._words["other_codebook"].format(
            n=sum(others.values()), hashes=", ".join(sorted(others))
        )

    def _show(self, said: str, *, warning: bool, ack: str = "") -> None:
        if self.widget is None:
            return
        desk, task, answer = self.desk, self.desk.task, self.desk.answer
        lines = [said, *self._model(task), self._words["skipped"] if answer.skipped else ""]
        self.widget.view = {
            "ack": ack,
            "key": list(task.key),
            "place": desk.place + 1,
            "total": len(desk.tasks),
            "coded": desk.n_coded,
            "skipped": desk.n_skipped,
            "open": desk.n_open,
            "source": task.source,
            "target": task.label,
            "language": task.language,
            "text": task.text,
            "mentions": [list(span) for span in task.mentions],
            "sentences": [list(span) for span in task.sentences],
            "answer": {
                "relevant": answer.relevant,
                "stance": answer.stance,
                "voice": answer.voice,
                "evidence": [list(span) for span in answer.evidence],
                "note": answer.note,
            },
            "message": "\n".join(filter(None, lines)),
            "warning": warning,
            "saved": self._saved,
        }

    def _model(self, task: Task) -> list[str]:
        if self._said is None:
            return []
        said = self._said.get(task.key)
        named = self._words[PORTRAYALS[said]] if said is not None else "–"
        return [self._words["model"].format(said=named), self._words["blind_off"]]

    def _page(self) -> str:
        desk = self.desk
        done = self._words["progress"].format(
            coded=desk.n_coded, skipped=desk.n_skipped, open=desk.n_open
        )
        language = self.codebook.language(self.language)
        return (
            f"<p>{escape(self._words['title'])}: {escape(done)}</p>"
            f"<details><summary>{escape(self._words['codebook'])} {self.codebook.hash}</summary>"
            f"{self.codebook.html(language)}</details>"
        )


class _Desk(anywidget.AnyWidget):
    """What the page shows; it sends what is typed as messages."""

    _esm = _HERE / "coder.js"
    _css = _HERE / "coder.css"
    words = traitlets.Dict().tag(sync=True)
    codebook = traitlets.Dict().tag(sync=True)
    view = traitlets.Dict().tag(sync=True)


def _shown_codebook(codebook: Codebook, language: str) -> dict[str, str]:
    chosen = codebook.language(language)
    return {"html": codebook.html(chosen), "hash": codebook.hash, "language": chosen}


def _frame(study: Path, given: pl.DataFrame | str | Path | None) -> pl.DataFrame:
    if isinstance(given, pl.DataFrame):
        return given
    path = Path(given) if given else study / "sampling" / "frame.parquet"
    if not path.exists():
        raise StaleError(
            "nothing has been drawn for coders yet",
            str(path),
            "run make annotate with this study as DATA",
        )
    return read_table(path, "frame")


def _table(study: Path, table: str, drawn: pl.DataFrame) -> pl.DataFrame:
    """Return the rows of a large table that were drawn, reading one part after the other."""
    path = study / "interim" / f"{table}.parquet"
    if not path.exists():
        raise _without_texts(path)
    without = {"documents": ["text"], "cleaned": ["blocks"]}[table]
    chosen = drawn.filter(pl.col("round").is_not_null())
    parts = read_parts(path, table, without)
    rows = pl.concat([part.join(chosen, on="doc_id", how="semi") for part in parts])
    if table == "cleaned" and rows["text"].has_nulls():
        # A deposit keeps the table, and not what it may not share.
        raise _without_texts(path)
    return rows


def _without_texts(path: Path) -> StaleError:
    return StaleError(
        "the texts of this study are not there",
        str(path),
        "run make all with this study as DATA, or name the folder of another study",
    )


def _predictions(study: Path) -> dict[tuple[str, str], int]:
    from geostance.validate.portrayal import predicted_class

    found = read_table(study / "processed" / "stance.parquet", "stance")
    rows = found.select("doc_id", "target", said=predicted_class()).iter_rows()
    return {(doc_id, target): said for doc_id, target, said in rows}
