"""What a deposit says of itself: how to read it, cite it, reuse it and make it again."""

from dataclasses import dataclass
from typing import Any

from geostance.publish.references import SOFTWARE, plain, references
from geostance.publish.templating import render
from geostance.publish.words import Words
from geostance.schema import TEXTS
from geostance.settings.publishing import PublishSettings
from geostance.strict_yaml import yaml_text

UNNAMED = "(authors to be named)"
_KEYWORDS = ("stance", "topic model", "press", "text as data", "replication")


@dataclass(frozen=True)
class Deposit:
    """What was put into a deposit.

    Attributes:
        settings: title, authors, licence and language of the study.
        run: of the study's manifest.
        tables: file, rows and columns of each table, by name; of those left out no file.
        withheld: the figures that are left out.
        environment: names of the files that the study was made with.
        with_text: whether texts are in it.
    """

    settings: PublishSettings
    run: dict[str, Any]
    tables: dict[str, dict[str, Any]]
    withheld: tuple[str, ...]
    environment: tuple[str, ...]
    with_text: bool


def readme(deposit: Deposit, language: str) -> str:
    """Return what explains each file, and how to run the study again."""
    return render(
        f"deposit/README.{language}.md",
        say=Words(language),
        title=deposit.settings.title,
        texts={} if deposit.with_text else TEXTS,
        **_values(deposit),
    )


def licence_note(deposit: Deposit) -> str:
    """Return under which licence the parts of a deposit are, in both languages."""
    return render("deposit/LICENCE.md", **_values(deposit))


def citation_file(deposit: Deposit) -> str:
    """Return the deposit's CITATION.cff."""
    own = deposit.settings
    software = references()[SOFTWARE]
    value = {
        "cff-version": "1.2.0",
        "message": "If you use these data, please cite them as below.",
        "type": "dataset",
        "title": own.title,
        "authors": [_person(name) for name in own.authors] or [{"name": UNNAMED}],
        **({"license": own.licence} if own.licence else {}),
        "keywords": list(_KEYWORDS),
        "references": [
            {
                "type": "software",
                "title": plain(software["title"]),
                "version": deposit.run["geostance"],
                "authors": [{"name": plain(name)} for name in software["author"]],
            }
        ],
    }
    return yaml_text(value)


def zenodo_record(deposit: Deposit) -> dict[str, Any]:
    """Return the deposit's .zenodo.json."""
    own = deposit.settings
    return {
        "upload_type": "dataset",
        "title": own.title,
        "creators": [{"name": name} for name in own.authors or (UNNAMED,)],
        "description": render("deposit/description.html", title=own.title, **_values(deposit)),
        "keywords": list(_KEYWORDS),
        "language": {"en": "eng", "fr": "fra"}[own.language],
        **({"license": own.licence.lower()} if own.licence else {}),
    }


def _values(deposit: Deposit) -> dict[str, Any]:
    return {
        "run": deposit.run,
        "tables": deposit.tables,
        "withheld": deposit.withheld,
        "environment": deposit.environment,
        "with_text": deposit.with_text,
        "licence": deposit.settings.licence,
        "authors": deposit.settings.authors,
    }


def _person(name: str) -> dict[str, str]:
    family, comma, given = name.partition(", ")
    return {"family-names": family, "given-names": given} if comma else {"name": name}
