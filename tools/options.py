"""Write docs/options.md: every option with its values, default, meaning and when to change it.

Values come from the settings, defaults and meanings from config.yml and the comments in it (where
one has none, from the comment above the setting). When to change an option is said in
tools/options.yml. A test holds the page to all three. Run: python tools/options.py
"""

import inspect
import json
import re
from pathlib import Path
from typing import Any, NamedTuple

import yaml
from pydantic import BaseModel

from geostance.config import Config
from geostance.files import write_text
from geostance.settings.publishing import FigureSettings
from geostance.strict_yaml import read_yaml

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "docs" / "options.md"
INTRODUCTION = """\
# Every option

The options of a study stand in a file of its own, which names only what it changes:

```yaml
stance:
  targets: [russia, turkey]
topics:
  number: 20
publish:
  language: fr
```

`make all CONFIG=mine.yml DATA=studies/mine` reads it. An unknown name, a value out of range or a
doubled key stops before anything runs, with all faults at once. [config.yml](../config.yml) is a
study's file with every option at its default. A change runs what depends on it, and nothing else.

*This page is written by `python tools/options.py` from the settings themselves.*
"""


HEAD = "| option | default | values | what it is | change it |\n|---|---|---|---|---|"


class Option(NamedTuple):
    """One option: its place (topics.number), the values it takes, its default, what it means."""

    path: str
    values: str
    default: str
    meaning: str


class Comments:
    """What config.yml says of each option, and the default as it is written there."""

    def __init__(self, text: str) -> None:
        self._lines = text.split("\n")
        self.meanings: dict[str, str] = {}
        self.defaults: dict[str, str] = {}
        self._read(yaml.compose(text), "")

    def _read(self, node: yaml.MappingNode, above: str) -> None:
        for key, value in node.value:
            path = f"{above}{key.value}"
            line = key.start_mark.line
            if isinstance(value, yaml.ScalarNode) or value.flow_style:
                start, end = value.start_mark, value.end_mark
                self.defaults[path] = self._lines[start.line][start.column : end.column]
                said = self._lines[line][end.column :].strip().removeprefix("#").strip()
            else:
                said = self._lines[line].partition("#")[2].strip()
            before = []
            while (line := line - 1) >= 0 and self._lines[line].strip().startswith("#"):
                before.insert(0, self._lines[line].strip().removeprefix("#").strip())
            # The first lines of the file are of all options.
            self.meanings[path] = said or (" ".join(before) if line > 0 else "")
            if isinstance(value, yaml.MappingNode) and not value.flow_style:
                self._read(value, f"{path}.")


def main() -> None:
    """Write the page."""
    write_text(PAGE, page())


def page() -> str:
    """Return the page as the settings, config.yml and tools/options.yml have it."""
    told = Comments((ROOT / "config.yml").read_text(encoding="utf-8"))
    when: dict[str, str] = read_yaml(ROOT / "tools" / "options.yml")
    sections: dict[str, list[Option]] = {}
    order = list(told.meanings)
    for option in sorted(options(told), key=lambda one: order.index(one.path.split(".NAME")[0])):
        sections.setdefault(_section(option.path), []).append(option)
    parts = [INTRODUCTION]
    for section, own in sorted(sections.items(), key=lambda one: order.index(one[0])):
        parts.append(f"## `{section}`\n")
        # The seed is an option and its own section.
        if section != "seed":
            parts.append(f"{when[section]}\n")
        rows = [_row(option, when[option.path]) for option in own]
        parts.append("\n".join((HEAD, *rows)) + "\n")
    return "\n".join(parts)


def options(told: Comments) -> list[Option]:
    """Return every option in the order of the settings."""
    schema = Config.model_json_schema()
    return list(_options(Config, schema, schema["$defs"], told, ""))


def _options(model: type[BaseModel], schema: Any, known: Any, told: Comments, above: str) -> Any:
    comments = setting_comments(model)
    for name, field in schema["properties"].items():
        path = f"{above}{name}"
        found = known[reference.rpartition("/")[2]] if (reference := field.get("$ref")) else None
        kind = model.model_fields[name].annotation
        if found and "properties" in found:
            yield from _options(kind, found, known, told, f"{path}.")
            continue
        own = comments.get(name, "")
        meaning = (told.meanings.get(path) or own[:1].lower() + own[1:]).rstrip(",.")
        default = told.defaults.get(path) or _written(field.get("default"))
        if path == "publish.figures":
            figure = known[FigureSettings.__name__]
            yield from _options(FigureSettings, figure, known, told, f"{path}.NAME.")
            continue
        if path in LISTS:
            yield Option(path, *LISTS[path], meaning)
            continue
        yield Option(path, values(field, known), default, meaning)


# Lists whose members have the options of another section: what they are, and the default.
LISTS = {
    "compare.scorers": ("list, each with the options of `stance` and a `name`", "embedded"),
    "topics.multiverse.encoders": ("list, each with the options of `encoder`", "[]"),
}


def setting_comments(model: type[BaseModel]) -> dict[str, str]:
    """Return the comment above each setting of a class and of those it inherits from."""
    said: dict[str, str] = {}
    for one in reversed(model.__mro__[: model.__mro__.index(BaseModel)]):
        lines: list[str] = []
        for line in inspect.getsource(one).split("\n"):
            stripped = line.strip()
            if stripped.startswith("#"):
                lines.append(stripped.removeprefix("#").strip())
            else:
                if name := re.match(r"    (\w+): ", line):
                    said[name[1]] = " ".join(lines)
                lines = []
    return said


def values(field: Any, known: Any) -> str:
    """Return which values a field takes, from its JSON schema."""
    if reference := field.get("$ref"):
        return values(known[reference.rpartition("/")[2]], known)
    if choices := field.get("enum"):
        return ", ".join(f"`{choice}`" for choice in choices)
    if "const" in field:
        return f"`{field['const']}`"
    if kinds := field.get("anyOf"):
        return " or ".join(values(kind, known) for kind in kinds)
    kind = field.get("type")
    if kind in ("integer", "number"):
        return ("whole number" if kind == "integer" else "number") + _range(field)
    if kind == "array":
        if "prefixItems" in field:
            return f"lists of {len(field['prefixItems'])}"
        inner = field.get("items", {})
        return "list of " + values(inner, known).replace("whole number", "whole numbers")
    plain = {"string": "text", "boolean": "`true`, `false`", "null": "`null`", "object": "mapping"}
    return "date" if field.get("format") == "date" else plain[kind]


def _written(default: Any) -> str:
    return default if isinstance(default, str) else json.dumps(default)


def _range(field: Any) -> str:
    low, high = field.get("minimum"), field.get("maximum")
    above, below = field.get("exclusiveMinimum"), field.get("exclusiveMaximum")
    if low is not None and high is not None:
        return f", {low:g} to {high:g}"
    parts = [
        f"{low:g} or more" if low is not None else "",
        f"above {above:g}" if above is not None else "",
        f"{high:g} or less" if high is not None else "",
        f"below {below:g}" if below is not None else "",
    ]
    told = " and ".join(part for part in parts if part)
    return f", {told}" if told else ""


def _section(path: str) -> str:
    """Return under which heading an option stands: the part of the file it is in."""
    section, _, name = path.replace(".NAME", "").rpartition(".")
    return section or name


def _row(option: Option, when: str) -> str:
    name = option.path.rpartition(".")[2]
    cells = (f"`{name}`", f"`{option.default}`", option.values, option.meaning, when)
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


if __name__ == "__main__":
    main()
