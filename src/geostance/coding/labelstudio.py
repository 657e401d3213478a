"""Tasks for Label Studio and its labelling configuration, and the labels it exports as JSON."""

from collections.abc import Iterator, Sequence
from typing import Any
from xml.sax.saxutils import quoteattr

from geostance.coding.offsets import from_utf16, spans_evidence
from geostance.coding.tasks import Task
from geostance.coding.words import EVIDENCE, PORTRAYALS, RELEVANCE, SKIP, VOICES

Returned = tuple[str, str | None, dict[str, Any]]

_GROUPS = {
    "relevant": ("1. Relevance", [*RELEVANCE.values(), SKIP]),
    "stance": ("2. Portrayal", list(PORTRAYALS.values())),
    "voice": ("3. Voice", list(VOICES)),
}
_KEYS = dict(
    zip([*RELEVANCE.values(), SKIP, *PORTRAYALS.values(), *VOICES], "rxkunfaqo", strict=True)
)


def label_studio_tasks(tasks: Sequence[Task], codebook: str) -> list[dict[str, Any]]:
    """Return the value of a JSON file to import; each task is one article and target."""
    return [
        {
            "data": {
                "doc_id": task.doc_id,
                "target": task.target,
                "codebook": codebook,
                "question": f"How is {task.label} portrayed?",
                "source": task.source,
                "text": task.text,
            }
        }
        for task in tasks
    ]


def label_studio_config() -> str:
    """Return the labelling interface, to be pasted under Settings, Labeling Interface, Code."""
    groups = "".join(_choices(name, title, words) for name, (title, words) in _GROUPS.items())
    return (
        '<View>\n  <Header value="$question"/>\n  <Header value="$source" size="6"/>\n'
        f'  <Labels name="{EVIDENCE}" toName="text">\n    <Label value="{EVIDENCE}" hotkey="e"/>\n'
        '  </Labels>\n  <Text name="text" value="$text" granularity="word"/>\n'
        f'{groups}  <Header value="Note" size="5"/>\n'
        '  <TextArea name="note" toName="text" maxSubmissions="1"/>\n</View>\n'
    )


def _choices(name: str, title: str, words: list[str]) -> str:
    relevant = quoteattr(RELEVANCE[1])
    shown = (
        ' required="true"'
        if name == "relevant"
        else f' visibleWhen="choice-selected" whenTagName="relevant" whenChoiceValue={relevant}'
    )
    options = "".join(
        f'    <Choice value={quoteattr(word)} hotkey="{_KEYS[word]}"/>\n' for word in words
    )
    return (
        f'  <Header value={quoteattr(title)} size="5"/>\n'
        f'  <Choices name="{name}" toName="text" choice="single-radio" showInline="true"{shown}>\n'
        f"{options}  </Choices>\n"
    )


def read_label_studio(exported: list[Any]) -> Iterator[Returned]:
    """Yield place, coder and values of each annotation in an export as JSON.

    A cancelled annotation, and the answer skip, are no label. Offsets of old versions count
    UTF-16 units: those under which the words are the ones recorded are taken.
    """
    for number, task in enumerate(exported, start=1):
        data = task.get("data") or {}
        for annotation in task.get("annotations") or task.get("completions") or []:
            if annotation.get("was_cancelled"):
                continue
            text = str(data.get("text") or "")
            values = {
                "doc_id": data.get("doc_id"),
                "target": data.get("target"),
                "codebook": data.get("codebook"),
                "coded_at": annotation.get("updated_at") or annotation.get("created_at"),
                "note": None,
            }
            spans = []
            for part in annotation.get("result") or []:
                value = part.get("value") or {}
                match part.get("from_name"):
                    case "relevant" | "stance" | "voice" as name:
                        values[name] = ", ".join(map(str, value.get("choices") or []))
                    case "note":
                        written = value.get("text")
                        lines = written if isinstance(written, list) else [written]
                        values["note"] = "\n".join(str(line) for line in lines if line) or None
                    case "evidence":
                        spans.append(_span(text, value))
            if values.get("relevant") == SKIP:
                values["relevant"] = None
            for name in ("relevant", "stance", "voice"):
                values.setdefault(name, None)
            values["evidence"] = spans_evidence(text, spans)
            yield f"task {task.get('id', number)}", _coder(annotation.get("completed_by")), values


def _span(text: str, value: dict[str, Any]) -> tuple[int, int]:
    start, end = int(value.get("start") or 0), int(value.get("end") or 0)
    units = from_utf16(text, start), from_utf16(text, end)
    recorded = value.get("text")
    if recorded and text[start:end] != recorded and text[slice(*units)] == recorded:
        return units
    return start, end


def _coder(given: Any) -> str | None:
    """Return a coder's name: of an export that has it the e-mail, else the number."""
    if isinstance(given, dict):
        given = given.get("email") or given.get("username") or given.get("id")
    return None if given is None else str(given)
