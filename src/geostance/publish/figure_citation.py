"""How a figure of the report is cited: in words and as a BibTeX entry, with its hashes."""

import re
from importlib.metadata import version
from typing import Any

from geostance.publish.words import Words

_DIGITS = 12
_SIGNS = {sign: f"\\{sign}" for sign in "&%$#_{}"} | {
    "\\": r"\textbackslash{}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
}


def figure_citation(record: dict[str, Any], title: str, say: Words) -> tuple[str, str]:
    """Return the sentence and the BibTeX entry that name the figure ``record`` of ``title``.

    The hash is that of the plotted numbers, the same on every machine and in every format
    of the picture.
    """
    digest = record["files"][record["numbers"]]
    words = {"title": title, "figure": record["title"], "version": version("geostance")}
    text = say("cite_text", **words, file=record["numbers"], digest=digest)
    key = re.sub(r"[^A-Za-z0-9-]", "", record["id"])
    entry = "\n".join(
        [
            f"@misc{{geostance-{key}-{digest[:_DIGITS]},",
            f"  title = {{{{{_tex(record['title'])}}}}},",
            f"  note = {{{_tex(say('cite_note', **words))}}},",
            f"  howpublished = {{SHA-256 {digest} ({_tex(record['numbers'])})}},",
            "}",
        ]
    )
    return text, entry


def _tex(text: str) -> str:
    return "".join(_SIGNS.get(sign, sign) for sign in re.sub(r"\s+", " ", text))
