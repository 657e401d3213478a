"""The pages that figures are made for: widths of journals' columns, and a slide."""

from dataclasses import dataclass

from geostance.settings.publishing import FigureSettings


@dataclass(frozen=True)
class Page:
    """Widths of one column and of two, and the greatest height, in millimetres.

    The height leaves room for a caption where the publisher asks for it.
    """

    single: float
    double: float
    height: float


# Sources, the publishers' instructions for artwork (a journal's own may differ): Nature Portfolio,
# "Final artwork"; Elsevier, "Artwork sizing"; Springer Nature, "Artwork and illustrations
# guidelines"; PNAS, "Digital art guidelines"; PLOS, "Figures" (text column and page).
PAGES = {
    "nature": Page(89, 183, 235),
    "elsevier": Page(90, 190, 235),
    "springer": Page(84, 174, 234),
    "pnas": Page(87, 178, 225),
    "plos": Page(132, 190.5, 222),
    # Of the shape 16:9; filling a slide 13.3 inches wide, text of 6 points becomes one of 16.
    "slides": Page(128, 128, 72),
}


def page_width(settings: FigureSettings) -> float:
    """Return the width of a figure in millimetres."""
    return getattr(PAGES[settings.preset], settings.width)


def page_height(settings: FigureSettings) -> float:
    """Return the greatest height of a figure in millimetres."""
    return PAGES[settings.preset].height
