"""The coding desk in JupyterLab, in a real Chromium, by keyboard alone."""

import json
import os
import re
from pathlib import Path

import pytest

CELL = "from geostance.lab import Coder\n\nCoder('ana')"
DOCUMENTS = 30
# Killed with half of them coded, and one answer half given.
KILLED_AFTER = 15


@pytest.fixture
def lab(start_lab, coding_study):
    return start_lab(CELL, coding_study)


class Desk:
    """What a coder sees and presses."""

    def __init__(self, page):
        self.page = page
        self.root = page.locator(".jp-OutputArea .gs-coder")
        self.text = self.root.locator(".gs-text")

    def opened(self):
        self.text.wait_for()
        self.page.wait_for_function("document.activeElement.classList.contains('gs-text')")
        return self

    def press(self, *keys):
        """Press keys one after the other, waiting until the kernel has kept what each said."""
        for key in keys:
            self.page.keyboard.press(key)
            self.root.locator(".gs-saved", has_text=re.compile(r"^saved \d|^nothing")).wait_for()

    def at(self, place):
        self.root.locator(".gs-place", has_text=f"{place} of {DOCUMENTS}").wait_for()

    def pressed(self):
        return self.root.locator("button[aria-pressed=true]").all_inner_texts()

    def evidence(self):
        return self.root.locator(".gs-evidence li:not(.gs-hint)").all_inner_texts()


@pytest.fixture
def desk(page):
    return Desk(page)


def rows(study):
    path = study / "annotations" / "ana.jsonl"
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def code(desk, place):
    """Code the article on the screen: every third one is not relevant, as every coder has some."""
    desk.at(place)
    if place % 3 == 0:
        desk.press("x")
    else:
        desk.press("r", "u" if place % 2 else "f", "q")
        # The first word of the article, selected with Shift and the arrows.
        desk.page.keyboard.press("Control+Home")
        desk.page.keyboard.press("Control+Shift+ArrowRight" if place % 3 == 1 else "Shift+End")
        desk.press("e")


def test_thirty_articles_coded_by_keyboard_outlive_a_killed_kernel(
    lab, page, desk, run_the_cell, kill_kernels, coding_study
):
    run_the_cell(lab)
    desk.opened()
    for place in range(1, KILLED_AFTER + 1):
        code(desk, place)
        desk.press("Enter")
    desk.at(KILLED_AFTER + 1)
    desk.press("r", "n")
    before = rows(coding_study)
    assert len(before) == KILLED_AFTER + 1

    kill_kernels(lab)
    # What is pressed now cannot be kept, and the desk says so.
    page.keyboard.press("a")
    desk.root.locator(".gs-message", has_text="NOT SAVED").wait_for()
    assert rows(coding_study) == before

    run_the_cell(lab)
    desk.opened()
    desk.at(KILLED_AFTER + 1)
    assert [name.split()[-1] for name in desk.pressed()] == ["relevant", "neutral"]
    desk.press("o", "Enter")
    for place in range(KILLED_AFTER + 2, DOCUMENTS + 1):
        code(desk, place)
        desk.press("Enter")
    desk.root.locator(".gs-message", has_text="All are coded").wait_for()

    after = rows(coding_study)
    assert len(after) == DOCUMENTS == len({row["doc_id"] for row in after})
    assert after[:KILLED_AFTER] == before[:KILLED_AFTER]
    assert all(row["relevant"] in (0, 1) and row["coded_at"] for row in after)
    assert len({row["codebook"] for row in after}) == 1
    relevant = [row for row in after if row["relevant"]]
    assert len(relevant) == 20 and {row["stance"] for row in relevant} == {-1, 0, 1}
    # No key of these reached the notebook as a shortcut.
    assert page.locator(".jp-Notebook .jp-Cell").count() == 1


def test_evidence_is_selected_by_keyboard_in_the_order_of_its_script(
    lab, page, desk, run_the_cell, coding_study
):
    run_the_cell(lab)
    desk.opened()
    # Arabic: the arrow to the left goes on.
    page.keyboard.press("Control+Home")
    for _ in range(4):
        page.keyboard.press("Shift+ArrowLeft")
    desk.press("e")
    page.keyboard.press("s")
    page.keyboard.type("3")
    desk.press("Enter")
    assert desk.evidence() == ["موسك", "ورحب التجار بالقرار."]
    direction = desk.text.evaluate("element => getComputedStyle(element).direction")
    assert direction == "rtl" and desk.text.get_attribute("lang") == "ar"
    desk.press("Backspace", "u", "z", "Enter", "Enter")
    # French, with a letter beyond the plane in which a page counts one.
    desk.at(3)
    page.keyboard.press("s")
    page.keyboard.type("3-4")
    desk.press("Enter")
    assert desk.text.locator("mark.gs-mention").all_inner_texts() == ["Moscou", "Russie", "Moscou"]
    page.keyboard.press("t")
    page.keyboard.type("unanswered")
    desk.press("Enter", "u", "q")
    if folder := os.environ.get("GEOSTANCE_SCREENSHOTS"):
        page.screenshot(path=Path(folder) / "coding-desk.png")
    [arabic, french] = rows(coding_study)
    assert arabic["draft"] and [one["text"] for one in arabic["evidence"]] == ["موسك"]
    text = "Moscou ferme la vanne\n\nLa Russie coupe le gaz. Les villages ont froid 🥶, dit le maire.\n\nMoscou se tait."
    said = [(one["start"], one["end"], one["text"]) for one in french["evidence"]]
    assert [text[start:end] for start, end, _ in said] == [piece for *_, piece in said]
    assert [piece for *_, piece in said] == [
        "Les villages ont froid 🥶, dit le maire.",
        "Moscou se tait.",
    ]
    assert (french["stance"], french["voice"], french["note"]) == (-1, "quoted", "unanswered")


def test_hostile_texts_stay_texts_and_the_article_stays_as_it_is(
    lab, page, desk, run_the_cell, coding_study
):
    run_the_cell(lab)
    desk.opened()
    for place in range(1, 6):
        desk.at(place)
        page.keyboard.press("Enter")
    desk.at(6)
    desk.text.get_by_text("<script>").wait_for()
    assert page.locator(".jp-OutputArea img, .jp-OutputArea script").count() == 0
    assert "taken" not in page.title()
    before = desk.text.inner_text()
    for key in ("b", "1", "Space", "Control+x", "Control+v", "Delete"):
        page.keyboard.press("Control+a")
        page.keyboard.press(key)
    page.keyboard.insert_text("é")
    assert desk.text.inner_text() == before


def test_every_control_has_a_name_for_a_screen_reader(lab, page, desk, run_the_cell):
    from axe_playwright_python.sync_playwright import Axe

    run_the_cell(lab)
    desk.opened()
    found = Axe().run(page, context=".gs-coder")
    assert [one["id"] for one in found.response["violations"]] == []
