import itertools
from datetime import date

import numpy as np
import pytest
from matplotlib.colors import to_rgb

from geostance.publish.dark import turned
from geostance.publish.figures import FIGURES
from geostance.publish.pages import PAGES
from geostance.publish.style import (
    CATEGORIES,
    FAVOURABLE,
    INK,
    LANGUAGE_COLOURS,
    NEUTRAL,
    SOFT,
    TARGET_COLOURS,
    TARGET_MARKERS,
    UNFAVOURABLE,
    fit,
    fit_each,
    hatches,
    language_colours,
    new_figure,
    save_figure,
    styled,
    target_colours,
    target_markers,
    text_width,
    wrap,
)
from geostance.publish.words import Words
from geostance.settings.publishing import FigureSettings

# What each colour-blindness makes of linear RGB. Source: Machado, Oliveira & Fernandes 2009,
# severity 1.
SIGHTS = {
    "full": np.eye(3),
    "protan": np.array(
        [
            [0.152286, 1.052583, -0.204868],
            [0.114503, 0.786281, 0.099216],
            [-0.003882, -0.048116, 1.051998],
        ]
    ),
    "deutan": np.array(
        [
            [0.367322, 0.860646, -0.227968],
            [0.280085, 0.672501, 0.047413],
            [-0.01182, 0.04294, 0.968881],
        ]
    ),
    "tritan": np.array(
        [
            [1.255528, -0.076749, -0.178779],
            [-0.078411, 0.930809, 0.147602],
            [0.004733, 0.691367, 0.3039],
        ]
    ),
}


def lab(colour, sight):
    channels = np.array(to_rgb(colour))
    linear = np.where(channels <= 0.04045, channels / 12.92, ((channels + 0.055) / 1.055) ** 2.4)
    to_xyz = np.array(
        [[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]]
    )
    ratio = to_xyz @ np.clip(sight @ linear, 0, 1) / np.array([0.9505, 1, 1.089])
    f = np.where(ratio > 0.008856, np.cbrt(ratio), 7.787 * ratio + 16 / 116)
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


def closest(colours, sight):
    places = [lab(colour, SIGHTS[sight]) for colour in colours]
    return min(np.linalg.norm(a - b) for a, b in itertools.combinations(places, 2))


@pytest.mark.parametrize("sight", SIGHTS)
def test_colours_stay_apart_for_every_eye(sight):
    default = [TARGET_COLOURS[target] for target in ("russia", "nato", "india")]
    assert closest(default, sight) > 20
    assert closest((UNFAVOURABLE, NEUTRAL, FAVOURABLE), sight) > 30
    assert closest(CATEGORIES, sight) > 12


def test_default_targets_differ_in_grey():
    lightness = [lab(TARGET_COLOURS[t], SIGHTS["full"])[0] for t in ("russia", "nato", "india")]
    assert min(abs(a - b) for a, b in itertools.combinations(lightness, 2)) > 8


def test_targets_keep_their_colour_and_new_ones_take_a_free_one():
    colours = target_colours(["nato", "north-korea", "mars", "russia"])
    assert colours["russia"] == TARGET_COLOURS["russia"]
    assert len(set(colours.values())) == 4
    assert len(set(target_markers(list(colours)).values())) == 4


def test_text_is_cut_to_the_millimetre():
    with styled():
        short = fit("A very long name of a newspaper in the north", 20)
        assert short.endswith("…")
        assert text_width(short) <= 20
        assert fit("Short", 20) == "Short"


def test_names_that_differ_at_the_end_stay_different():
    with styled():
        cut = fit_each([f"The same long name of a newspaper {n}" for n in (1, 2)], 25)
    assert cut[0] != cut[1]


@pytest.mark.parametrize("figure_id", ["topic-map", "stance-distribution"])
def test_saving_twice_gives_the_same_bytes(figure_id, tmp_path, make_study):
    spec = FIGURES[figure_id]
    for run in ("first", "second"):
        study = make_study(60)
        plot = spec.draw(**{name: study[name] for name in spec.tables})
        paths = save_figure(plot.figure, tmp_path / run, figure_id)
    assert [path.suffix for path in paths] == [".pdf", ".png", ".svg"]
    for path in paths:
        assert path.read_bytes() == (tmp_path / "first" / path.name).read_bytes()


def test_pdf_embeds_truetype_fonts(tmp_path, make_study):
    study = make_study(30)
    plot = FIGURES["topic-sizes"].draw(
        **{name: study[name] for name in FIGURES["topic-sizes"].tables}
    )
    pdf = save_figure(plot.figure, tmp_path, "topic-sizes")[0].read_bytes()
    assert b"/FontFile2" in pdf
    assert b"/Type3" not in pdf


@pytest.mark.parametrize(
    ("language", "count", "number", "share"),
    [("en", "1,234,567", "+0.50", "50%"), ("fr", "1\u202f234\u202f567", "+0,50", "50\u202f%")],
)
def test_numerals_follow_the_language(language, count, number, share):
    say = Words(language)
    assert (say.count(1234567), say.signed(0.5), say.share(0.5)) == (count, number, share)
    assert say.signed(-0.001) == say.number(0.0)
    assert say.number(float("nan")) == "–"


def test_every_phrase_speaks_both_languages():
    from geostance.publish.words import _entries

    entries = _entries("publish/words.yml")
    assert [key for key, entry in entries.items() if set(entry) != {"en", "fr"}] == []
    for key, entry in entries.items():
        braces = [entry[language].count("{") for language in ("en", "fr")]
        assert braces[0] == braces[1], key


