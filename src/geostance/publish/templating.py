"""The one Jinja2 environment of what is published."""

import html
import re
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape


def render(template: str, **values: Any) -> str:
    """Fill a template of the package; HTML is escaped, and a missing value is an error."""
    environment = Environment(
        loader=PackageLoader("geostance.publish", "templates"),
        autoescape=select_autoescape(["html"]),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters["cell"] = _cell
    return environment.get_template(template).render(**values)


def _cell(text: str) -> str:
    """Return a text from the corpus as it stands in a cell of a Markdown table: as text only."""
    line = " ".join(str(text).split())
    return re.sub(r"[\\`*_\[\]|~]", r"\\\g<0>", html.escape(line, quote=False))
