"""The report in a real Chromium, from a disk: every control, by pointer and by keyboard."""

import html
import itertools
import os
import re
import shutil
import unicodedata
from pathlib import Path

import polars as pl
import pytest

from benchmarks.report import invented_items, publish, study_of
from geostance.publish.report import REPORT_TABLES

NAMES = ("chromium", "chromium-browser", "google-chrome")
CHROMIUM = next((found for name in NAMES if (found := shutil.which(name))), None)

pytestmark = pytest.mark.skipif(
    CHROMIUM is None, reason="Chromium is not installed: apt-get install chromium"
)

MANY = 20_000
# Each would set window.taken, add an element, or end what it stands in.
PAYLOADS = (
    "<script>window.taken=1</script>",
    "</script><script>window.taken=1</script>",
    "<img class=taken src=x onerror=window.taken=1>",
    "<svg class=taken onload=window.taken=1>",
    "<iframe class=taken srcdoc='<script>parent.taken=1</script>'></iframe>",
    "<b class=taken>bold</b>",
    "<style class=taken>*{display:none}</style>",
    "<a class=taken href=javascript:window.taken=1>here</a>",
    "<!--<script>",
    "\u2028window.taken=1//\u2029",
)
WRAPPERS = (
    "{}", '">{}', "'>{}", "`>{}", "]]>{}", "</title>{}", "</textarea>{}", "</style>{}", "&lt;{}", "{{{{{}}}}}",
    "${{{}}}", "\\\");{}", "\\u003c{}", "\u202e{}", "-->{}", "%3C{}", "&#60;{}", "/*{}*/", "');{}//", "\0{}".replace("\0", "\ufffd"),
)  # fmt: skip
HOSTILE = [w.format(p) for p, w in itertools.product(PAYLOADS, WRAPPERS)]
EVERY = MANY // len(HOSTILE)


def hostile_items():
    """20,000 invented items of which 200 have hostile titles, texts and outlets."""
    items = invented_items(MANY).to_dict(as_series=False)
    for at, text in enumerate(HOSTILE):
        row = at * EVERY
        items["title"][row] = text
        items["outlet"][row] = HOSTILE[-at - 1]
        items["text"][row] = f"Moscou tient parole {text}. {text}"
    return pl.DataFrame(items)


