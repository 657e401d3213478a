"""The rules of cleaning: ``(line, context) -> Keep | Drop(reason)``, and their registry.

A rule says of which lines and in which zones it is asked at all; the rest it decides.

Body text is sacred: a rule drops a line for its wording as a whole, or for its form at
a place where no body text stands, never for being short. Phrases are data, in the
``<language>.yml`` files beside this one.
"""

from collections.abc import Collection
from functools import partial

from geostance.clean.lines import Line
from geostance.clean.page import Page
from geostance.clean.rules.endings import reader, teasers
from geostance.clean.rules.regions import after_end, amid, box, comments, section, tag_lines, widget
from geostance.clean.rules.shape import (
    arrow,
    banner,
    byline,
    caption,
    counter,
    date_line,
    label,
    market,
    near_date,
    other_language,
    repeated,
    repeated_in_outlet,
    site_name,
    tag_list,
)
from geostance.clean.rules.verdict import KEEP, ZONES, Context, Drop, Keep, Rule
from geostance.clean.rules.wording import edge_line, many_buttons, tail_line, weak_line, whole_line
from geostance.clean.shapes import is_turn

__all__ = ["RULES", "Context", "Drop", "Keep", "Rule", "apply_rules"]

# A new rule is one function and one line here; the first that drops a line names the reason.
RULES: tuple[Rule, ...] = (
    comments,
    repeated,
    whole_line,
    weak_line,
    edge_line,
    many_buttons,
    repeated_in_outlet,
    tail_line,
    date_line,
    near_date,
    section,
    caption,
    byline,
    banner,
    market,
    counter,
    site_name,
    arrow,
    tag_list,
    label,
    tag_lines,
    other_language,
    box,
    teasers,
    after_end,
    amid,
    widget,
    reader,
)

# A change concerns lines so far away.
_STEPS = range(-6, 7)


def _rules_for(line: Line, zone: str, marked: bool) -> tuple[Rule, ...]:
    """Return the rules that may drop a line in a zone, and where the page marks its place."""
    return tuple(
        rule
        for rule in RULES
        if zone in rule.zones and ((marked and rule.at_marks) or rule.fits(line))
    )


_RULES_FOR = {
    (zone, marked): partial(_rules_for, zone=zone, marked=marked)
    for zone in ZONES
    for marked in (False, True)
}


def apply_rules(page: Page, changed: Collection[int] | None = None) -> None:
    """Fill ``page.reasons`` and ``page.rules``, until no rule drops another line.

    Neighbours count, so that one line's going may bring the next one's. ``changed`` are the
    places beside which something is new; without it every line is asked once. Prose that
    ends as sentences do is asked about its title only, and so is the turn of a conversation
    outside comments.
    """
    marked = page.marked
    asked = [
        (Context(page, place), line, rules)
        for place, line in enumerate(page.lines)
        if page.reasons[place] is None
        and _is_open(page, place, line)
        and (rules := line.fact(_RULES_FOR[page.zone(place), place in marked]))
    ]
    while changed is None or changed:
        near = None if changed is None else _near(page, changed)
        changed = []
        for context, line, rules in asked:
            if near is not None and context.place not in near:
                continue
            for rule in rules:
                verdict = rule.decide(line, context)
                if verdict is not KEEP:
                    page.drop(context.place, verdict.reason, verdict.phrases or rule.name)
                    changed.append(context.place)
                    break
        if changed:
            asked = [one for one in asked if page.reasons[one[0].place] is None]


def _near(page: Page, changed: Collection[int]) -> set[int]:
    """Return the places that a change may concern: those near, and all above and below the text."""
    near = {place + step for place in changed for step in _STEPS}
    near.update(range(page.first), range(page.last + 1, len(page.lines)))
    return near | page.titles


def _is_open(page: Page, place: int, line: Line) -> bool:
    if place in page.titles:
        return True
    if place in page.prose_places and (line.ends_sentence or not line.is_prose):
        return False
    return place in page.comments or not line.fact(is_turn)
