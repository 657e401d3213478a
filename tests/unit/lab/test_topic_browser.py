import polars as pl
import pytest

from geostance.errors import StaleError
from geostance.lab import TopicBrowser
from geostance.topics.edits import read_edits


@pytest.fixture
def browser(topic_study):
    return TopicBrowser(topic_study)


def edits(browser):
    return read_edits(browser.desk.path)


def lines(browser):
    return [line for line, _ in browser.topics.options]


def test_topics_are_listed_with_their_sizes_and_outliers_last(browser):
    assert lines(browser) == ["0 gazoduc — 3", "1 scrutin — 3", "2 cargo — 3", "outliers — 1"]
    assert "3 topics, 10 documents, 10.0% of them outliers" in browser.heading.value
    assert not browser.desk.path.exists()


def test_words_stand_by_language_and_documents_are_read_in_full(browser):
    assert browser.words.value.index(">ar<") < browser.words.value.index(">fr<")
    assert "<bdi>गैस</bdi>" in browser.words.value
    assert [label.split(" ")[0] for label, _ in browser.documents.options] == ["ar", "fr", "hi"]
    browser.documents.value = "gaz-hi"
    assert 'lang="hi" dir="auto"' in browser.text.value and "सर्दी" in browser.text.value
    browser.documents.value = "gaz-ar"
    assert 'lang="ar" dir="auto"' in browser.text.value and "الشتاء" in browser.text.value


def test_hostile_texts_make_no_element(browser):
    browser.documents.value = "gaz-fr"
    assert "&lt;script&gt;" in browser.text.value
    for widget in (browser.text, browser.words, browser.heading):
        assert not any(f"<{tag}" in widget.value for tag in ("script", "img", "b>gras", "textarea"))


def test_a_name_is_written_at_once(browser):
    browser.name.value = "  Gas  deliveries "
    [edit] = edits(browser)
    assert edit.name == "Gas deliveries"
    assert (
        set(edit.match.documents) == {"gaz-fr", "gaz-hi", "gaz-ar"}
        and "gazoduc" in edit.match.words
    )
    assert lines(browser)[0] == "Gas deliveries — 3" and browser.name.value == "Gas deliveries"
    assert f"written to {browser.desk.path.parent.name}/topics.yml" in browser.message.value


def test_two_topics_become_one_and_are_taken_apart_again(browser):
    browser.name.value = "Energy and ports"
    browser.other.value = 2
    browser.merge.click()
    assert lines(browser)[0] == "Energy and ports — 6 (merged from 0, 2)"
    assert {edit.merge for edit in edits(browser)} == {"Energy and ports"}
    assert "0 fr" in browser.words.value and "2 fr" in browser.words.value
    assert not browser.split.disabled
    browser.split.click()
    assert lines(browser)[:3] == ["Energy and ports — 3", "1 scrutin — 3", "2 cargo — 3"]
    assert [edit.name for edit in edits(browser)] == ["Energy and ports"]


def test_a_third_topic_joins_a_merge_from_either_side(browser):
    browser.other.value = 1
    browser.merge.click()
    browser.topics.value = 2
    browser.other.value = 0
    browser.merge.click()
    assert browser.topics.value == 0 and browser.topic.parts == (0, 1, 2)
    assert len({edit.merge for edit in edits(browser)}) == 1


def test_marks_and_notes_are_kept_and_taken_back(browser):
    browser.mark.value = "drop"
    browser.note.value = "two stories"
    assert lines(browser)[0] == "0 gazoduc [drop] — 3"
    assert (edits(browser)[0].mark, edits(browser)[0].note) == ("drop", "two stories")
    assert "their 3 documents stay" in browser.message.value
    browser.mark.value = "none"
    browser.note.value = ""
    assert edits(browser) == ()


def test_every_change_can_be_undone(browser):
    browser.name.value = "Gas"
    browser.topics.value = 1
    browser.mark.value = "unsure"
    browser.other.value = 0
    browser.merge.click()
    states = [len(edits(browser))]
    for _ in range(4):
        browser.undo.click()
        states.append(len(edits(browser)))
    assert states == [2, 2, 1, 0, 0]
    assert lines(browser)[:2] == ["0 gazoduc — 3", "1 scrutin — 3"]


def test_a_refused_change_says_why_and_changes_nothing(browser):
    browser.name.value = "Gas"
    browser.topics.value = 1
    before = browser.desk.path.read_text()
    for name, said in (("Gas", "two topics have the name"), ("Outliers", "must not be"), ("2 cargo", "two topics would have the label")):  # fmt: skip
        browser.name.value = name
        assert said in browser.message.value and browser.name.value == ""
    assert browser.desk.path.read_text() == before


def test_a_file_changed_by_another_hand_is_not_overwritten(browser):
    browser.name.value = "Gas"
    other = browser.desk.path.read_text().replace("Gas", "Gaz")
    browser.desk.path.write_text(other)
    browser.mark.value = "keep"
    assert "changed by another hand" in browser.message.value
    assert browser.desk.path.read_text() == other
    browser.reload.click()
    assert browser.name.value == "Gaz"
    browser.mark.value = "keep"
    assert edits(browser)[0].mark == "keep"


def test_edits_are_there_when_the_browser_is_opened_again(browser, topic_study):
    browser.name.value = "Gas"
    browser.other.value = 1
    browser.merge.click()
    again = TopicBrowser(topic_study)
    assert lines(again)[0] == "Gas — 6 (merged from 0, 1)" and again.name.value == "Gas"


def test_an_edit_that_is_lost_is_told_and_stays_in_the_file(topic_study):
    (topic_study / "topics.yml").write_text("topics:\n- {match: {documents: [gone]}, name: Gone}\n")
    browser = TopicBrowser(topic_study)
    assert "topic edit 1 (Gone) is lost" in browser.message.value
    browser.name.value = "Gas"
    assert [edit.name for edit in edits(browser)] == ["Gone", "Gas"]


def test_outliers_that_were_given_to_a_topic_stand_behind_its_size(topic_study):
    path = topic_study / "processed" / "topics_fitted.parquet"
    fitted = pl.read_parquet(path)
    aside = pl.when(pl.col("doc_id") == "gaz-fr").then(-1).otherwise("topic")
    fitted.with_columns(topic_found=aside).write_parquet(path)
    browser = TopicBrowser(topic_study)
    assert lines(browser)[0] == "0 gazoduc — 3, 33% outliers"
    assert "20.0% of them outliers" in browser.heading.value


def test_of_outliers_nothing_can_be_decided(browser):
    browser.topics.value = -1
    assert browser.name.disabled and browser.merge.disabled and browser.mark.disabled
    assert "éclipse" in browser.text.value


def test_a_page_shows_what_a_reader_would_choose_from(browser, topic_study, monkeypatch):
    shown = []
    monkeypatch.setattr("IPython.display.display", lambda *parts: shown.extend(parts))
    browser._ipython_display_()
    assert shown[0] is browser.widget
    monkeypatch.setenv("GEOSTANCE_PAGE", "yes")
    page = TopicBrowser(topic_study)
    page._ipython_display_()
    # Their random names would make each run's page differ.
    assert not hasattr(page, "widget")
    assert shown[-1].data.count("<details>") == 3 and "<b>gras" not in shown[-1].data


def test_a_study_without_topics_says_what_to_run(tmp_path):
    with pytest.raises(StaleError, match="run make all"):
        TopicBrowser(tmp_path)
