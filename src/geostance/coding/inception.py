"""Documents for INCEpTION and the layers they need, and the annotations it exports.

Of the formats that INCEpTION both reads and writes, UIMA CAS JSON is taken: a file carries its
types, keeps layers of one's own whatever their features (WebAnno TSV, which is developed no
further, refuses annotations that do not meet its tokens), and is read without a library.

Source: Apache UIMA, JSON serialization of the CAS, version 0.4.0; offsets count UTF-16 units.
"""

from collections.abc import Iterator, Mapping
from typing import Any
from xml.sax.saxutils import escape

from geostance.coding.labelstudio import Returned
from geostance.coding.offsets import from_utf16, spans_evidence, to_utf16
from geostance.coding.tasks import Task

_SPACE = "webanno.custom"
_ANNOTATION = "uima.tcas.Annotation"
_STRING = "uima.cas.String"
JUDGEMENT, EVIDENCE, MENTION = (f"{_SPACE}.{name}" for name in ("Judgement", "Evidence", "Mention"))
_FEATURES = {
    JUDGEMENT: ("relevant", "portrayal", "voice", "note", "doc_id", "target", "codebook"),
    EVIDENCE: (),
    MENTION: ("target",),
}
_ABOUT = {
    JUDGEMENT: "One a document: fill in relevant (yes, no), portrayal (unfavourable, neutral, "
    "favourable), voice (author, quoted, none) and note; leave the others.",
    EVIDENCE: "Words that carry the evaluation.",
    MENTION: "Where the target is named; nothing to fill in.",
}
STRUCTURES = "%FEATURE_STRUCTURES"


def inception_name(task: Task) -> str:
    """Return the name of a task's document."""
    return f"{task.doc_id}.{task.target}.json"


def inception_document(task: Task, codebook: str) -> dict[str, Any]:
    """Return a task as UIMA CAS JSON, with an empty judgement on the target's first mention.

    Where the text never names the target the judgement lies on its first sentence.
    """
    first = (*task.mentions, *task.sentences, (0, len(task.text)))[0]
    own = {"doc_id": task.doc_id, "target": task.target, "codebook": codebook}
    placed = [
        (
            _ANNOTATION.replace("Annotation", "DocumentAnnotation"),
            (0, len(task.text)),
            {"language": task.language},
        ),
        (JUDGEMENT, first, own),
        *((MENTION, span, {"target": task.target}) for span in task.mentions),
    ]
    annotations = [
        {
            "%ID": number,
            "%TYPE": kind,
            "@sofa": 1,
            "begin": to_utf16(task.text, span[0]),
            "end": to_utf16(task.text, span[1]),
            **features,
        }
        for number, (kind, span, features) in enumerate(placed, start=2)
    ]
    sofa = {
        "%ID": 1,
        "%TYPE": "uima.cas.Sofa",
        "sofaNum": 1,
        "sofaID": "_InitialView",
        "mimeType": "text",
        "sofaString": task.text,
    }
    return {
        "%TYPES": {
            kind: {
                "%NAME": kind,
                "%SUPER_TYPE": _ANNOTATION,
                **{name: {"%NAME": name, "%RANGE": _STRING} for name in features},
            }
            for kind, features in _FEATURES.items()
        },
        STRUCTURES: [sofa, *annotations],
        "%VIEWS": {
            "_InitialView": {"%SOFA": 1, "%MEMBERS": [one["%ID"] for one in annotations]},
        },
    }


def inception_layers() -> str:
    """Return the layers as a UIMA type system, to be imported under Settings, Layers."""
    types = "".join(
        f"  <typeDescription>\n   <name>{kind}</name>\n"
        f"   <description>{escape(_ABOUT[kind])}</description>\n"
        f"   <supertypeName>{_ANNOTATION}</supertypeName>\n   <features>\n"
        + "".join(
            f"    <featureDescription><name>{name}</name><description/>"
            f"<rangeTypeName>{_STRING}</rangeTypeName></featureDescription>\n"
            for name in features
        )
        + "   </features>\n  </typeDescription>\n"
        for kind, features in _FEATURES.items()
    )
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<typeSystemDescription xmlns="http://uima.apache.org/resourceSpecifier">\n'
        f" <types>\n{types} </types>\n</typeSystemDescription>\n"
    )


def read_inception(cas: Mapping[str, Any], place: str) -> Iterator[Returned]:
    """Yield place, coder and values of the judgement in one document; none if it has none.

    The coder is the name of the file. Of several judgements on one document the filled ones are
    all given, so that a second is refused where the rows are judged.
    """
    listed = cas.get(STRUCTURES) or []
    structures = list(listed.values()) if isinstance(listed, dict) else list(listed)
    text = next((str(one["sofaString"]) for one in structures if one.get("sofaString")), "")
    spans = [
        (from_utf16(text, one.get("begin", 0)), from_utf16(text, one.get("end", 0)))
        for one in structures
        if one.get("%TYPE") == EVIDENCE
    ]
    judgements = [one for one in structures if one.get("%TYPE") == JUDGEMENT]
    named = {
        name: next((one[name] for one in judgements if one.get(name)), None)
        for name in ("doc_id", "target", "codebook")
    }
    filled = [one for one in judgements if one.get("relevant") or one.get("portrayal")]
    for one in filled:
        yield (
            place,
            None,
            {
                **named,
                "relevant": one.get("relevant") or ("yes" if one.get("portrayal") else None),
                "stance": one.get("portrayal"),
                "voice": one.get("voice"),
                "evidence": spans_evidence(text, spans),
                "note": one.get("note"),
            },
        )
