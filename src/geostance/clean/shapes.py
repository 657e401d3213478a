"""What a line's form alone says of it: a date, a name, a credit, a path of sections, a stamp."""

import re

from geostance.clean.folding import words
from geostance.clean.lines import FULL_STOPS, Line, make_line
from geostance.clean.phrases import MAX_CHARACTERS, NAME, UPPER, load_phrases

_DATE_CHARACTERS = 90
_SECTION_WORDS = 8
_NICK_WORDS = 5
_MARKET_WORDS = 14

_NUMERIC = re.compile(
    r"\d{1,4}(?:[./:h-]\d{0,4}){0,3}(?:st|nd|rd|th|er|h|г|р|am|pm)?", re.IGNORECASE
)
_YEAR = re.compile(r"(?<!\d)(?:1[34]|19|20)\d\d(?!\d)|(?<!\d)\d{1,2}[./-]\d{1,2}[./-]\d{2,4}")
_FULL_DATE = re.compile(r"\d{1,2}[./-]\d{1,2}[./-]\d{2,4}")
_DAY = re.compile(r"(?<![\d:.])\d{1,2}(?![\d:.h])|(?<!\d)\d{1,2}[./]\d{1,2}(?!\d)")
_TIME = r"\d{1,2} ?[:.h] ?\d{2}(?:[:.]\d{2})?(?: ?[ap]m)?"
_CLOCK = re.compile(rf"[^\w]{{0,2}}{_TIME}(?: ?[/|–-] ?{_TIME})?\W{{0,2}}", re.IGNORECASE)
_ZONE = re.compile(
    r"\(?\b(?:gmt|utc|msk|cet|cest|bst|est|edt|мск)(?: ?[+-] ?\d{1,2}(?::\d\d)?)?\)?"
)
_DATE_PARTS = re.compile(r"[^\s,|·•()–—/-][^\s,|·•()–—]*")
_MONTH_LETTERS = 3

_PATH = re.compile(r"\s*[>|/›»·•:—–]\s*|\s+-\s+")
_LINK = re.compile(r"https?://|www\.", re.IGNORECASE)
_INITIALS = re.compile(r"(?:[^\W\d_]\.[ -]?){2,4}")
_NAMED = re.compile(rf"{NAME}(?: ?[,/|–—-] ?{NAME})?")

# How a caption ends: a name in capitals, "Name/Agency", "Name (AGENCY)" or "(Name/Agency)".
_CREDIT = re.compile(rf"\(?{NAME} ?/ ?{NAME}\)?")
_CAPITAL_NAME = rf"(?:{UPPER}[{UPPER[1:-1]}'’.-]+ ?){{2,4}}"
_CREDITED = re.compile(
    rf".{{10,300}}?(?:[.!?»”\"…)] ?[/|–-]? ?{_CAPITAL_NAME}(?:[/,(].{{1,60}}|{UPPER}+ .{{1,60}})?"
    rf"|[|/] ?{_CAPITAL_NAME}"
    rf"|[.!?…] {NAME} ?\({UPPER}{{2,6}}\)"
    rf"|\({NAME} ?/ ?{NAME}\))\.?"
)

_PARTS = re.compile(r"\s*[|·•]\s*|,\s+|\s+[–—-]\s+|\s{2,}")
_WEB_ADDRESS = re.compile(
    r"(?:https?://|www\.)\S+|@\w{3,30}|(?:[\w-]+\.)+(?:com|org|net|fr|de|ru|tr|it|es|az|in|ua|ir|info|news|tv|eu|example)(?:/\S*)?"
)
_PICTURE = re.compile("[\u2190-\u21ff\u23e9-\u23fa\u25a0-\u25ff\u2600-\u27bf\U0001f300-\U0001faff]")
_DEGREES = re.compile(r"[+-]?\d{1,2} ?°")
_BARS = re.compile(r"\s*[|·•›]\s*|\s{3,}")
_ROW_PARTS, _ROW_WORDS = 3, 3
_META = re.compile(r"\s*[|·•]\s*|\s+[–—-]\s+|,\s+|\s{3,}")
_MAX_PARTS = 6
_ADDRESS = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
# An eye or a heart and how many; a bare number.
_COUNTER = re.compile(r"[^\w\s(\[-]{0,3}\s?\d[\d .,]*[kк]?\s?[%٪]?[^\w\s)\]]{0,3}", re.IGNORECASE)
_DATED = re.compile(r"\d{1,2}[./]\d{1,2}[./]\d{2,4},? [^\d\W].{3,100}")
# "Valentina K. 10:02": who wrote, and when.
_CLOCKED = re.compile(r"(.{2,40}?)[ ,]+\d{1,2}[:.h]\d{2}")