@pytest.fixture(scope="module")
def large(tmp_path_factory):
    """The page of the 20,000, whose files, topics and estimates have hostile names too."""
    items = hostile_items()
    names = [HOSTILE[at // EVERY] if at % EVERY == 0 else "a.csv" for at in range(MANY)]
    frames = study_of(items, names)
    frames["topic_info"] = frames["topic_info"].with_columns(label=pl.lit(HOSTILE[0]))
    frames["estimates"] = pl.DataFrame(
        [("russia", "outlet", text, "distinct", "stance", "model", -0.7, None, None, 1, 0, None) for text in HOSTILE],
        schema=frames["estimates"].schema,
        orient="row",
    )  # fmt: skip
    raw = dict.fromkeys(HOSTILE, "ab" * 32)
    return publish(frames, tmp_path_factory.mktemp("large"), title=HOSTILE[2], raw=raw)


@pytest.fixture(scope="module")
def small(tmp_path_factory):
    """The page of a small study in the given language."""
    return lambda language: publish(
        study_of(invented_items(60)),
        tmp_path_factory.mktemp(language),
        title="Une étude" if language == "fr" else "A study",
        language=language,
    )


@pytest.fixture(scope="module")
def chromium():
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"]
        )
        yield browser
        browser.close()


@pytest.fixture
def opened(chromium):
    """Open a page; at the end, no error was logged and nothing was asked of any server."""
    faults = []
    context = chromium.new_context(viewport={"width": 1380, "height": 900}, accept_downloads=True)

    def call(path, fragment=""):
        page = context.new_page()
        page.set_default_timeout(60_000)
        page.on("console", lambda said: faults.append(said.text) if said.type in {"error", "warning"} else None)  # fmt: skip
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.on("dialog", lambda dialog: faults.append("dialog"))
        page.on("request", lambda asked: None if asked.url.startswith(("file:", "data:", "blob:")) else faults.append(asked.url))  # fmt: skip
        page.goto(path.as_uri() + fragment)
        page.wait_for_selector("html[data-listed]", state="attached")
        return page

    call.faults = faults
    yield call
    context.close()
    assert faults == []


def violations(page):
    axe = pytest.importorskip("axe_playwright_python.sync_playwright")
    return [
        (fault["id"], [node["html"][:200] for node in fault["nodes"]])
        for fault in axe.Axe().run(page).response["violations"]
        if fault["impact"] in {"serious", "critical"}
    ]


def draw_all(page):
    """Let everything that waits to be near be drawn."""
    for source in page.locator("table.sortable").all():
        source.evaluate("element => element.closest('section').scrollIntoView()")
    height = page.evaluate("() => document.documentElement.scrollHeight")
    for y in range(0, height, 600):
        page.evaluate(f"() => scrollTo(0, {y})")
        page.evaluate("() => new Promise(requestAnimationFrame)")


def shown(page):
    return int(re.sub(r"\D", "", page.locator("#shown").inner_text()))


def folded(text):
    plain = re.sub("[\u0300-\u036f]", "", unicodedata.normalize("NFKD", text)).lower()
    return set(re.findall(r"\w+", plain.replace("_", " ")))


def holding(items, query):
    """How many items hold, for every word of the query, a word that begins with it."""
    wanted = folded(query)
    words = (folded(f"{title} {text}") for title, text in items.select("title", "text").rows())
    return sum(all(any(w.startswith(q) for w in own) for q in wanted) for own in words)


def search(page, query):
    page.locator("input[name=search]").fill(query)
    page.wait_for_selector(f"html[data-answered='{query}']", state="attached")
    return shown(page)


@pytest.mark.parametrize("language", ["en", "fr"])
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_nothing_hinders_assistive_technology(opened, small, language, theme):
    page = opened(small(language))
    page.emulate_media(color_scheme=theme)
    assert page.locator("html").get_attribute("lang") == language
    page.locator("#list button.link").first.click()
    page.wait_for_selector("html[data-reading]", state="attached")
    for summary in page.locator("summary").all():
        if summary.is_visible() and not summary.evaluate("one => one.parentElement.open"):
            summary.click()
    draw_all(page)
    assert violations(page) == []


def test_200_hostile_strings_are_shown_as_text(opened, large):
    page = opened(large)
    draw_all(page)
    seen = page.evaluate(
        """async (documents) => {
            const found = [];
            for (const id of documents) {
                location.hash = "document=" + id;
                while (document.documentElement.dataset.reading !== id) await new Promise((go) => setTimeout(go, 5));
                found.push(document.getElementById("reader").textContent);
            }
            return found;
        }""",
        [f"{at * EVERY:016x}" for at in range(len(HOSTILE))],
    )
    assert len(seen) == len(HOSTILE) == 200
    for at, text in enumerate(HOSTILE):
        assert text in seen[at]
        assert HOSTILE[-at - 1] in seen[at]
    body = page.locator("#provenance").text_content()
    assert all(text in body for text in HOSTILE)
    assert page.evaluate("() => window.taken") is None
    assert page.locator(".taken").count() == 0
    assert page.title() == HOSTILE[2]


def test_search_finds_every_document_that_holds_the_words(opened, large):
    page = opened(large)
    items = hostile_items()
    assert shown(page) == MANY
    for query in ("n13", "GUERRE ukr", "élu elu", "zzz"):
        assert search(page, query) == holding(items, query)
    assert search(page, "!?") == MANY


def test_filters_narrow_the_list_together(opened, large):
    page = opened(large)
    page.select_option("select[name=language]", label="French")
    page.select_option("select[name=outlet]", label="Le Titre 3")
    wanted = hostile_items().filter(language="fr", outlet="Le Titre 3")
    page.wait_for_function("n => document.getElementById('shown').textContent.replace(/\\D/g, '') == n", arg=str(len(wanted)))  # fmt: skip
    page.locator("input[name=from]").fill("2024-01-01")
    later = wanted.filter(pl.col("date") >= pl.date(2024, 1, 1))
    page.wait_for_function("n => document.getElementById('shown').textContent.replace(/\\D/g, '') == n", arg=str(len(later)))  # fmt: skip
    page.locator("input[name=to]").fill("2023-01-01")
    page.wait_for_function("() => document.getElementById('shown').textContent.endsWith(' 0')")
    page.locator("#filters [type=reset]").click()
    page.wait_for_function("n => document.getElementById('shown').textContent.replace(/\\D/g, '') == n", arg=str(MANY))  # fmt: skip
    page.select_option("select[name=target]", "0")
    page.select_option("select[name=direction]", "-1")
    page.select_option("select[name=topic]", index=1)
    page.wait_for_function("n => document.getElementById('shown').textContent.replace(/\\D/g, '') != n", arg=str(MANY))  # fmt: skip
    scores = page.locator("#list .tabulator-cell[tabulator-field=t0]").all_inner_texts()
    assert scores
    assert all(score.startswith("−") for score in scores)


def test_list_is_sorted_and_turned_by_keyboard(opened, large):
    page = opened(large)
    heading = page.locator("#list .sort", has_text="Russia")
    heading.focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Enter")
    scores = [text for text in page.locator("#list .tabulator-cell[tabulator-field=t0]").all_inner_texts()]  # fmt: skip
    assert scores == ["+0.80"] * 20
    page.locator(".pages button", has_text="›").last.focus()
    page.keyboard.press("Enter")
    assert page.locator("#documents .pages .active").inner_text() == "2"


def test_reader_goes_through_the_evidence_by_keyboard(opened, small):
    page = opened(small("en"), f"#document={0:016x}")
    page.wait_for_selector("html[data-reading]", state="attached")
    mark = page.locator("#reader mark")
    assert mark.inner_text().startswith("Moscou tient parole")
    chips = page.locator("#reader .text .chip").all_inner_texts()
    assert chips == [f"{name} · quoted · strongest evidence" for name in ("NATO −", "Russia +")]
    page.get_by_role("button", name="Next passage").focus()
    page.keyboard.press("Enter")
    assert page.evaluate("() => document.activeElement.tagName") == "MARK"
    assert page.locator("#reader [role=status]").inner_text() == "Passage 1 of 1"
    page.locator("#reader select").last.select_option("author")
    assert mark.count() == 0
    page.locator("#reader select").last.select_option("quoted")
    page.locator("#reader select").first.select_option("1")
    assert page.locator("#reader .text .chip").all_inner_texts() == chips[:1]
    page.get_by_label("Show dropped lines").check()
    page.get_by_role("button", name="Back to the list").click()
    assert page.evaluate("() => document.activeElement.name") == "search"


def test_keyboard_reaches_content_first_and_a_document_from_the_list(opened, small):
    from playwright.sync_api import TimeoutError as TooLate

    page = opened(small("en"))
    page.keyboard.press("Tab")
    assert page.evaluate("() => document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate("() => document.activeElement.closest('main') !== null")
    button = page.locator("#list button.link").nth(3)
    button.press("Enter")
    try:
        page.wait_for_selector("html[data-reading]", state="attached", timeout=10_000)
    except TooLate:
        # A list that is drawn anew while it loads takes the focus away: the reader presses again.
        button.press("Enter")
        page.wait_for_selector("html[data-reading]", state="attached")
    assert page.evaluate("() => document.activeElement.id") == "reader"
    page.get_by_role("button", name="Back to the list").click()
    assert page.evaluate("() => document.activeElement.closest('.current') !== null")


def test_figure_gives_its_numbers_and_its_citation(opened, small):
    page = opened(small("en"))
    with page.expect_download() as kept:
        page.get_by_role("link", name="Data of the figure").click()
    assert Path(kept.value.path()).read_text() == "month,n\n2024-01,3\n"
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.locator("summary", has_text="Cite").click()
    page.get_by_role("button", name="Copy the BibTeX entry").click()
    page.locator("#told", has_text="Copied.").wait_for()
    copied = page.evaluate("() => navigator.clipboard.readText()")
    assert copied.startswith("@misc{geostance-toy-cdcdcdcdcdcd,")
    page.get_by_role("button", name="Copy the sentence").click()
    page.wait_for_function("() => navigator.clipboard.readText().then((text) => text.includes('A study'))")  # fmt: skip


def test_theme_follows_the_system_until_its_button_is_used(opened, small):
    page = opened(small("en"))
    paper = "() => getComputedStyle(document.body).backgroundColor"
    page.emulate_media(color_scheme="dark")
    dark = page.evaluate(paper)
    page.emulate_media(color_scheme="light")
    assert (light := page.evaluate(paper)) != dark
    page.locator("#theme").click()
    assert page.evaluate(paper) == dark
    assert page.locator("#theme").get_attribute("aria-pressed") == "true"
    page.locator("#theme").click()
    assert page.evaluate(paper) == light


def test_written_tables_sort_filter_and_print(opened, large):
    page = opened(large)
    draw_all(page)
    grid = page.locator("#estimates")
    grid.get_by_label("Filter: Group", exact=True).press_sequentially("textarea")
    page.wait_for_function("() => document.querySelectorAll('#estimates .tabulator-row').length === 10")  # fmt: skip
    assert all("textarea" in text for text in grid.locator("[tabulator-field=group].tabulator-cell").all_inner_texts())  # fmt: skip
    page.emulate_media(media="print")
    assert not page.locator("#documents").is_visible()
    assert not page.locator(".top nav").is_visible()
    assert page.locator("svg.graph").is_visible()


def test_provenance_leads_from_a_figure_to_what_it_follows_from(opened, small):
    page = opened(small("en"))
    page.locator("svg .figure a").focus()
    page.keyboard.press("Enter")
    assert page.locator("#from-toy:target").count() == 1
    page.locator("#from-toy").get_by_role("link", name="stance").click()
    assert page.locator("#from-stance").is_visible()
    assert page.locator("#from-stance code").inner_text() == f"{REPORT_TABLES.index('stance'):064x}"


def test_page_alone_says_that_its_texts_are_elsewhere(opened, large, tmp_path):
    alone = tmp_path / "report.html"
    alone.write_bytes(large.read_bytes())
    page = opened(alone, f"#document={7:016x}")
    page.locator("#reader", has_text="put the folder report-data").wait_for()
    assert shown(page) == MANY
    # What the browser says of the file that it does not find is no fault of the page.
    opened.faults[:] = [fault for fault in opened.faults if "ERR_FILE_NOT_FOUND" not in fault]


def test_narrow_screens_need_no_sideways_scrolling(opened, small):
    page = opened(small("fr"))
    page.set_viewport_size({"width": 360, "height": 740})
    draw_all(page)
    assert page.evaluate("() => document.documentElement.scrollWidth") <= 360


@pytest.mark.skipif("GEOSTANCE_REPORT" not in os.environ, reason="make test-browser names one")
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_report_of_a_finished_study(opened, theme):
    path = Path(os.environ["GEOSTANCE_REPORT"])
    page = opened(path)
    page.emulate_media(color_scheme=theme)
    draw_all(page)
    for link in page.locator("nav a").all():
        link.click()
    for heading in page.locator(".sort:visible").all():
        heading.click()
    for summary in page.locator("summary:visible").all():
        summary.click()
    page.locator("#list button.link").first.click()
    page.wait_for_selector("html[data-reading]", state="attached")
    word = re.search(r"\w{4,}", html.unescape(page.locator("#reader h3").inner_text()))[0]
    assert search(page, word) >= 1
    assert violations(page) == []
