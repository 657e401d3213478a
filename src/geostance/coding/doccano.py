"""Examples and labels for doccano, and the labels it exports as JSONL.

The project is one of intent detection and slot filling, the one that has both labels of a whole
text and places in it.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from geostance.coding.labelstudio import Returned
from geostance.coding.offsets import spans_evidence
from geostance.coding.tasks import Task
from geostance.coding.words import EVIDENCE, PORTRAYALS, RELEVANCE, SKIP, VOICES

_VOICE = "voice: "
_OF = {
    **dict.fromkeys(RELEVANCE.values(), "relevant"),
    **dict.fromkeys(PORTRAYALS.values(), "stance"),
    **{f"{_VOICE}{voice}": "voice" for voice in VOICES},
}


def doccano_examples(tasks: Sequence[Task], codebook: str) -> list[dict[str, Any]]:
    """Return the lines of a JSONL file to import; what is beside the text comes back with it."""
    return [
        {
            "text": task.text,
            "cats": [],
            "entities": [],
            "doc_id": task.doc_id,
            "target": task.target,
            "question": f"How is {task.label} portrayed?",
            "codebook": codebook,
        }
        for task in tasks
    ]


def doccano_labels() -> dict[str, list[dict[str, str]]]:
    """Return the two files of labels to import: of whole texts, and of places."""
    keys = "rxunfaqok"
    return {
        "categories": [
            {
                "text": name,
                "suffix_key": key,
                "background_color": "#1976d2",
                "text_color": "#ffffff",
            }
            for name, key in zip([*_OF, SKIP], keys, strict=True)
        ],
        "spans": [
            {
                "text": EVIDENCE,
                "suffix_key": "e",
                "background_color": "#8fd3a8",
                "text_color": "#000000",
            }
        ],
    }


def is_doccano(line: Mapping[str, Any]) -> bool:
    """Whether a line of JSONL is doccano's."""
    return "text" in line and "cats" in line and "entities" in line


def read_doccano(line: Mapping[str, Any], place: str) -> Returned:
    """Return place, coder and values of one line; the coder is the name of its file.

    Two labels that exclude each other are both kept, to be refused where the row is judged.
    """
    text = str(line.get("text") or "")
    said: dict[str, list[str]] = {}
    for name in map(str, line.get("cats") or []):
        if column := _OF.get(name):
            said.setdefault(column, []).append(name.removeprefix(_VOICE))
    # doccano asks for no relevance where a portrayal was chosen; saying it twice is not needed.
    if "relevant" not in said and "stance" in said:
        said["relevant"] = [RELEVANCE[1]]
    spans = [
        (int(start), int(end))
        for start, end, name in line.get("entities") or []
        if name == EVIDENCE
    ]
    meta = {**(line.get("meta") or {}), **line}
    notes = line.get("Comments") or line.get("comments") or []
    values = {
        "doc_id": meta.get("doc_id"),
        "target": meta.get("target"),
        "codebook": meta.get("codebook"),
        "evidence": spans_evidence(text, spans),
        "note": "\n".join(map(str, notes)) or None,
        **{
            column: ", ".join(said[column]) if column in said else None
            for column in ("relevant", "stance", "voice")
        },
    }
    return place, None, values
