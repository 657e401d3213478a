"""The topic browser in JupyterLab, in a real Chromium, by keyboard alone."""

import os
import re
from pathlib import Path

import pytest

from geostance.topics.edits import read_edits

CELL = "from geostance.lab import TopicBrowser\n\nTopicBrowser()"


@pytest.fixture
def lab(start_lab, topic_study):
    return start_lab(CELL, topic_study)


@pytest.fixture
def open_browser(page, run_the_cell):
    """Run the cell and return the list of topics."""

    def run(address):
        run_the_cell(address)
        topics = page.locator(".jp-OutputArea .widget-select select")
        topics.wait_for()
        return topics

    return run


def listed(select):
    # The widget writes spaces that do not break.
    return [text.replace("\xa0", " ") for text in select.locator("option").all_inner_texts()]


def said(page):
    return page.locator(".jp-OutputArea [role=status]")


def test_names_and_merges_made_by_keyboard_outlive_the_kernel(
    lab, page, open_browser, kill_kernels, topic_study
):
    topics = open_browser(lab)
    assert listed(topics)[0] == "0 gazoduc — 3"
    assert page.title() != "taken"

    topics.focus()
    page.keyboard.press("ArrowDown")
    page.locator("input[placeholder='1 scrutin']").wait_for()
    page.keyboard.press("Tab")
    page.keyboard.type("Town elections")
    page.keyboard.press("Enter")
    said(page).get_by_text("written to").wait_for()
    # From the name to the topic to merge with, and on to the button.
    page.keyboard.press("Tab")
    page.keyboard.press("End")
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    merged = re.compile(r"merged\sfrom\s1,\s2")
    topics.locator("option", has_text=merged).wait_for(state="attached")

    path = topic_study / "topics.yml"
    before = path.read_bytes()
    edits = read_edits(path)
    assert [edit.name for edit in edits] == ["Town elections"] * 2
    assert {edit.merge for edit in edits} == {"Town elections"}
    # No key of these reached the notebook as a shortcut.
    assert page.locator(".jp-Notebook .jp-Cell").count() == 1

    if folder := os.environ.get("GEOSTANCE_SCREENSHOTS"):
        page.screenshot(path=Path(folder) / "topic-browser.png")
    kill_kernels(lab)
    topics = open_browser(lab)
    assert listed(topics)[1] == "Town elections — 6 (merged from 1, 2)"
    assert path.read_bytes() == before


def test_hostile_texts_stay_texts(lab, page, open_browser):
    topics = open_browser(lab)
    reading = page.locator(".jp-OutputArea .widget-dropdown select").last
    reading.select_option(index=[one[:2] for one in listed(reading)].index("fr"))
    page.locator(".jp-OutputArea div[lang=fr]", has_text="<script>").wait_for()
    assert page.locator(".jp-OutputArea img, .jp-OutputArea script").count() == 0
    assert "taken" not in page.title()
    assert topics.count() == 1
