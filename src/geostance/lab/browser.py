"""The topic browser: read topics, name, merge and mark them, and keep that in a file."""

from collections.abc import Callable
from html import escape
from pathlib import Path
from typing import Any

import ipywidgets as widgets

from geostance.errors import GeostanceError
from geostance.lab.desk import EditDesk, ReadTopic
from geostance.lab.fitted import read_fitted
from geostance.lab.rendering import article_html, message_html, words_html
from geostance.publish.notebooks import is_page
from geostance.published import folder
from geostance.settings.topics import TopicEditSettings
from geostance.topics.documents import ALL_LANGUAGES

EDITS = "topics.yml"
_WORDS_SHOWN = 8
_NO_MARK = "none"
# JupyterLab takes arrows and letters for its own shortcuts wherever the focus is not in a field;
# in a list of topics they would move to other cells, or cut them.
_KEEP_KEYS = """
const keep = tries => {
  const area = element.closest('.jp-OutputArea');
  // What has the focus must bear the attribute itself.
  if (area) area.addEventListener('focusin', event =>
    event.target.setAttribute('data-lm-suppress-shortcuts', 'true'));
  // The output takes its place in the page after its script has run.
  else if (tries) requestAnimationFrame(() => keep(tries - 1));
};
keep(300);
"""
_NO_TOPIC = -1