def test_names_unknown_to_the_project_show_as_they_are():
    say = Words("fr")
    assert say.target("north-korea") == "North Korea"
    assert say.known("reason", "cut_off_by_archive") == "cut off by archive"
    assert say.tongue("pt-BR") == "pt-BR"


@pytest.mark.parametrize("sight", SIGHTS)
def test_colours_stay_apart_on_a_dark_ground(sight):
    default = [TARGET_COLOURS[target] for target in ("russia", "nato", "india")]
    for colours, least in ((default, 20), ((UNFAVOURABLE, NEUTRAL, FAVOURABLE), 25)):
        assert closest([tuple(one[:3]) for one in turned(colours)], sight) > least


def test_on_a_dark_ground_everything_stands_out_as_on_white():
    """Contrast of text 4.5, of marks 3 (WCAG 2.2), on white and on what white becomes."""

    def contrast(one, other):
        luminances = sorted(
            ((lab(colour, SIGHTS["full"])[0] + 16) / 116) ** 3 for colour in (one, other)
        )
        return (luminances[1] + 0.05) / (luminances[0] + 0.05)

    page = tuple(turned("white")[0][:3])
    marks = [TARGET_COLOURS[target] for target in ("russia", "nato", "india")]
    for colour, least in [(INK, 4.5), (SOFT, 4.5), *((mark, 3) for mark in marks)]:
        assert contrast(colour, "white") >= least
        assert contrast(tuple(turned(colour)[0][:3]), page) >= least


def test_languages_differ_in_grey_by_lightness_or_hatch():
    colours = language_colours(list(LANGUAGE_COLOURS))
    looks = {
        name: (lab(colour, SIGHTS["full"])[0], hatch)
        for (name, colour), hatch in zip(colours.items(), hatches(colours).values(), strict=True)
    }
    for (light, hatch), (other, another) in itertools.combinations(looks.values(), 2):
        assert abs(light - other) > 8 or hatch != another
    assert len(set(colours.values())) == len(colours)


def test_targets_differ_by_their_marker_whatever_the_eye():
    assert len(set(TARGET_MARKERS.values())) == len(TARGET_MARKERS) == len(TARGET_COLOURS)


def test_pages_are_those_of_the_journals():
    assert PAGES["nature"].single == 89 and PAGES["nature"].double == 183
    assert all(page.single <= page.double <= 191 and page.height <= 235 for page in PAGES.values())
    assert PAGES["slides"].double / PAGES["slides"].height == pytest.approx(16 / 9, abs=0.01)
    assert FigureSettings(preset="slides", width="double").width == "single"


SCRIPTS = {
    "Latin": "Échos – Əlaqə Şəki, Yeni Kıyı, Łódź, Žižka",
    "Greek": "Τα Νέα της Αθήνας",
    "Cyrillic": "Северная хроника, Україна, Қазақ тілі",
    "Devanagari": "नव दिशा दर्पण क्षेत्र",
    "Armenian": "Հայաստանի Հանրապետություն",
    "Georgian": "საქართველოს ამბები",
    "Arabic": "صوت المدينة، ١٢٣",
    "Persian": "می‌خواهم گفت‌وگو پیش از این",
    "numerals": "1\u202f234,5\u202f% − + ± × · … « » “ ” → ≥",
}


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("weight", ["normal", "bold"])
@pytest.mark.parametrize("script", SCRIPTS)
def test_every_script_claimed_has_its_letters(script, weight, tmp_path):
    """matplotlib warns of a letter that no font has, and would draw a box."""
    with styled():
        figure = new_figure(80, 20)
        figure.text(0.05, 0.5, SCRIPTS[script], weight=weight)
        save_figure(figure, tmp_path, "label")


def test_letters_join_as_their_script_wants():
    """A ligature is narrower than its letters; a conjunct than its consonants; vowels turn round."""
    with styled():
        assert text_width("لا") < text_width("ل") + text_width("ا") - 0.2
        assert text_width("क्ष") < text_width("क") + text_width("ष")
        ink = [_ink("ابجد"), _ink("دجبا")]
    # Written the other way round, the same letters join otherwise.
    assert not np.array_equal(*ink)


def _ink(text):
    figure = new_figure(20, 8)
    figure.text(0.1, 0.4, text)
    figure.canvas.draw()
    return np.asarray(figure.canvas.buffer_rgba())[:, :, 0]


def test_arabic_runs_from_right_to_left():
    """An alif, a bare stroke, stands at the right end where it comes first."""
    with styled():
        columns = np.flatnonzero((_ink("اس") < 128).any(axis=0))
        seen = _ink("اس")[:, columns[0] : columns[-1] + 1] < 128
    tall = seen.any(axis=1).nonzero()[0].min()
    assert seen[tall].nonzero()[0].min() > seen.shape[1] / 2


def test_long_text_is_wrapped_and_its_end_cut():
    with styled():
        lines = wrap("one two three four five six seven eight nine ten " * 4, 20, most=3)
        assert len(lines) == 3 and lines[-1].endswith("…")
        assert all(text_width(line) <= 20 for line in lines)
        assert wrap("short", 20) == ["short"]
        assert wrap("unbreakable" * 9, 20, most=2)[0].endswith("…")


@pytest.mark.parametrize(
    ("language", "written"), [("en", "1\u00a0Mar\u00a02024"), ("fr", "1er\u00a0mars\u00a02024")]
)
def test_dates_follow_the_language(language, written):
    assert Words(language).short_date(date(2024, 3, 1)) == written
