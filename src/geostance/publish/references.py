"""The works that are cited, as BibTeX and as a list in the style of APA."""

import re
from collections.abc import Iterable, Mapping
from functools import cache
from importlib import resources
from importlib.metadata import version
from pathlib import Path
from typing import Any
from unicodedata import normalize

from geostance.strict_yaml import read_yaml

SOFTWARE = "geostance"
UNDATED = "n.d."
_ARXIV = "https://arxiv.org/abs/"
_FIRST = ("author", "title")
_KEY = re.compile(r"(?:^|[\s;-])@([\w:.+/-]*\w)")
# Of a BibTeX file: the key of each entry.
_ENTRY = re.compile(r"^@\w+\{([^,\s]+),", re.MULTILINE)


@cache
def references() -> Mapping[str, dict[str, Any]]:
    """Return the fields of every work that can be cited, by its key."""
    with resources.as_file(resources.files("geostance") / "publish/references.yml") as path:
        known: dict[str, dict[str, Any]] = read_yaml(Path(path))
    known[SOFTWARE] |= {"version": version(SOFTWARE)}
    return known


def cited_keys(text: str) -> list[str]:
    """Return the keys that a Markdown text cites, as [@key] or [see @key; @other], in order."""
    found = (_KEY.findall(part) for part in re.findall(r"\[([^\[\]]*@[^\[\]]*)\]", text))
    return list(dict.fromkeys(key for keys in found for key in keys))


def listed_keys(bibliography: str) -> list[str]:
    """Return the keys of a BibTeX file, in its order."""
    return _ENTRY.findall(bibliography)


def bibtex(works: Mapping[str, dict[str, Any]]) -> str:
    """Return works as BibTeX, by key."""
    return "\n".join(_entry(key, works[key]) for key in sorted(works))


def _entry(key: str, work: dict[str, Any]) -> str:
    fields = {name: value for name, value in work.items() if name != "type"}
    if "author" in work:
        fields["author"] = " and ".join(work["author"])
    if "eprint" in fields:
        fields["archiveprefix"] = "arXiv"
    order = [name for name in _FIRST if name in fields]
    order += [name for name in fields if name not in _FIRST]
    lines = [f"  {name} = {{{_escaped(name, str(fields[name]))}}}" for name in order]
    return f"@{work['type']}{{{key},\n" + ",\n".join(lines) + "\n}\n"


def _escaped(name: str, value: str) -> str:
    # Addresses are read as they stand.
    return (
        value if name in {"doi", "url", "eprint"} else re.sub(r"(?<!\\)([&%#_$])", r"\\\1", value)
    )


def apa(works: Iterable[dict[str, Any]]) -> str:
    """Return works as a list, one a line, in the style of APA (7th edition) and its order."""
    # Accents count for nothing in the order of names.
    lines = sorted(
        (_listed(work) for work in works),
        key=lambda line: normalize("NFKD", line).encode("ascii", "ignore").lower(),
    )
    return "".join(f"{line}\n" for line in lines)


def in_text(work: dict[str, Any]) -> str:
    """Return a work as it is named in running text: authors and year."""
    names = [plain(name.partition(",")[0]) for name in work["author"]]
    several = f"{names[0]} et al." if len(names) > 2 else " & ".join(names)
    return f"{several}, {work.get('year', UNDATED)}"


def _listed(work: dict[str, Any]) -> str:
    title = _sentence_case(work["title"])
    if work["type"] == "software":
        title += f" (Version {work['version']}) [Computer software]"
    elif "eprint" in work and work["type"] == "misc":
        title += f" (arXiv:{work['eprint']})"
    year = f"({work.get('year', UNDATED)})."
    # Without an author the title stands first.
    parts = (
        [f"{_authors(work['author'])} {year}", f"{title}."]
        if "author" in work
        else [f"{title}.", year]
    )
    if where := _where(work):
        parts.append(f"{where}.")
    if address := _address(work):
        parts.append(address)
    return " ".join(parts)


def _where(work: dict[str, Any]) -> str:
    pages = str(work.get("pages", "")).replace("--", "–")
    match work["type"]:
        case "article":
            number = f"({work['number']})" if "number" in work else ""
            return ", ".join([plain(work["journal"]), f"{work['volume']}{number}", pages])
        case "inproceedings":
            place = f"In {plain(work['booktitle'])}" + (f" (pp. {pages})" if pages else "")
            return ". ".join([place, *([work["publisher"]] if "publisher" in work else [])])
    return ". ".join(work[name] for name in ("howpublished", "note", "publisher") if name in work)


def _address(work: dict[str, Any]) -> str:
    if "doi" in work:
        return f"https://doi.org/{work['doi']}"
    return str(work.get("url", "")) or (_ARXIV + work["eprint"] if "eprint" in work else "")


def _authors(names: list[str]) -> str:
    written = []
    for name in names:
        family, _, given = name.partition(", ")
        initials = [
            "-".join(f"{part[0]}." for part in word.split("-") if part) for word in given.split()
        ]
        written.append(", ".join([plain(family), *([" ".join(initials)] if initials else [])]))
    *others, last = written
    listed = f"{', '.join(others)}, & {last}" if others else last
    return listed if listed.endswith(".") else f"{listed}."


def _sentence_case(title: str) -> str:
    """Put a title in small letters but for its beginning, what follows a colon, and braces."""
    kept = re.split(r"(\{[^{}]*\})", title)
    small = "".join(part if part.startswith("{") else part.lower() for part in kept)
    raised = re.sub(
        r"(^|: )(\{?)(\w)", lambda m: m[1] + m[2] + (m[3] if m[2] else m[3].upper()), small
    )
    return plain(raised)


def plain(text: str) -> str:
    """Return ``text`` without the braces by which BibTeX keeps it as it is."""
    return text.replace("{", "").replace("}", "")