# Rates and weather: so many of these words, each with its number.
_MARKET = re.compile(
    r"\b(?:usd|eur|rub|gbp|try|uah|azn|inr|cny|dolar|euro|altin|bist|brent|btc|доллар|евро|"
    r"сенсекс|सेंसेक्स|निफ्टी|सोना|चांदी|dax|cac ?40|dow|nasdaq|ibex|ftse(?: mib)?|spread|"
    r"dollaro|دولار|يورو|ذهب|دلار|یورو|سکه|طلا)[^\w\d]{1,4}\d[\d.,  ]*",
    re.IGNORECASE,
)
_MARKETS = 2


def is_date(line: Line) -> bool:
    """Whether a line is nothing but a date, or a time of day."""
    if len(line.folded) > _DATE_CHARACTERS:
        return False
    text = _ZONE.sub(" ", line.folded.lower())
    parts = [bare for part in _DATE_PARTS.findall(text) if (bare := part.strip(".:;'"))]
    named = [part for part in parts if not _NUMERIC.fullmatch(part)]
    phrases = load_phrases()
    if len(named) == len(parts) or not phrases.date_words.issuperset(named):
        return False
    if _YEAR.search(text) or (not named and _CLOCK.fullmatch(text.strip())):
        return True
    months = (part for part in named if len(part) >= _MONTH_LETTERS)
    return _DAY.search(text) is not None and any(
        part not in phrases.function_words for part in months
    )


def is_nearly_date(line: Line) -> bool:
    """Whether a line is a full date and one word more, as "Online since 3 March 2024"."""
    text = _ZONE.sub(" ", line.folded.lower())
    if len(text) > _DATE_CHARACTERS or line.ends_sentence or not _YEAR.search(text):
        return False
    parts = [bare for part in _DATE_PARTS.findall(text) if (bare := part.strip(".:;'"))]
    known = load_phrases().date_words
    strange = [part for part in parts if not _NUMERIC.fullmatch(part) and part not in known]
    full = _DAY.search(text) is not None or _FULL_DATE.search(text) is not None
    return full and len(strange) <= 1 < len(parts)


def _is_day(line: Line) -> bool:
    """Whether a line is a date with its year."""
    return line.fact(is_date) and _YEAR.search(line.folded) is not None


def is_clock(line: Line) -> bool:
    """Whether a line is nothing but a time of day, as above the parts of a live report."""
    text = _ZONE.sub(" ", line.folded.lower()).strip()
    return _CLOCK.fullmatch(text) is not None


def is_name(line: Line) -> bool:
    """Whether a line is one to three names of persons, maybe with a place, and nothing else."""
    return (
        2 <= len(line.words) <= 8
        and not line.ends_sentence
        and len(line.folded) <= MAX_CHARACTERS
        and not line.folded.isupper()
        and _NAMED.fullmatch(line.folded) is not None
    )


def is_caseless_name(line: Line) -> bool:
    """Whether a line in a script without capitals may be a name: a few words, no sentence."""
    cased = any(letter.isupper() or letter.islower() for letter in line.text)
    return not cased and 2 <= len(line.words) <= 4 and not line.ends_sentence


def is_capital_name(line: Line) -> bool:
    """Whether a line is two to four words in capitals."""
    return 2 <= len(line.words) <= 4 and line.folded.isupper() and line.folded[-1].isalpha()


def is_initials(line: Line) -> bool:
    """Whether a line is the signature of a news desk, as "H. K."."""
    return _INITIALS.fullmatch(line.text) is not None


def is_section(line: Line) -> bool:
    """Whether a line is the name of a section or a path of names, one of them known."""
    items = [item for item in _PATH.split(line.folded.lower()) if item]
    if not items or len(line.words) > _SECTION_WORDS or line.ends_sentence:
        return False
    if line.text.endswith(":"):
        return False
    arrows = len(items) >= 2 and any(arrow in line.folded for arrow in ">›")
    return (arrows or any(item in load_phrases().sections for item in items)) and all(
        len(words(item)) <= 3 for item in items
    )


