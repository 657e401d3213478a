"""How a study and its figures are cited: the software, the models and the papers it rests on."""

from pathlib import Path
from typing import Any, Literal

from geostance.errors import StaleError
from geostance.files import sha256
from geostance.publish.cards import ModelCard, hub_works
from geostance.publish.manifest import read_manifest
from geostance.publish.references import SOFTWARE, apa, bibtex, in_text, listed_keys, references
from geostance.publish.words import Words

Style = Literal["text", "apa", "bibtex"]
BIBLIOGRAPHY = "references.bib"
_DIGITS = 12


def cite_study(published: Path, style: Style) -> str:
    """Return the software, models and papers that a study's methods cite.

    ``text`` is a statement to paste, ``apa`` a list of references, ``bibtex`` their entries. The
    version of geostance is that of the study, not the installed one.

    Raises:
        StaleError: nothing was published.
    """
    run = read_manifest(published)["run"]
    cards = [ModelCard(**card | {"base": tuple(card["base"])}) for card in run["models"]]
    known = references() | hub_works(cards)
    keys = listed_keys((published / BIBLIOGRAPHY).read_text(encoding="utf-8"))
    works = {key: known[key] for key in keys if key in known}
    works[SOFTWARE] = known[SOFTWARE] | {"version": run["geostance"]}
    match style:
        case "bibtex":
            return bibtex(works)
        case "apa":
            return apa(works.values())
    say = Words(run["config"]["publish"]["language"])
    others = sorted({in_text(work) for key, work in works.items() if key != SOFTWARE})
    lines = [
        say(
            "cite_software",
            version=run["geostance"],
            authors=in_text(works[SOFTWARE]),
            config=run["config_sha256"][:_DIGITS],
        ),
        *(say(f"cite_{card.role}", model=_model(card, say)) for card in cards),
        say("cite_works", works="; ".join(others)),
    ]
    return "\n".join(lines) + "\n"


def cite_figure(published: Path, figure: str, style: Style) -> str:
    """Return how a published figure is cited, with the hash of its file.

    Raises:
        StaleError: there is no such figure, or its file is not the one in the manifest.
    """
    manifest = read_manifest(published)
    records = {record["id"]: record for record in manifest["figures"]}
    if figure not in records:
        raise StaleError(
            f"there is no figure {figure}",
            str(published / "figures"),
            f"the figures are {', '.join(sorted(records))}",
        )
    record, run = records[figure], manifest["run"]
    file = next(name for name in sorted(record["files"]) if name.endswith(".pdf"))
    path = published / "figures" / file
    if not path.exists() or sha256(path) != record["files"][file]:
        raise StaleError("the figure is not the one that was published", str(path), "run make all")
    work = _figure(record, run, file)
    match style:
        case "bibtex":
            return bibtex({f"figure-{figure}": work})
        case "apa":
            return apa([work])
    return f"{record['title']}. {work['howpublished']}. {work['note']}\n"


def _figure(record: dict[str, Any], run: dict[str, Any], file: str) -> dict[str, Any]:
    publish = run["config"]["publish"]
    say = Words(publish["language"])
    authors = {"author": publish["authors"]} if publish["authors"] else {}
    return authors | {
        "type": "misc",
        # Braces keep the title as it stands over the figure.
        "title": f"{{{record['title']}}}",
        "howpublished": say("cite_figure_of", id=record["id"], study=publish["title"]),
        "note": say(
            "cite_figure_by",
            version=run["geostance"],
            tables=", ".join(sorted(record["inputs"])),
            file=file,
            hash=record["files"][file],
        ),
    }


def _model(card: ModelCard, say: Words) -> str:
    parts = [card.name]
    if card.version:
        parts.append(say("cite_version", version=card.version))
    if card.licence:
        parts.append(say("cite_licence", licence=card.licence))
    if card.base:
        parts.append(say("cite_base", base=", ".join(card.base)))
    return ", ".join(parts)
