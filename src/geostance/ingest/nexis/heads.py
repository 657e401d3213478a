"""Tell apart the lines above an article: outlet, date, edition, rights, section and page."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from geostance.ingest.dates import Dated, parse_date
from geostance.ingest.nexis.labels import CORRECTED, NOTICE, labelled, role_of

_WEEKDAYS = (
    *("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"),
    *("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche"),
    *("montag", "dienstag", "mittwoch", "donnerstag", "freitag", "samstag", "sonnabend"),
    *("sonntag", "maandag", "dinsdag", "woensdag", "donderdag", "vrijdag", "zaterdag", "zondag"),
    *("lunes", "martes", "miércoles", "jueves", "viernes", "sábado", "domingo"),
    *("lunedì", "martedì", "mercoledì", "giovedì", "venerdì", "sabato", "domenica"),
    *("mandag", "tirsdag", "onsdag", "torsdag", "fredag", "lørdag", "søndag"),
    *("segunda-feira", "terça-feira", "quarta-feira", "quinta-feira", "sexta-feira"),
)
_SEASONS = (
    *("spring", "summer", "autumn", "fall", "winter", "printemps", "été", "automne", "hiver"),
    *("frühjahr", "frühling", "sommer", "herbst", "lente", "zomer", "herfst"),
    *("primavera", "verano", "otoño", "invierno", "estate", "autunno", "inverno"),
)
_WEEKDAY = rf"(?:{'|'.join(_WEEKDAYS)})\b"
_WORD = r"[^\W\d_]+\.?"
_DAY = (
    rf"\d{{1,2}}(?:er|st|nd|rd|th|[.ºª])?\s*(?:de\s+|of\s+)?{_WORD},?\s+(?:de\s+)?\d{{4}}"
    rf"|{_WORD}\s+\d{{1,2}}(?:st|nd|rd|th)?,?\s+\d{{4}}"
    r"|\d{4}-\d{2}-\d{2}|\d{1,2}[./-]\d{1,2}[./-]\d{4}"
    r"|\d{4} ?年 ?\d{1,2} ?月(?: ?\d{1,2} ?日)?"
)
_MONTH = rf"{_WORD}(?:\s*[-/]\s*{_WORD})?,?\s+\d{{4}}(?:[-/]\d{{2,4}})?"
_DATE_LINE = re.compile(
    rf"(?:{_WEEKDAY}[.,]?\s+(?:(?:den|the|el|le)\s+)?)?"
    rf"(?:(?P<day>{_DAY})|(?P<month>{_MONTH})|(?P<year>\d{{4}})$)(?!\d)(?P<rest>.*)$",
    re.IGNORECASE | re.DOTALL,
)
_SEASON = re.compile(rf"(?:{'|'.join(_SEASONS)})\b", re.IGNORECASE)
_BESIDE_THE_DATE = re.compile(
    rf"^[\s,;]*{_WEEKDAY}[\s,;]*|[\s,;]{{0,3}}\b\d{{1,2}}[:.h]\d{{2}}(?::\d{{2}})?\b[^,;]*",
    re.IGNORECASE,
)
_DAY_AND_WORD = re.compile(r"(?<=\d\.)(?=[^\W\d_])")
_A_YEAR = re.compile(r"\b(?:19|20)\d\d\b")
_PAGE = re.compile(
    r"\b(?:Pg|Pgs|Page|Pages|pp?|S|Seiten?|Blz|Bladzijde|P[áa]g|P[áa]gina)\b\.?\s*"
    r"([A-Z]{0,4}-?\d+[A-Z]?(?:\s*[-,/&]\s*[A-Z]{0,4}\d+[A-Z]?)*)(?![\w%])",
    re.IGNORECASE,
)
# Centred lines of a TXT file are broken at about this many characters.
_HEAD_WIDTH = 54


@dataclass
class Head:
    """What the lines above an article say; ``written`` is the date as it stands there."""

    outlet: str | None = None
    written: str | None = None
    dated: Dated | None = None
    editions: list[str] = field(default_factory=list)
    notices: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def read_head(blocks: Iterable[str], latest: date) -> Head:
    """Return what the blocks above an article say, in their order: outlet, date, edition.

    A rights notice may stand among them; what else does is a note.
    """
    head = Head()
    for block in blocks:
        lines = _without_notice([" ".join(line.split()) for line in block.split("\n")], head)
        for number, line in enumerate(lines):
            if head.written is None and (found := _date_line(line, latest)):
                head.written, rest = found
                _take_plain(head, lines[:number])
                _take_editions(head, [rest, *lines[number + 1 :]])
                break
        else:
            if head.written is None:
                _take_plain(head, lines)
            else:
                _take_editions(head, lines)
    if head.written is None:
        _date_among_notes(head)
    if head.written:
        head.dated = parse_date(_DAY_AND_WORD.sub(" ", head.written), latest)
    return head


def starts_with_date(line: str, latest: date) -> bool:
    """Return whether ``line`` begins with a date or a weekday and a date."""
    return _date_line(line.strip(), latest) is not None


def split_section(section: str) -> tuple[str | None, str | None]:
    """Return the section without its page, and the page (``B; Pg. 22`` → ``B``, ``22``)."""
    found = _PAGE.search(section)
    if not found:
        return section or None, None
    rest = f"{section[: found.start()]};{section[found.end() :]}"
    parts = [part.strip(" ,") for part in rest.split(";")]
    return "; ".join(part for part in parts if part) or None, found[1]


def _date_line(line: str, latest: date) -> tuple[str, str] | None:
    found = _DATE_LINE.match(line)
    if not found:
        return None
    month = found["month"]
    if month and not _SEASON.match(month) and parse_date(month, latest) is None:
        return None
    return found["day"] or month or found["year"], found["rest"]


def _without_notice(lines: list[str], head: Head) -> list[str]:
    marked = [number for number, line in enumerate(lines) if NOTICE.search(line)]
    if not marked:
        return lines
    head.notices.append(" ".join(lines[marked[0] : marked[-1] + 1]))
    return lines[: marked[0]] + lines[marked[-1] + 1 :]


def _take_plain(head: Head, lines: list[str]) -> None:
    """Take lines before the date: the first is the outlet's name, which may be broken."""
    if not lines:
        return
    taken = 0
    first = lines[0]
    if head.outlet is None and not _is_note(first):
        taken = 1
        while taken < len(lines) and _is_broken(lines[taken - 1], lines[taken]):
            first += f" {lines[taken]}"
            taken += 1
        head.outlet = first
    if rest := " ".join(lines[taken:]):
        head.notes.append(rest)


def _take_editions(head: Head, lines: list[str]) -> None:
    kept = []
    for line in lines:
        if _is_note(line):
            head.notes.append(line)
            continue
        for _ in range(2):
            line = _BESIDE_THE_DATE.sub("", line).strip(" ,;")
        if line:
            # "Edition 1;" goes on in the next line.
            kept.append(line)
    if kept:
        head.editions.append("; ".join(kept))


def _is_note(line: str) -> bool:
    found = labelled(line)
    return bool(CORRECTED.fullmatch(line) or (found and role_of(found[0])))


def _is_broken(line: str, following: str) -> bool:
    return len(line) + 1 + len(following.split(" ", 1)[0]) > _HEAD_WIDTH


def _date_among_notes(head: Head) -> None:
    for number, note in enumerate(head.notes):
        if _A_YEAR.search(note) and not labelled(note):
            head.written = head.notes.pop(number)
            return
