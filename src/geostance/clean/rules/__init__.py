"""The rules of cleaning: ``(line, context) -> Keep | Drop(reason)``, and their registry.

Body text is sacred: a rule drops a line for its wording as a whole, or for its form at
a place where no body text stands, never for being short. Phrases are data, in the
``<language>.yml`` files beside this one.
"""

from geostance.clean.page import Page
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
from geostance.clean.rules.verdict import Context, Drop, Keep, Rule
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
    after_end,
    amid,
    widget,
)

# The others ask for a line's own phrases alone.
_BY_FORM = tuple(rule for rule in RULES if rule not in (whole_line, edge_line, tail_line))


def apply_rules(page: Page) -> None:
    """Fill ``page.reasons`` and ``page.rules``, until no rule drops another line.

    Neighbours count, so that one line's going may bring the next one's. Prose that ends as
    sentences do is asked about its title only, and the turn of a conversation not at all.
    """
    sentences = {
        place
        for place in page.prose
        if page.lines[place].ends_sentence or not page.lines[place].is_prose
    }
    title = page.title.words if page.title else None
    asked = [
        Context(page, place)
        for place, line in enumerate(page.lines)
        if page.reasons[place] is None
        and (place not in sentences or line.words == title)
        and (place in page.comments or not line.fact(is_turn))
    ]
    left = len(asked) + 1
    while len(asked) < left:
        left = len(asked)
        for context in asked:
            line = page.lines[context.place]
            for rule in RULES if line.verdicts else _BY_FORM:
                verdict = rule(line, context)
                if isinstance(verdict, Drop):
                    page.drop(context.place, verdict.reason, verdict.phrases or rule.__name__)
                    break
        asked = [context for context in asked if page.reasons[context.place] is None]