class TopicBrowser:
    """A study's topics to be read and edited in JupyterLab; the last line of a cell shows it.

    Every change is written at once to topics.yml in the study's folder, which the next
    ``make all`` applies. All of it can be done by keyboard: Tab goes on, arrows choose, Enter
    takes a name, Space presses a button.

    Args:
        study: the folder of a study (DATA of make); by default the one whose published folder
            notebooks read.
        levels: from which overlap an edit counts as drifted or lost (config: topics.edits).

    Raises:
        StaleError: the study has no topics yet.
        ConfigError: its topics.yml is wrong.
    """

    def __init__(
        self, study: str | Path | None = None, levels: TopicEditSettings | None = None
    ) -> None:
        place = folder().parent if study is None else Path(study)
        self.desk = EditDesk(read_fitted(place), place / EDITS, levels)
        self._filling = False
        # A page has no kernel to answer, and widgets bear another name at each run.
        if not is_page():
            self._controls()
            self._arrange()
            self._fill(self._first(), "\n".join(self.desk.messages), warning=True)

    @property
    def topic(self) -> ReadTopic:
        """The topic that is being read."""
        return self.desk.topics[self.topics.value]

    def _ipython_display_(self) -> None:
        from IPython.display import HTML, Javascript, display

        if is_page():
            display(HTML(self._page()))
        else:
            display(self.widget, Javascript(_KEEP_KEYS))

    def _controls(self) -> None:
        wide = widgets.Layout(width="auto")
        described = {"style": {"description_width": "6.5em"}, "layout": wide}
        self.heading = widgets.HTML()
        self.message = widgets.HTML()
        self.topics = widgets.Select(rows=18, layout=wide)
        self.words = widgets.HTML()
        self.name = widgets.Text(description="Name", continuous_update=False, **described)
        self.other = widgets.Dropdown(
            description="Merge with",
            style=described["style"],
            layout=widgets.Layout(flex="1 1 auto", width="auto"),
        )
        self.merge = widgets.Button(description="Merge", tooltip="Make one topic of the two")
        self.split = widgets.Button(description="Split", tooltip="Take a merged topic apart")
        self.mark = widgets.Dropdown(
            description="Mark", options=[_NO_MARK, "keep", "drop", "unsure"], **described
        )
        self.note = widgets.Textarea(
            description="Note", continuous_update=False, rows=2, **described
        )
        self.undo = widgets.Button(description="Undo", tooltip="Take the last change back")
        self.reload = widgets.Button(description="Reload", tooltip="Read the file again")
        self.documents = widgets.Dropdown(description="Read", **described)
        self.text = widgets.HTML(
            layout=widgets.Layout(
                max_height="30em",
                overflow="auto",
                border="1px solid #8886",
                padding="8px",
            )
        )
        self.topics.observe(self._chosen, "value")
        self.documents.observe(self._read, "value")
        self.name.observe(self._on(lambda topic: self.desk.rename(topic, self.name.value)), "value")
        self.note.observe(self._on(lambda topic: self.desk.note(topic, self.note.value)), "value")
        self.mark.observe(self._on(self._marked), "value")
        self.merge.on_click(self._on(self._merged))
        self.split.on_click(self._on(lambda topic: self.desk.split(topic)))
        self.undo.on_click(self._on(lambda _: self.desk.undo()))
        self.reload.on_click(self._on(lambda _: self.desk.reload()))

    def _arrange(self) -> None:
        row = widgets.Layout(width="auto", align_items="center")
        left = widgets.VBox([self.topics, self.message], layout=widgets.Layout(width="38%"))
        right = widgets.VBox(
            [
                self.words,
                self.name,
                widgets.HBox([self.other, self.merge, self.split], layout=row),
                self.mark,
                self.note,
                widgets.HBox([self.undo, self.reload], layout=row),
                self.documents,
                self.text,
            ],
            layout=widgets.Layout(width="62%", padding="0 0 0 16px"),
        )
        body = widgets.HBox([left, right], layout=widgets.Layout(width="100%"))
        self.widget = widgets.VBox([self.heading, body])

    def _on(self, change: Callable[[int], Any]) -> Callable[[Any], None]:
        """Return a handler that makes a change to the topic being read, or says why it was not."""

        def handle(_: Any) -> None:
            if self._filling:
                return
            topic = self.topics.value
            parts = self.topic.parts
            try:
                change(topic)
            except GeostanceError as error:
                self._fill(topic, str(error), warning=True)
                return
            path = self.desk.path
            written = f"written to {path.parent.name}/{path.name}"
            said = "\n".join([written, *self.desk.messages])
            self._fill(self._holding(parts[0]), said, warning=bool(self.desk.messages))

        return handle

    def _marked(self, topic: int) -> None:
        mark = self.mark.value
        self.desk.mark(topic, None if mark == _NO_MARK else mark)

    def _merged(self, topic: int) -> None:
        if self.other.value != _NO_TOPIC:
            self.desk.merge(topic, self.other.value)

    def _chosen(self, _: Any) -> None:
        if not self._filling:
            self._fill(self.topics.value, "", warning=False)

    def _first(self) -> int:
        return next((number for number in self.desk.topics if number >= 0), -1)

    def _holding(self, part: int) -> int:
        """Return the topic that a topic of the fit is in now."""
        return next(topic.number for topic in self.desk.topics.values() if part in topic.parts)

    def _fill(self, number: int, said: str, *, warning: bool) -> None:
        """Bring every control in step with the topics, reading ``number``."""
        self._filling = True
        try:
            shown = [topic for topic in self.desk.topics.values() if topic.number >= 0]
            outliers = self.desk.topics.get(-1)
            listed = [*shown, *([outliers] if outliers else [])]
            self.heading.value = f"<b>{escape(self._summary())}</b>"
            self.message.value = message_html(said, warning=warning)
            self.topics.options = [(_line(topic), topic.number) for topic in listed]
            self.topics.value = number
            topic = self.topic
            self.words.value = words_html(self._words(topic))
            self.name.value = topic.name or ""
            self.name.placeholder = topic.label
            others = [(_line(one), one.number) for one in shown if one.number != number]
            self.other.options = [("choose a topic", _NO_TOPIC), *others]
            self.other.value = _NO_TOPIC
            self.mark.value = topic.mark or _NO_MARK
            self.note.value = topic.note or ""
            # Outliers are what no topic holds: there is nothing to decide about them as a whole.
            for control in (self.name, self.other, self.merge, self.mark, self.note):
                control.disabled = number < 0
            self.split.disabled = len(topic.parts) < 2
            self.documents.options = self._documents(topic)
            self.documents.value = self.documents.options[0][1]
            self._read(None)
        finally:
            self._filling = False

    def _read(self, _: Any) -> None:
        if self.documents.value is not None:
            self.text.value = article_html(self.desk.fitted.articles[self.documents.value])

    def _summary(self) -> str:
        n_topics = sum(number >= 0 for number in self.desk.topics)
        topics = self.desk.topics.values()
        n_documents = sum(topic.n_documents for topic in topics)
        aside = sum(topic.n_documents * topic.outlier_share for topic in topics)
        return (
            f"{n_topics} topics, {n_documents:,} documents, "
            f"{aside / max(n_documents, 1):.1%} of them outliers"
        )

    def _words(self, topic: ReadTopic) -> list[tuple[str, str, list[str]]]:
        found = self.desk.fitted.words
        listed = []
        for part in topic.parts:
            words = found.filter(topic=part).sort("rank")
            languages = sorted(set(words["language"]) - {ALL_LANGUAGES})
            for language in languages:
                own = words.filter(language=language)["shown"].head(_WORDS_SHOWN)
                heading = f"{part} {language}" if len(topic.parts) > 1 else language
                listed.append((heading, language, own.to_list()))
        return listed

    def _documents(self, topic: ReadTopic) -> list[tuple[str, str]]:
        """Return the documents to read: in each language those nearest to the centre first."""
        centres = self.desk.fitted.centres
        rows = centres.filter(centres["topic"].is_in(topic.parts)).sort("language", "language_rank")
        articles = self.desk.fitted.articles
        return [
            (f"{one.language} {place} · {one.outlet} · {one.title}", one.doc_id)
            for place, doc_id in rows.select("language_rank", "doc_id").iter_rows()
            for one in [articles[doc_id]]
        ]

    def _page(self) -> str:
        topics = [topic for topic in self.desk.topics.values() if topic.number >= 0]
        parts = "".join(
            f"<details><summary>{escape(_line(topic))}</summary>{words_html(self._words(topic))}"
            "</details>"
            for topic in topics
        )
        return f"<p>{escape(self._summary())}</p>{parts}"


def _line(topic: ReadTopic) -> str:
    parts = f" (merged from {', '.join(map(str, topic.parts))})" if len(topic.parts) > 1 else ""
    keep = " [keep]" if topic.mark == "keep" else ""
    aside = f", {topic.outlier_share:.0%} outliers" if 0 < topic.outlier_share < 1 else ""
    return f"{topic.label}{keep} — {topic.n_documents:,}{aside}{parts}"
