"""One look for every figure: sizes, fonts, colours by meaning, and files that repeat byte for byte.

Text is of 6 to 8 points at print size; the widths of pages are in
:mod:`geostance.publish.pages`. The fonts travel with the package, so that a figure
is the same on every machine and each script of the corpus is drawn.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cache, lru_cache
from itertools import cycle
from pathlib import Path

import matplotlib as mpl
import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import LinearSegmentedColormap, to_rgb
from matplotlib.figure import Figure
from matplotlib.text import Text

from geostance.files import replacing
from geostance.publish.typefaces import FAMILIES

MILLIMETRES_PER_INCH = 25.4
DPI = 300

SMALL, BODY, HEADING = 6.0, 7.0, 8.0

INK, SOFT, FAINT = "#222222", "#666666", "#D0D0D0"
# Outliers, the remainder of a ranking, and what rests on too few documents.
MUTED = "#B8B8B8"

# The first three are Tol's high-contrast scheme (its yellow darker, to stand out on white),
# which holds for every colour-blindness and in grey; the marker settles the rest.
# Source: P. Tol, Colour Schemes, SRON/EPS/TN/09-002, 2021.
TARGET_COLOURS = {
    "russia": "#BB5566",
    "nato": "#004488",
    "india": "#BF8600",
    "ukraine": "#88CCEE",
    "united-states": "#222222",
    "turkey": "#44AA99",
    "azerbaijan": "#997700",
    "armenia": "#661100",
    "pakistan": "#117733",
    "european-union": "#AA4499",
}
TARGET_MARKERS = {
    "russia": "o",
    "nato": "s",
    "india": "^",
    "ukraine": "D",
    "united-states": "v",
    "turkey": "h",
    "azerbaijan": "d",
    "armenia": "<",
    "pakistan": ">",
    "european-union": "p",
}

# Tol's muted scheme: nine colours that stay apart under each colour-blindness.
CATEGORIES = (
    "#332288",
    "#88CCEE",
    "#44AA99",
    "#117733",
    "#999933",
    "#DDCC77",
    "#CC6677",
    "#882255",
    "#AA4499",
)
# The darker ones of these, apart from one another in this order.
SCORER_COLOURS = ("#CC6677", "#332288", "#44AA99", "#999933", "#882255", "#117733", "#AA4499")
LANGUAGE_COLOURS = {
    "fr": "#332288",
    "ru": "#CC6677",
    "en": "#88CCEE",
    "tr": "#117733",
    "az": "#DDCC77",
    "hi": "#882255",
    "uk": "#44AA99",
    "ar": "#999933",
    "de": "#AA4499",
}

# Lightness (CIE L*) by which two colours must differ to be told apart in grey.
_NEAR = 9.0
_HATCHES = ("", "/////", ".....", "\\\\\\\\\\", "xxxxx", "-----")

# Unfavourable is orange, favourable blue: told apart with every colour-blindness. In grey
# both darken, so no figure leaves the sign to colour alone.
UNFAVOURABLE, NEUTRAL, FAVOURABLE = "#B8500B", "#ECECEC", "#1F4E8C"
STANCE = LinearSegmentedColormap.from_list(
    "stance", [UNFAVOURABLE, "#EDA45F", NEUTRAL, "#7FA8D6", FAVOURABLE]
)

STYLE = {
    "font.family": list(FAMILIES),
    "font.size": BODY,
    "axes.titlesize": BODY,
    "axes.titleweight": "bold",
    "axes.titlelocation": "left",
    "axes.titlepad": 4,
    "axes.labelsize": BODY,
    "axes.edgecolor": SOFT,
    "axes.labelcolor": INK,
    "axes.linewidth": 0.6,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.axisbelow": True,
    "axes.unicode_minus": True,
    "text.color": INK,
    # A dollar sign in the name of an outlet is a dollar sign.
    "text.parse_math": False,
    "xtick.labelsize": BODY,
    "ytick.labelsize": BODY,
    "ytick.alignment": "center",
    "xtick.color": SOFT,
    "ytick.color": SOFT,
    "xtick.labelcolor": INK,
    "ytick.labelcolor": INK,
    "xtick.major.width": 0.6,
    "ytick.major.width": 0.6,
    "xtick.major.size": 2.5,
    "ytick.major.size": 2.5,
    "grid.color": "#E4E4E4",
    "grid.linewidth": 0.5,
    "legend.fontsize": BODY,
    "legend.frameon": False,
    "legend.handlelength": 1.2,
    "legend.handleheight": 0.9,
    "legend.columnspacing": 1.2,
    "lines.linewidth": 1.1,
    "lines.markersize": 3.2,
    "patch.linewidth": 0.4,
    "hatch.linewidth": 0.5,
    "figure.facecolor": "white",
    "savefig.facecolor": "auto",
    "savefig.dpi": DPI,
    "figure.dpi": 100,
    "pdf.fonttype": 42,
    "ps.fonttype": 42,
    "svg.fonttype": "path",
    "svg.hashsalt": "geostance",
}


@contextmanager
def styled() -> Iterator[None]:
    """Draw with the style of the project and with nothing of the user's own settings."""
    with mpl.rc_context():
        mpl.rcdefaults()
        mpl.rcParams.update(STYLE)
        yield


def new_figure(width: float, height: float) -> Figure:
    """Return an empty figure of ``width`` and ``height`` in mm."""
    size = (width / MILLIMETRES_PER_INCH, height / MILLIMETRES_PER_INCH)
    figure = Figure(figsize=size, layout="constrained")
    FigureCanvasAgg(figure)
    figure.get_layout_engine().set(w_pad=0.02, h_pad=0.02, wspace=0.03, hspace=0.03)
    return figure


