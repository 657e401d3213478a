"""Rules for what follows a text without saying so: lists of teasers, and what readers wrote."""

import re

from geostance.clean.lines import FULL_STOPS, Line
from geostance.clean.page import Page
from geostance.clean.rules.regions import WITHIN_TEXT
from geostance.clean.rules.verdict import KEEP, Context, Drop, Keep, drop_for, rule
from geostance.clean.shapes import is_stamp

_TEASER_WORDS = 20
# A headline has so many words; so many of them, and this share of the lines, make a list.
_HEADLINE_WORDS = 3
_HEADLINES, _HEADLINE_SHARE = 3, 0.4
# A number at the end that is no year: a result, a price.
_SCORE = re.compile(r"\d\W*$(?<!\b(?:19|20)\d\d)")
# So many marks of furniture, and the text is over for certain.
_MARKS = 3
_COMMENT_WORDS = 60
# "2 hours ago" in any language: so few words, a number among them.
_TIME_WORDS = 4
_DIGIT = re.compile(r"\d")
# A list that speaks of what the text speaks of may be a part of it.
_TOLD_WORDS, _TOLD_SHARE = 1, 0.34
# A list of labels and what belongs to each: a cast, a table.
_LABELLED_SHARE = 0.5
_OPEN_ENDS = (",", ";", ":", "،", "؛")


def _may_be_teaser(line: Line) -> bool:
    """Whether a line begins as a headline does and breaks off as none."""
    letter = line.text[0]
    return (
        0 < len(line.words) <= _TEASER_WORDS
        and not line.is_prose
        and not line.ends_statement
        and not line.text.endswith(_OPEN_ENDS)
        and (letter.isalnum() or letter in "«»“”„\"‹›'‘’¿¡")
        and not letter.islower()
    )


def _is_headline(line: Line) -> bool:
    return len(line.words) >= _HEADLINE_WORDS and not _SCORE.search(line.folded)


def _says_when(line: Line) -> bool:
    few = len(line.words) <= _TIME_WORDS and not line.ends_sentence
    return line.fact(is_stamp) or (few and _DIGIT.search(line.folded) is not None)


@rule(_may_be_teaser, "tail")
def teasers(line: Line, context: Context) -> Keep | Drop:
    """Drop a run of headlines below the text with furniture beneath: teasers of other articles.

    They end without a full stop and speak of other things than the text does. At the very end
    of a page furniture has to stand above them, else they may be the text's own: a poem, a list.
    """
    page = context.page
    first, end = _run(page, context.place)
    above = any(reason not in WITHIN_TEXT for reason in page.reasons[page.last + 1 : first])
    below = page.dropped(end) and page.reasons[end] not in WITHIN_TEXT
    if not below and not (above and end == len(page.lines)):
        return KEEP
    lines = page.lines[first:end]
    headlines = [one for one in lines if one.fact(_is_headline)]
    if len(headlines) < max(_HEADLINES, _HEADLINE_SHARE * len(lines)) or _announced(page, first):
        return KEEP
    told = sum(page.is_told(one, _TOLD_WORDS) for one in headlines)
    labelled = sum(":" in one.text for one in headlines)
    other = told <= _TOLD_SHARE * len(headlines) and labelled <= _LABELLED_SHARE * len(headlines)
    return drop_for("related" if other else None)


@rule(lambda line: len(line.words) <= _COMMENT_WORDS, "tail")
def reader(line: Line, context: Context) -> Keep | Drop:
    """Drop what a reader wrote: it stands below who wrote when, and furniture has begun above."""
    page, above = context.page, context.place - 1
    if not (page.in_tail(above) and page.dropped(above) and page.lines[above].fact(_says_when)):
        return KEEP
    marks = sum(reason not in WITHIN_TEXT for reason in page.reasons[page.last + 1 : above])
    return drop_for("comment_widget" if marks >= _MARKS else None)


def _run(page: Page, place: int) -> tuple[int, int]:
    """Return where the kept lines around ``place`` that may be teasers begin and end."""
    first, end = place, place + 1
    while first - 1 > page.last and _is_open(page, first - 1):
        first -= 1
    while end < len(page.lines) and _is_open(page, end):
        end += 1
    return first, end


def _announced(page: Page, first: int) -> bool:
    """Whether a line that ends with a colon stands above, with no sentence between."""
    for line in reversed(page.lines[:first]):
        if line.text.endswith(FULL_STOPS) or line.is_prose:
            return False
        if line.text.endswith(":"):
            return True
    return False


def _is_open(page: Page, place: int) -> bool:
    # Those of the run that went before this line still count.
    return page.rules[place] in ("", "teasers") and page.lines[place].fact(_may_be_teaser)
