"""Text and code made safe to stand in the page."""

import base64
import hashlib
import json
from collections.abc import Sequence
from importlib import resources
from typing import Any


def asset(folder: str, name: str) -> str:
    """Return the text of a file of the package's ``templates`` or ``vendor``."""
    return (resources.files("geostance.publish") / folder / name).read_text(encoding="utf-8")


def embedded_json(value: Any) -> str:
    """Write JSON that no text can break out of, in a script of the page or in one beside it."""
    written = json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    for sign in "<>&\u2028\u2029":
        written = written.replace(sign, f"\\u{ord(sign):04x}")
    return written


def policy(scripts: Sequence[str]) -> str:
    """Return the Content-Security-Policy under which nothing runs but ``scripts``.

    What these add themselves runs too (``strict-dynamic``): the files of texts beside the page
    can have no other leave on a disk, where ``self`` would be every file.
    """
    hashes = [
        "'sha256-" + base64.b64encode(hashlib.sha256(script.encode()).digest()).decode() + "'"
        for script in scripts
    ]
    return (
        f"default-src 'none'; script-src {' '.join(hashes)} 'strict-dynamic'; worker-src blob:; "
        "style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'"
    )


def data_uri(kind: str, data: bytes) -> str:
    """Return ``data`` as an address that holds it."""
    return f"data:{kind};base64,{base64.b64encode(data).decode()}"
