"""The rules of cleaning: ``(line, context) -> Keep | Drop(reason)``, and their registry.

Body text is sacred: a rule drops a line for its wording as a whole, or for its form at
a place where no body text stands, never for being short. Phrases are data, in the
``<language>.yml`` files beside this one.
"""

from geostance.clean.page import Page
from geostance.clean.rules.shape import (
    arrow,
    banner,
    byline,
    caption,
    date_line,
    other_language,
    repeated,
    tag_list,
)
from geostance.clean.rules.verdict import Context, Drop, Keep, Rule
from geostance.clean.rules.wording import (
    amid_widgets,
    edge_line,
    many_buttons,
    section,
    tail_line,
    whole_line,
)

__all__ = ["RULES", "Context", "Drop", "Keep", "Rule", "apply_rules"]

# A new rule is one function and one line here; the first that drops a line names the reason.
RULES: tuple[Rule, ...] = (
    repeated,
    whole_line,
    edge_line,
    many_buttons,
    tail_line,
    date_line,
    other_language,
    section,
    amid_widgets,
    caption,
    byline,
    banner,
    arrow,
    tag_list,
)


def apply_rules(page: Page) -> None:
    """Fill ``page.reasons``, until no rule drops another line: neighbours count."""
    while True:
        before = page.reasons.count(None)
        for rule in RULES:
            for place, line in enumerate(page.lines):
                if page.reasons[place] is None:
                    verdict = rule(line, Context(page, place))
                    if isinstance(verdict, Drop):
                        page.reasons[place] = verdict.reason
        if page.reasons.count(None) == before:
            return
