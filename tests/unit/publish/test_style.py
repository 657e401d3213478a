import itertools

import numpy as np
import pytest
from matplotlib.colors import to_rgb

from geostance.publish.figures import FIGURES
from geostance.publish.style import (
    CATEGORIES,
    FAVOURABLE,
    NEUTRAL,
    TARGET_COLOURS,
    UNFAVOURABLE,
    fit,
    fit_each,
    save_figure,
    styled,
    target_colours,
    target_markers,
    text_width,
)
from geostance.publish.words import Words

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