def is_credit(line: Line) -> bool:
    """Whether a line is the credit of a photo, as "Name/Outlet"."""
    return _CREDIT.fullmatch(line.folded) is not None


def ends_in_credit(line: Line) -> bool:
    """Whether a line ends in the credit of a photo: it is a caption."""
    return (
        not line.text.endswith(FULL_STOPS)
        and len(line.folded) <= MAX_CHARACTERS
        and _CREDITED.fullmatch(line.folded) is not None
    )


def is_address(line: Line) -> bool:
    """Whether a line is nothing but a mail address."""
    return _ADDRESS.fullmatch(line.text) is not None


def is_counter(line: Line) -> bool:
    """Whether a line is nothing but a number, as of readers or comments."""
    return _COUNTER.fullmatch(line.folded) is not None


def is_dated(line: Line) -> bool:
    """Whether a line is a date and what was published then."""
    return not line.ends_sentence and _DATED.fullmatch(line.folded) is not None


def is_button(line: Line) -> bool:
    """Whether a line may be a button, a label or a count of some widget."""
    return bool(line.verdicts) or any(
        line.fact(find) for find in (is_counter, is_clock, is_sign, is_market, is_weather)
    )


def is_link(line: Line) -> bool:
    """Whether a line is nothing but a web address or the name of an account."""
    return _WEB_ADDRESS.fullmatch(line.text) is not None


def is_sign(line: Line) -> bool:
    """Whether a line is nothing but pictures and arrows, as the buttons of a player."""
    return not line.words and _PICTURE.search(line.text) is not None and "\u200d" not in line.text


def is_weather(line: Line) -> bool:
    """Whether a line names a place and its temperature."""
    return (
        len(line.words) <= _MARKET_WORDS // 2
        and not line.ends_sentence
        and _DEGREES.search(line.text) is not None
    )


def is_row(line: Line) -> bool:
    """Whether a line is a row of short labels with bars or dots between, as a menu."""
    if _LINK.search(line.text):
        return False
    parts = [part for part in _BARS.split(line.text) if part.strip()]
    return len(parts) >= _ROW_PARTS and all(len(part.split()) <= _ROW_WORDS for part in parts)


def is_meta_row(line: Line) -> bool:
    """Whether each part of a line is a date, a name, a section or furniture by its wording."""
    parts = [part.strip() for part in _META.split(line.text) if part.strip()]
    if not 2 <= len(parts) <= _MAX_PARTS or len(line.folded) > MAX_CHARACTERS:
        return False
    lines: list[Line] = []
    for part in parts:
        one = make_line(part)
        if not (
            "anywhere" in one.verdicts
            or "edges" in one.verdicts
            or any(one.fact(find) for find in (is_date, is_name, is_section, is_counter))
        ):
            return False
        lines.append(one)
    return any("anywhere" in one.verdicts or one.fact(_is_day) for one in lines)


def is_market(line: Line) -> bool:
    """Whether a line is a ticker of rates."""
    return (
        len(line.words) <= _MARKET_WORDS
        and not line.ends_sentence
        and len(_MARKET.findall(line.folded)) >= _MARKETS
    )


def is_stamp(line: Line) -> bool:
    """Whether a line says who wrote when, or only when, as above a reader's comment."""
    if _is_time(line):
        return True
    parts = [part for part in _PARTS.split(line.text) if part.strip()]
    if 2 <= len(parts) <= 4 and len(parts[0].split()) <= _NICK_WORDS:
        return _is_time(make_line(parts[-1])) or _is_time(make_line(", ".join(parts[1:])))
    found = _CLOCKED.fullmatch(line.text)
    return found is not None and len(found[1].split()) <= _NICK_WORDS


def _is_time(line: Line) -> bool:
    return line.reason("edges") == "date" or line.fact(is_date)


def opens_or_links(line: Line) -> bool:
    """Whether a line announces the next one, or bears an address: text of its own."""
    return line.text.endswith(":") or _LINK.search(line.text) is not None


def is_turn(line: Line) -> bool:
    """Whether a line is one turn of a conversation: a dash, and the end of a sentence."""
    return line.text.startswith(("–", "—", "- ")) and line.ends_sentence
