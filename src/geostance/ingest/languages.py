"""The names that press databases give the languages of their articles."""

import re
import unicodedata
from functools import cache
from importlib import resources

from geostance.strict_yaml import read_yaml

# "Chinese - Simplified", "中文(繁體)": the script stands behind the name, or before it.
_SCRIPTS = {
    "zh-Hans": re.compile(r"simpl|semplif|vereinfacht|简|簡|упрощ"),
    "zh-Hant": re.compile(r"trad|繁|традиц"),
}
# The name before what stands in brackets or behind a dash.
_NAME = re.compile(r"[^\W\d_]+(?:[ ’'-][^\W\d_]+)*?(?=\s*(?:$|-\s|[(（]))")


def language_tag(name: str) -> str | None:
    """Return the BCP 47 tag of a language under any of its names, or None.

    Case and accents do not count; of Chinese, the script is told where it is named.
    """
    folded = _folded(name)
    before = _NAME.match(folded)
    tag = _tags().get(folded) or (_tags().get(before[0]) if before else None)
    if tag is None and "中文" in folded:
        tag = "zh"
    if tag == "zh":
        return next((script for script, mark in _SCRIPTS.items() if mark.search(folded)), tag)
    return tag


@cache
def _tags() -> dict[str, str]:
    with resources.as_file(resources.files(__package__) / "languages.yml") as path:
        names: dict[str, list[str]] = read_yaml(path)
    return {_folded(name): tag for tag, each in names.items() for name in each}


def _folded(name: str) -> str:
    plain = unicodedata.normalize("NFKD", " ".join(name.casefold().split()))
    return "".join(letter for letter in plain if not unicodedata.combining(letter))
