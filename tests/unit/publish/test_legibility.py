"""Every figure, on three pages and in both languages, as a reader meets it."""

import io
import itertools

import pytest
from matplotlib.text import Text

from geostance.publish.figures import APART, FIGURES
from geostance.publish.pages import page_height, page_width
from geostance.publish.style import MILLIMETRES_PER_INCH, SMALL, styled
from geostance.settings.publishing import FigureSettings

# matplotlib warns where a glyph is missing and a box would be drawn.
pytestmark = pytest.mark.filterwarnings("error::UserWarning")

ALL = FIGURES | APART
PAGES = {
    "double": {},
    "single": {"width": "single", "preset": "springer"},
    "dark slide": {"preset": "slides", "dark": True},
}
# Where the parts cannot be left out, a slide is as high as they are.
WHOLE = {"corpus-description", "label-agreement", "scorer-comparison", "multiverse"}


def draw(figure_id, tables, language="en", **settings):
    spec = ALL[figure_id]
    given = {name: tables[name] for name in (*spec.tables, *spec.optional)}
    return spec.draw(**given, settings=FigureSettings(**settings), language=language)


def drawn_texts(figure, monkeypatch):
    """Return every text that is really drawn, with its box in pixels."""
    found, write = {}, Text.draw

    def note(text, renderer, *more):
        if text.get_visible() and text.get_text().strip():
            found[id(text)] = text
        return write(text, renderer, *more)

    with monkeypatch.context() as patch, styled():
        patch.setattr(Text, "draw", note)
        figure.canvas.draw()
    renderer = figure.canvas.get_renderer()
    return [(text, text.get_window_extent(renderer)) for text in found.values()]


def faults(figure, monkeypatch):
    """Return what a reader could not read: cut off, too small, or over another text."""
    texts = drawn_texts(figure, monkeypatch)
    assert texts
    width, height = figure.bbox.size
    found = [
        f"cut off: {text.get_text()!r}"
        for text, box in texts
        if box.x0 < -1 or box.y0 < -1 or box.x1 > width + 1 or box.y1 > height + 1
    ]
    found += [f"small: {text.get_text()!r}" for text, _ in texts if text.get_fontsize() < SMALL]
    for (one, a), (other, b) in itertools.combinations(texts, 2):
        across = min(a.x1, b.x1) - max(a.x0, b.x0)
        down = min(a.y1, b.y1) - max(a.y0, b.y0)
        # The height of a line is that of its highest script, so lines may touch a little.
        if across > 1 and down > 0.3 * min(a.height, b.height):
            found.append(f"over one another: {one.get_text()!r} and {other.get_text()!r}")
    return found


@pytest.mark.parametrize("language", ["en", "fr"])
@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("figure_id", ALL)
def test_every_text_can_be_read(figure_id, page, language, study, monkeypatch):
    figure = draw(figure_id, study, language, **PAGES[page]).figure
    assert faults(figure, monkeypatch) == []
    settings = FigureSettings(**PAGES[page])
    width, height = figure.get_size_inches() * MILLIMETRES_PER_INCH
    assert width == pytest.approx(page_width(settings))
    if figure_id not in WHOLE:
        assert height <= page_height(settings) + 0.01


@pytest.mark.parametrize("figure_id", ALL)
def test_drawn_twice_it_is_the_same_to_the_byte(figure_id, study):
    pictures = []
    for _ in range(2):
        picture = io.BytesIO()
        with styled():
            plot = draw(figure_id, study, "fr", preset="slides", dark=True)
            plot.figure.savefig(picture, format="png", dpi=100)
        pictures.append(picture.getvalue())
    assert pictures[0] == pictures[1]


def test_the_check_sees_what_cannot_be_read(study, monkeypatch):
    """It finds a text cut off, one over another, and one too small."""
    figure = draw("topic-quality", study).figure
    assert faults(figure, monkeypatch) == []
    figure.text(0.99, 0.5, "far beyond the right edge")
    figure.text(0.5, 0.5, "one over", size=SMALL)
    figure.text(0.5, 0.5, "the other", size=5)
    found = " ".join(faults(figure, monkeypatch))
    assert "cut off: 'far beyond" in found
    assert "small: 'the other'" in found
    assert "over one another: 'one over' and 'the other'" in found