def target_colours(targets: Sequence[str]) -> dict[str, str]:
    """Return one colour for each target: its own where it has one, else a free one."""
    return _assign(targets, TARGET_COLOURS, CATEGORIES)


def target_markers(targets: Sequence[str]) -> dict[str, str]:
    """Return one marker for each target, so that colour never stands alone."""
    return _assign(targets, TARGET_MARKERS, ("o", "s", "^", "D", "v", "h", "d", "<", ">", "p"))


def language_colours(languages: Sequence[str]) -> dict[str, str]:
    """Return one colour for each language: its own where it has one, else a free one."""
    return _assign(languages, LANGUAGE_COLOURS, CATEGORIES)


def hatches(colours: Mapping[str, str]) -> dict[str, str]:
    """Return a hatch for each colour that in grey print would pass for one before it, else none."""
    given: dict[str, str] = {}
    seen: dict[str, float] = {}
    for name, colour in colours.items():
        lightness = _lightness(colour)
        near = {given[other] for other, value in seen.items() if abs(lightness - value) < _NEAR}
        given[name] = next((hatch for hatch in _HATCHES if hatch not in near), _HATCHES[-1])
        seen[name] = lightness
    return given


def _lightness(colour: str) -> float:
    """Return the lightness of a colour, from 0 (black) to 100 (CIE L*)."""
    channels = np.array(to_rgb(colour))
    linear = np.where(channels <= 0.04045, channels / 12.92, ((channels + 0.055) / 1.055) ** 2.4)
    return float(116 * np.cbrt(linear @ [0.2126, 0.7152, 0.0722]) - 16)


def scorer_marks(scorers: Sequence[str]) -> dict[str, tuple[str, str]]:
    """Return a colour and a marker for each scorer, the first in ink: it is the yardstick."""
    colours = [INK, *SCORER_COLOURS]
    markers = ("o", "s", "^", "D", "v", "h", "d", "<", ">", "p")
    return {
        name: (colours[at % len(colours)], markers[at % len(markers)])
        for at, name in enumerate(scorers)
    }


def _assign(names: Sequence[str], own: dict[str, str], pool: Sequence[str]) -> dict[str, str]:
    taken = {own[name] for name in names if name in own}
    free = cycle([value for value in pool if value not in taken] or pool)
    return {name: own.get(name) or next(free) for name in names}


@cache
def _ruler() -> FigureCanvasAgg:
    return FigureCanvasAgg(Figure(figsize=(0.1, 0.1), dpi=DPI))


@lru_cache(20_000)
def text_width(text: str, size: float = BODY) -> float:
    """Return the printed width of ``text`` in millimetres; call it inside :func:`styled`."""
    canvas = _ruler()
    drawn = Text(0, 0, text, size=size, figure=canvas.figure)
    return drawn.get_window_extent(canvas.get_renderer()).width / DPI * MILLIMETRES_PER_INCH


def fit(text: str, millimetres: float, size: float = BODY, *, tail: int = 0) -> str:
    """Return ``text``, cut with an ellipsis where it is wider than ``millimetres``.

    The cut is before the last ``tail`` characters.
    """
    text = " ".join(text.split())
    if text_width(text, size) <= millimetres:
        return text
    end = text[len(text) - tail :]
    short, long = 0, len(text) - tail
    while long - short > 1:
        middle = (short + long) // 2
        if text_width(text[:middle].rstrip() + "…" + end, size) <= millimetres:
            short = middle
        else:
            long = middle
    return text[:short].rstrip() + "…" + end


def wrap(text: str, millimetres: float, size: float = BODY, most: int = 4) -> list[str]:
    """Return ``text`` in at most ``most`` lines, the last cut where it goes on."""
    words, lines = text.split(), []
    while words:
        if len(lines) == most - 1:
            return [*lines, fit(" ".join(words), millimetres, size)]
        short, long = 1, len(words) + 1
        while long - short > 1:
            middle = (short + long) // 2
            if text_width(" ".join(words[:middle]), size) <= millimetres:
                short = middle
            else:
                long = middle
        # A word longer than the line is cut.
        lines.append(fit(" ".join(words[:short]), millimetres, size))
        words = words[short:]
    return lines


def fit_each(texts: Sequence[str], millimetres: float, size: float = BODY) -> list[str]:
    """Cut each text to ``millimetres``; those that would look the same keep their ends too."""
    cut = [fit(text, millimetres, size) for text in texts]
    return [
        fit(text, millimetres, size, tail=8) if cut.count(short) > 1 else short
        for text, short in zip(texts, cut, strict=True)
    ]


def save_figure(figure: Figure, folder: Path, figure_id: str) -> list[Path]:
    """Write ``figure`` as PDF, PNG (300 dpi) and SVG; the same figure gives the same bytes.

    Returns:
        The three paths, in that order.
    """
    # Without these the files would carry the time of day.
    metadata = {"png": {}, "pdf": {"CreationDate": None}, "svg": {"Date": None}}
    paths = {kind: folder / f"{figure_id}.{kind}" for kind in metadata}
    engine = figure.get_layout_engine()
    with styled():
        for kind, facts in metadata.items():
            with replacing(paths[kind]) as temporary:
                figure.savefig(temporary, format=kind, metadata=facts)
            # The layout of the finest picture holds for the others.
            figure.set_layout_engine("none")
    figure.set_layout_engine(engine)
    return [paths[kind] for kind in ("pdf", "png", "svg")]
