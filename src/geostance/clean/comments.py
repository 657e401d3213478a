"""Where readers' comments stand: the form, who wrote when, the buttons, and what they wrote."""

from collections.abc import Sequence

from geostance.clean.lines import Line
from geostance.clean.shapes import is_stamp

# A run of comment widget lines: so many of them, with at most so many lines between two.
_RUN_LINES = 3
_RUN_GAP = 3


def comment_places(lines: Sequence[Line]) -> set[int]:
    """Return the places of the lines from the first to the last of each comment section.

    It is one from three widget lines on that stand close together; or from a heading or a
    count below some prose, where somebody's name and time or a button follows.
    """
    found: set[int] = set()
    run: list[int] = []
    headed, below_prose = False, False
    for place, line in enumerate(lines):
        heads = below_prose and is_heading(line)
        if heads or line.fact(is_widget) or (headed and line.fact(is_stamp)):
            if run and place - run[-1] > _RUN_GAP:
                found |= _section(run, headed, lines)
                run, headed = [], False
            headed = headed or heads
            run.append(place)
        below_prose = below_prose or line.is_prose
    return found | _section(run, headed, lines)


def _section(run: list[int], headed: bool, lines: Sequence[Line]) -> set[int]:
    if len(run) < (2 if headed else _RUN_LINES):
        return set()
    last = run[-1]
    # Below a name and time stands what was written then.
    if headed and lines[last].fact(is_stamp) and last + 1 < len(lines):
        last += not lines[last + 1].verdicts
    return set(range(run[0], last + 1))


def is_heading(line: Line) -> bool:
    """Whether a line is the heading of a comment section, or counts the comments."""
    return line.reason("anywhere") == "comment_count" or line.reason("opener") == "comment_widget"


def is_widget(line: Line) -> bool:
    """Whether a line belongs, by its wording, to a comment form."""
    reasons = (
        [line.reason(zone) for zone in ("edges", "opener", "anywhere")] if line.verdicts else []
    )
    return "comment_widget" in reasons
