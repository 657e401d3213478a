"""The words that Nexis puts around an article, in the languages of its interface."""

import re
import unicodedata
from functools import lru_cache

# What a label says, per language of the interface. One article may mix languages. "other" are
# fields without a column of their own; they are kept with their label.
_FIELDS: dict[str, dict[str, str]] = {
    "en": {
        "author": "BYLINE, BY-LINE, AUTHOR, NAME",
        "section": "SECTION",
        "words": "LENGTH",
        "language": "LANGUAGE",
        "loaded": "LOAD-DATE",
        "type": "PUBLICATION-TYPE, PUB-TYPE",
        "title": "HEADLINE, TITLE",
        "lead": "HIGHLIGHT, INSERT",
        "body": "BODY, TEXT",
        "graphic": "GRAPHIC",
        "subjects": "SUBJECT, PUB-SUBJECT, JOURNAL-SUBJECT",
        "companies": "COMPANY",
        "regions": "GEOGRAPHIC, GEO-LOCALIZATION, COUNTRY, STATE, CITY",
        "dateline": "DATELINE",
        "url": "URL, LINK TO ORIGINAL",
        "source_id": "ACC-NO, ACCESSION-NUMBER",
        "edition": "EDITION",
        "end": "CLASSIFICATION",
        "other": (
            "ACTIVITY-SECTOR, ANCHORS, BIO, CATEGORY, COLUMN, CONTACT, CORRECTION, "
            "CORRECTION-DATE, DISCLAIMER, DISTRIBUTION, DOCUMENT-TYPE, GUESTS, INDUSTRY, ISSN, "
            "JOURNAL-CODE, NOTES, ORGANIZATION, PERSON, SERIES, SHOW, SIC, STOCK-SYMBOL, TICKER, "
            "TRANSCRIPT, TYPE, VIEW ORIGINAL PAGE"
        ),
    },
    "fr": {
        "author": "AUTEUR, SIGNATURE",
        "section": "RUBRIQUE",
        "words": "LONGUEUR",
        "language": "LANGUE",
        "loaded": "DATE-CHARGEMENT",
        "type": "TYPE-PUBLICATION",
        "title": "TITRE",
        "lead": "ENCART, CHAPEAU",
        "body": "ARTICLE, TEXTE",
        "graphic": "GRAPHIQUE, ILLUSTRATION",
        "subjects": "SUJET",
        "companies": "SOCIETE",
        "regions": "LOCALISATION-GEO, PAYS, VILLE",
        "other": "CODE-REVUE, ORGANISATION, PERSONNE, SECTEUR-ACTIVITE, SYMBOLE-BOURSIER",
    },
    "de": {
        "author": "AUTOR",
        "section": "RUBRIK",
        "words": "LÄNGE",
        "language": "SPRACHE",
        "loaded": "UPDATE, LADEDATUM",
        "type": "PUBLIKATIONSTYP, PUBLIKATION-TYP",
        "title": "TITEL, ÜBERSCHRIFT",
        "graphic": "GRAFIK",
        "subjects": "THEMA, THEMEN",
        "companies": "FIRMA, UNTERNEHMEN",
        "regions": "LAND, STADT",
        "dateline": "ORTSZEILE",
        "other": "BRANCHE, ZEITSCHRIFTENCODE",
    },
    "nl": {
        "section": "RUBRIEK",
        "words": "LENGTE",
        "language": "TAAL",
        "loaded": "LAAD-DATUM",
        "type": "PUBLICATIE-TYPE",
        "title": "KOP",
        "graphic": "ILLUSTRATIE",
    },
    "da": {"lead": "OFFERROLLER"},
}

_LABEL = re.compile(r"([A-ZÀ-ÖØ-Þ][A-ZÀ-ÖØ-Þ /-]{1,29}):(?=\s|$)[ \t\xa0]*")
# In a Word file labels are written like titles, with a no-break space behind them.
_TITLED_LABEL = re.compile(r"([^\W\d_][^\W\d_ /-]*(?:[ /-][^\W\d_]+){0,3}):([\xa0 ])[ \t\xa0]*")

_NUMBER = r"(\d[\d.,]*)"
# What opens each record: its number and how many there are.
MARK = re.compile(
    rf"^[ \t]*(?:FOCUS - )?(?:{_NUMBER} of {_NUMBER} DOCUMENTS?"
    rf"|Do[ck]umento? {_NUMBER} (?:de|di|of|van|von) {_NUMBER})[ \t]*$",
    re.MULTILINE | re.IGNORECASE,
)
WORD_COUNT = re.compile(
    r"(\d[\d.,'’ \xa0\u202f]{0,12}?)\s{0,3}"
    r"(?:words?|mots?|wörter|woerter|woorden|palabras?|parole|palavras|ord)\b",
    re.IGNORECASE,
)
# A rights notice, which stands before the article in some sources and behind it in others.
NOTICE = re.compile(
    r"\bCopyright\b|©|^\s*\(c\)\s|\bAll Rights\b|\bRights Reserved\b|Alle Rechte|Tous droits"
    r"|Alle rechten|Todos los derechos|Tutti i diritti|Todos os direitos",
    re.IGNORECASE,
)
NOTICE_START = re.compile(r"\s*(?:Copyright\b|©|\(c\)\s)", re.IGNORECASE)
BROKEN_RECORD = re.compile(
    r"\bthere is an error in this document and it is not possible to display it", re.IGNORECASE
)
# A headline that says there is none.
NO_HEADLINE = re.compile(r"no headline(?: in original)?\.?", re.IGNORECASE)
CORRECTED = re.compile(r"correction appended", re.IGNORECASE)


def labelled(text: str) -> tuple[str, str] | None:
    """Return the label in capitals with which ``text`` begins and what stands behind it."""
    found = _LABEL.match(text)
    return (found[1], text[found.end() :]) if found else None


def titled(text: str) -> tuple[str, str] | None:
    """Return the label of a Word file's paragraph and what stands behind it.

    A label that no interface is known to have counts if a no-break space follows it.
    """
    found = _TITLED_LABEL.match(text)
    if not found or (found[2] != "\xa0" and role_of(found[1]) is None):
        return None
    return found[1], text[found.end() :]


@lru_cache(maxsize=4096)
def role_of(label: str) -> str | None:
    """Return what ``label`` says, or None when no interface is known to have it."""
    return _ROLES.get(_folded(label))


def _folded(label: str) -> str:
    plain = unicodedata.normalize("NFKD", label.casefold())
    return "".join(c for c in plain if not unicodedata.combining(c)).replace("-", " ")


_ROLES = {
    _folded(label): role
    for fields in _FIELDS.values()
    for role, labels in fields.items()
    for label in labels.split(", ")
}
