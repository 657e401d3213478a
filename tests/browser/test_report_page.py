"""The report in a real Chromium: scripts run under the policy, texts stay texts."""

import html
import re
import shutil
import subprocess

import polars as pl
import pytest

from geostance.publish.report import REPORT_TABLES, build_report
from geostance.schema import TABLES, empty_table
from geostance.settings.publishing import PublishSettings
from geostance.settings.stance import StanceSettings

NAMES = ("chromium", "chromium-browser", "google-chrome")
CHROMIUM = next((found for name in NAMES if (found := shutil.which(name))), None)

pytestmark = pytest.mark.skipif(
    CHROMIUM is None, reason="Chromium is not installed: apt-get install chromium"
)

HOSTILE = "</script><img src=x onerror=\"document.title='taken'\"><b id=bold>"
SENTENCE = "Moscow broke its word."
TEXT = f"{HOSTILE}\n{SENTENCE}"


def table(name, *rows):
    return pl.DataFrame(rows, schema=TABLES[name], orient="row")


@pytest.fixture(scope="module")
def dom(tmp_path_factory):
    """The page after its scripts ran, with the one document opened."""
    start = len(HOSTILE) + 2 + TEXT.index(SENTENCE)
    end = start + len(SENTENCE)
    block = {"text": "Share this", "start": 0, "end": 10, "kept": False, "reason": "share"}
    frames = {name: empty_table(name) for name in REPORT_TABLES} | {
        "documents": table(
            "documents",
            ("d1", "a.csv", 1, HOSTILE, HOSTILE, None, None, "javascript:alert(1)", "en", TEXT),
        ),
        "cleaned": table("cleaned", ("d1", HOSTILE, TEXT, "en", 1.0, None, [block])),
        "dropped": table("dropped", ("d1", HOSTILE, 0, 10, HOSTILE, "share", "whole_line", None)),
        "unique": table("unique", ("d1", "d1", 1, True, "representative", 1.0, 1.0)),
        "sentences": table("sentences", ("d1", "d1-0001", start, end, SENTENCE)),
        "topics": table("topics", ("d1", 0, 1.0, 0.0, 0.0, 0)),
        "topic_info": table("topic_info", (0, HOSTILE, 1, ["d1"])),
        "mentions": table(
            "mentions",
            (
                *("d1", "d1-0001", "russia", start, start + 6, "Moscow", 1.0, True),
                *(0.8, 0.1, 0.1, 0.9, "quoted", [{"sentence_id": "d1-0001", "share": 1.0}], "toy"),
            ),
        ),
        "stance": table(
            "stance",
            (
                "d1",
                "russia",
                -0.7,
                0.0,
                None,
                1,
                0.8,
                0.1,
                0.1,
                1.0,
                ["d1-0001"],
                True,
                True,
                "toy",
            ),
        ),
        "estimates": table(
            "estimates",
            (
                "russia",
                "outlet",
                HOSTILE,
                "distinct",
                "stance",
                "model",
                -0.7,
                None,
                None,
                1,
                0,
                None,
            ),
        ),
    }
    folder = tmp_path_factory.mktemp("report")
    page = folder / "report.html"
    page.write_text(
        build_report(
            frames,
            [],
            folder,
            settings=PublishSettings(title="Study"),
            stance=StanceSettings(),
        ),
        encoding="utf-8",
    )
    ran = subprocess.run(
        [
            CHROMIUM,
            *("--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking"),
            *(f"--user-data-dir={folder / 'profile'}", "--window-size=1400,1000"),
            *("--virtual-time-budget=3000", "--dump-dom", f"{page.as_uri()}#document=d1"),
        ],
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    )
    return ran.stdout


def test_scripts_run_to_the_end(dom):
    assert 'data-ready="yes"' in dom
    assert 'data-reading="d1"' in dom


def test_hostile_text_makes_no_element(dom):
    assert "<title>Study</title>" in dom
    assert "<img" not in dom
    assert "<b id=" not in dom
    assert 'href="javascript:' not in dom


def test_list_and_estimates_hold_their_rows(dom):
    assert dom.count('class="tabulator-row') >= 2
    assert "−0.70" in dom
    assert "Documents shown: 1" in dom


def test_reader_marks_the_evidence_with_class_and_voice(dom):
    marked = re.search(r'<mark class="unf">(.*?)</mark>(<span class="chip">.*?</span>)', dom)
    assert html.unescape(marked[1]) == SENTENCE
    assert "Russia − · quoted · strongest evidence" in marked[2]


def test_every_filter_has_a_label(dom):
    form = re.search(r'<form id="filters".*?</form>', dom, re.S)[0]
    assert form.count("<label") == form.count("<select") + form.count("<input") == 6
