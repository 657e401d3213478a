"""YAML read strictly: plain values, no yes/no booleans, no doubled keys."""

import re
from collections.abc import Hashable
from pathlib import Path
from typing import Any

import yaml

from geostance.errors import ConfigError

# What PyYAML raises of characters that YAML does not have, of dates and numbers that do not
# exist, of tags that do not fit their values, and of nesting too deep.
_NOT_A_VALUE = (yaml.YAMLError, ValueError, LookupError, AttributeError, TypeError, RecursionError)


class _StrictLoader(yaml.SafeLoader):
    """YAML without its surprises: no yes/no booleans, no sexagesimals, no doubled keys."""

    def compose_node(self, parent: Any, index: Any) -> Any:
        # A few lines of them stand for more values than memory holds.
        if self.check_event(yaml.AliasEvent):
            event = self.peek_event()
            raise yaml.MarkedYAMLError(
                problem=f"the alias *{event.anchor} stands for a value from elsewhere",
                problem_mark=event.start_mark,
            )
        return super().compose_node(parent, index)


_StrictLoader.yaml_implicit_resolvers = {
    first: [
        (tag, expression)
        for tag, expression in resolvers
        if tag not in {"tag:yaml.org,2002:bool", "tag:yaml.org,2002:int", "tag:yaml.org,2002:float"}
    ]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def _add_json_scalars(loader: type[yaml.SafeLoader] | type[yaml.SafeDumper]) -> None:
    loader.add_implicit_resolver(
        "tag:yaml.org,2002:bool", re.compile(r"^(?:true|false)$"), list("tf")
    )
    loader.add_implicit_resolver(
        "tag:yaml.org,2002:int", re.compile(r"^[-+]?(?:0|[1-9][0-9]*)$"), list("-+0123456789")
    )
    loader.add_implicit_resolver(
        "tag:yaml.org,2002:float",
        re.compile(r"^[-+]?(?:[0-9]+\.[0-9]*|\.[0-9]+)(?:[eE][-+]?[0-9]+)?$"),
        list("-+0123456789."),
    )


_add_json_scalars(_StrictLoader)


def _mapping_without_doubles(
    loader: yaml.SafeLoader, node: yaml.MappingNode
) -> dict[Hashable, Any]:
    seen: set[Hashable] = set()
    for key_node, _ in node.value:
        key = loader.construct_object(key_node)
        if not isinstance(key, Hashable):
            raise yaml.MarkedYAMLError(
                problem="a key is a list or a mapping", problem_mark=key_node.start_mark
            )
        if key in seen:
            raise yaml.MarkedYAMLError(
                problem=f"the key {key!r} stands twice", problem_mark=key_node.start_mark
            )
        seen.add(key)
    return loader.construct_mapping(node, deep=True)


_StrictLoader.add_constructor(
    yaml.resolver.BaseResolver.DEFAULT_MAPPING_TAG, _mapping_without_doubles
)


class _StrictDumper(yaml.SafeDumper):
    """Quotes what either reader, the strict one or the usual one, would not take for text."""

    def ignore_aliases(self, data: Any) -> bool:
        return True


_add_json_scalars(_StrictDumper)


def yaml_text(value: Any) -> str:
    """Return ``value`` as YAML that :func:`read_yaml` reads back as it is."""
    # Lists of plain values stand in lines, what holds more in a block.
    return yaml.dump(
        value,
        Dumper=_StrictDumper,
        default_flow_style=None,
        allow_unicode=True,
        sort_keys=False,
        width=96,
    )


def read_yaml(path: Path) -> Any:
    """Return the value of a YAML file, read strictly.

    Raises:
        ConfigError: the file is absent, is not UTF-8 or is not valid strict YAML.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(
            f"the file cannot be read: {error}", str(path), "name an existing UTF-8 file"
        ) from error
    try:
        # The loader derives from SafeLoader: it builds plain values only.
        return yaml.load(text, Loader=_StrictLoader)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise ConfigError(
            f"the YAML is not valid: {error.problem}", f"{path}, line {line}", "mend that line"
        ) from error
    except _NOT_A_VALUE as error:
        raise ConfigError(
            f"the YAML is not valid: {str(error) or type(error).__name__}",
            str(path),
            "look for control characters, impossible dates, deep nesting and tags (!)",
        ) from error
