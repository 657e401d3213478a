"""One look for every figure: sizes, fonts, colours by meaning, and files that repeat byte for byte.

Sizes are those of a journal page: 89 mm for one column, 183 mm for two, text of 6 to
8 points at print size. The fonts travel with the package, so that a figure is the
same on every machine and each script of the corpus is drawn.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from importlib import resources
from itertools import cycle
from pathlib import Path

import matplotlib as mpl
from matplotlib import font_manager
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.figure import Figure
from matplotlib.text import Text

from geostance.files import replacing

MILLIMETRES_PER_INCH = 25.4
WIDTHS = {"single": 89.0, "double": 183.0}
# Taller than this a figure no longer fits on a page with its caption.
PAGE_HEIGHT = 235.0
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

# Unfavourable is orange, favourable blue: told apart with every colour-blindness. In grey
# both darken, so no figure leaves the sign to colour alone.
UNFAVOURABLE, NEUTRAL, FAVOURABLE = "#B8500B", "#ECECEC", "#1F4E8C"
STANCE = LinearSegmentedColormap.from_list(
    "stance", [UNFAVOURABLE, "#EDA45F", NEUTRAL, "#7FA8D6", FAVOURABLE]
)

# Latin, Greek and Cyrillic first; Devanagari second because it alone brings the minus sign.
_FONT_FILES = (
    ("NotoSans-Regular.ttf", "geostance Sans", 400),
    ("NotoSans-Bold.ttf", "geostance Sans", 700),
    # The other scripts have no bold of their own here: the regular stands in.
    *(
        (f"NotoSans{script}-Regular.ttf", f"geostance {script}", weight)
        for script in ("Devanagari", "Arabic", "Armenian", "Georgian")
        for weight in (400, 700)
    ),
)


def _register_fonts() -> tuple[str, ...]:
    # Names of our own, so that another version of the same font on the machine is never taken.
    folder = resources.files("geostance.publish") / "fonts"
    for file, name, weight in _FONT_FILES:
        entry = font_manager.FontEntry(
            fname=str(folder / file),
            name=name,
            style="normal",
            variant="normal",
            weight=weight,
            stretch="normal",
            size="scalable",
        )
        font_manager.fontManager.ttflist.append(entry)
    # DejaVu comes with matplotlib and knows a few more scripts.
    return (*dict.fromkeys(name for _, name, _ in _FONT_FILES), "DejaVu Sans")


FAMILIES = _register_fonts()

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
    "savefig.facecolor": "white",
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


def new_figure(width: str, height: float) -> Figure:
    """Return an empty figure of ``width`` (``single`` or ``double``) and ``height`` in mm."""
    size = (WIDTHS[width] / MILLIMETRES_PER_INCH, height / MILLIMETRES_PER_INCH)
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
    metadata = {"pdf": {"CreationDate": None}, "png": {}, "svg": {"Date": None}}
    paths = []
    with styled():
        for kind, facts in metadata.items():
            path = folder / f"{figure_id}.{kind}"
            with replacing(path) as temporary:
                figure.savefig(temporary, format=kind, metadata=facts)
            paths.append(path)
    return paths
