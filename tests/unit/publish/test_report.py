import base64
import hashlib
import json
import re
from html.parser import HTMLParser
from importlib import resources

import polars as pl
import pytest

from geostance.publish.listings import dropped
from geostance.publish.reading import MOST_CHARACTERS, chosen, readings
from geostance.publish.report import REPORT_TABLES, build_report
from geostance.publish.words import Words
from geostance.settings.publishing import PublishSettings
from geostance.settings.stance import StanceSettings

TARGETS = ["russia", "nato", "india"]


class Page(HTMLParser):
    """What a browser would see: tags with attributes, and the scripts' text."""

    def __init__(self, html):
        super().__init__()
        self.tags, self.scripts, self.inside = [], [], None
        self.feed(html)

    def handle_starttag(self, tag, attributes):
        self.tags.append((tag, dict(attributes)))
        if tag == "script":
            self.inside = dict(attributes).get("type", "")
            self.scripts.append((self.inside, ""))

    def handle_endtag(self, tag):
        self.inside = None if tag == "script" else self.inside

    def handle_data(self, data):
        if self.inside is not None:
            kind, text = self.scripts[-1]
            self.scripts[-1] = (kind, text + data)

    @property
    def data(self):
        return json.loads(next(text for kind, text in self.scripts if "json" in kind))


@pytest.fixture
def figure(tmp_path):
    (tmp_path / "figures").mkdir()
    (tmp_path / "figures" / "toy.png").write_bytes(b"\x89PNG toy")
    (tmp_path / "figures" / "toy.csv").write_text("a,b\n1,2\n")
    return {
        "id": "toy",
        "title": "Toy <i>figure</i>",
        "caption": "Based on 3 documents.",
        "files": {"toy.png": "ab" * 32, "toy.csv": "cd" * 32},
        "numbers": "toy.csv",
        "inputs": {"documents": "12" * 32, "topic_info": "34" * 32},
    }


TABLES = {
    name: {"file": f"{name}.parquet", "sha256": f"{n:064x}", "rows": n, "columns": []}
    for n, name in enumerate(("documents", "cleaned", "topics", "topic_info", "own_table"))
}


@pytest.fixture
def build(tmp_path, figure):
    def call(tables, *, language="en", title="Study", raw=None, saved=None, **limits):
        saved = {} if saved is None else saved
        return build_report(
            {name: tables[name] for name in REPORT_TABLES},
            [figure],
            tmp_path / "figures",
            tables=TABLES,
            raw=raw or {"corpus": {"a.txt": "ef" * 32}, "annotations": {}},
            settings=PublishSettings(language=language, title=title),
            stance=StanceSettings(),
            save=saved.__setitem__,
            **limits,
        )

    return call


def test_asks_nothing_of_any_server(build, study):
    page = Page(build(study))
    loaded = [
        attributes.get(name, "")
        for tag, attributes in page.tags
        for name in ("src", "href", "action", "srcset")
        if name in attributes
    ]
    assert loaded
    assert all(value.startswith(("data:", "#")) for value in loaded)
    policy = next(a["content"] for t, a in page.tags if a.get("http-equiv"))
    assert policy.startswith("default-src 'none';")


def test_policy_lets_its_own_scripts_run_and_no_other(build, study):
    page = Page(build(study))
    policy = next(a["content"] for t, a in page.tags if a.get("http-equiv"))
    runnable = [text for kind, text in page.scripts if kind == ""]
    assert len(runnable) == 3
    for text in runnable:
        digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
        assert f"'sha256-{digest}'" in policy
    assert "'unsafe-inline'" not in policy.split("style-src")[0]


@pytest.mark.parametrize(
    "hostile",
    [
        "</script><script>alert(1)</script>",
        "<!--<script>",
        '"><img src=x onerror=alert(1)>',
        "{{ 7 * 7 }} {% raw %}",
        "\u2028]]>&lt;b&gt;",
    ],
)
def test_hostile_text_stays_text(build, study, hostile):
    tables = study | {
        "documents": study["documents"].with_columns(outlet=pl.lit(hostile), url=pl.lit(hostile)),
        "cleaned": study["cleaned"].with_columns(title=pl.lit(hostile), text=pl.lit(hostile)),
        "topic_info": study["topic_info"].with_columns(label=pl.lit(hostile)),
        "topic_words": study["topic_words"].with_columns(word=pl.lit(hostile)),
        "estimates": study["estimates"].with_columns(group=pl.lit(hostile)),
    }
    html = build(tables, title=hostile, raw={"corpus": {hostile: "ef" * 32}})
    assert "<script>alert" not in html
    assert "<img src=x" not in html
    assert "49 " not in html.split("<body>")[1][:400]
    page = Page(html)
    assert [kind for kind, _ in page.scripts] == ["application/json", "text/plain", "", "", ""]
    assert page.data["documents"][0][1] == hostile
    assert "".join(p["x"] for p in page.data["texts"][0]["pieces"] if "d" not in p) == hostile


@pytest.mark.parametrize("language", ["en", "fr"])
def test_speaks_the_language_of_the_study(build, study, language):
    html = build(study, language=language)
    assert f'<html lang="{language}">' in html
    assert {"en": "Overview", "fr": "Vue d&#39;ensemble"}[language] in html
    assert Page(html).data["targets"][1]["name"] == {"en": "NATO", "fr": "Otan"}[language]


def test_has_landmarks_headings_and_labels(build, study):
    tags = Page(build(study)).tags
    names = [tag for tag, _ in tags]
    assert {"header", "nav", "main", "footer", "h1", "h2"} <= set(names)
    assert all(a.get("aria-label") or a.get("aria-labelledby") for t, a in tags if t == "section")
    assert all(a.get("alt") for t, a in tags if t == "img")
    assert all(a.get("scope") for t, a in tags if t == "th")


def test_figure_carries_caption_and_numbers(build, study):
    html = build(study)
    assert "Toy &lt;i&gt;figure&lt;/i&gt;" in html
    assert "Based on 3 documents." in html
    numbers = base64.b64encode(b"a,b\n1,2\n").decode()
    assert f'href="data:text/csv;charset=utf-8;base64,{numbers}" download="toy.csv"' in html


def test_empty_study_makes_a_page(build, study_without):
    tables = study_without(*REPORT_TABLES)
    html = build(tables)
    assert "There is nothing to show." in html
    assert Page(html).data["documents"] == []


def test_same_study_gives_the_same_page(build, study):
    assert build(study) == build(study)


def test_selection_is_said_and_spread_over_outlets(build, study):
    html = build(study, limit=30)
    kept = study["cleaned"].filter(pl.col("dropped_reason").is_null())
    assert f"30 of the {kept.height} kept documents" in html
    assert set(Page(html).data["outlets"]) == set(study["documents"]["outlet"])


def test_selection_keeps_all_up_to_the_limit(study):
    kept = study["cleaned"].filter(pl.col("dropped_reason").is_null())
    assert chosen(study["cleaned"], study["documents"], kept.height).height == kept.height
    few = chosen(study["cleaned"], study["documents"], 7)
    assert few["doc_id"].n_unique() == 7


def test_pieces_join_to_the_text_and_mark_each_sentence(study):
    record = next(r for r in readings(study, TARGETS) if 0 in r["scores"] and not r["copy"])
    text = "".join(piece["x"] for piece in record["pieces"] if "d" not in piece)
    assert text == study["cleaned"]["text"][0]
    spoken = [piece for piece in record["pieces"] if "m" in piece]
    marked = [piece["x"] for piece in spoken if any(mark[0] == 0 for mark in piece["m"])]
    assert marked == [
        "Moscow broke its word again, the minister said.",
        "Observers praised Russia for the new bridge.",
    ]
    first = record["pieces"][1]["m"][0]
    assert first[3] == 0


def test_dropped_lines_stand_where_they_stood(study):
    pieces = next(readings(study, TARGETS))["pieces"]
    assert pieces[0] == {"x": "Subscribe now!", "d": "advertising"}
    assert "d" not in pieces[1]


def test_offsets_hold_after_characters_outside_the_basic_plane(study):
    sentence = "Moscow broke its word."
    text = "🚢🚢 in port.\n" + sentence
    doc = study["stance"].filter(pl.col("target") == "russia")["doc_id"][0]
    start = len("Head 🚢") + 2 + text.index(sentence)
    mention = study["mentions"].filter(pl.col("doc_id") == doc, pl.col("target") == "russia")[:1]
    tables = study | {
        "cleaned": study["cleaned"].with_columns(title=pl.lit("Head 🚢"), text=pl.lit(text)),
        "mentions": mention,
        "sentences": study["sentences"]
        .filter(pl.col("sentence_id") == mention["sentence_id"][0])
        .with_columns(start=pl.lit(start), end=pl.lit(start + len(sentence))),
    }
    record = next(r for r in readings(tables, TARGETS) if r["id"] == doc)
    assert [piece["x"] for piece in record["pieces"] if "m" in piece] == [sentence]


def test_copies_show_the_scores_of_the_text_they_copy(study):
    pairs = study["unique"].filter(~pl.col("is_representative"))
    copies = pairs["doc_id"].to_list()
    tables = study | {
        name: study[name].filter(~pl.col("doc_id").is_in(copies))
        for name in ("stance", "topics", "mentions")
    }
    records = {record["id"]: record for record in readings(tables, TARGETS)}
    for copy, source in pairs.select("doc_id", "cluster_id").rows():
        assert records[copy]["copy"]
        assert records[copy]["scores"] == records[source]["scores"]
        assert records[copy]["topic"] == records[source]["topic"]


def test_long_text_is_cut_and_says_so(study):
    tables = study | {
        "cleaned": study["cleaned"].with_columns(text=pl.lit("word " * 5000)),
        "mentions": study["mentions"].clear(),
    }
    record = next(readings(tables, TARGETS, limit=1))
    assert record["cut"]
    assert sum(len(p["x"]) for p in record["pieces"] if "d" not in p) == MOST_CHARACTERS


def test_vendored_files_are_those_of_the_note():
    folder = resources.files("geostance.publish") / "vendor"
    note = (folder / "README.md").read_text()
    noted = dict(re.findall(r"\| (\S+) \| ([0-9a-f]{64}) \|", note))
    assert set(noted) == {path.name for path in folder.iterdir() if ".min." in path.name}
    for name, digest in noted.items():
        assert hashlib.sha256((folder / name).read_bytes()).hexdigest() == digest
    assert "MIT" in (folder / "tabulator.LICENSE").read_text()
    assert "Apache License" in (folder / "flexsearch.LICENSE").read_text()


def test_the_most_dropped_lines_of_each_outlet_are_shown_with_reason_and_rule(study):
    say = Words("en")
    listed = dropped(study["dropped"], study["documents"], say)
    outlets = (
        study["documents"]["outlet"]
        .value_counts()
        .sort(["count", "outlet"], descending=[True, False])
    )
    assert [(outlet, told) for outlet, told, _ in listed] == [
        (outlet, f"{n} blocks dropped") for outlet, n in outlets.iter_rows()
    ]
    for (_, _, lines), n in zip(listed, outlets["count"], strict=True):
        assert lines == [("Subscribe now!", "paywall", "whole_line", str(n), "100%")]


def test_a_line_dropped_in_more_articles_stands_first_and_a_long_one_is_cut(make_study):
    study = make_study(12, outlets=1)
    rare = study["dropped"][:2].with_columns(text=pl.lit("x" * 500))
    ((_, _, lines),) = dropped(pl.concat([study["dropped"], rare]), study["documents"], Words("fr"))
    assert [line[0] for line in lines] == ["Subscribe now!", "x" * 160 + "…"]
    assert lines[1][3:] == ("2", "17\u202f%")


def test_dropped_lines_cannot_write_markup(build, study):
    hostile = study["dropped"].with_columns(text=pl.lit("<img src=x onerror=alert(1)>"))
    page = build(study | {"dropped": hostile})
    assert "&lt;img src=x onerror" in page and "<img src=x" not in page


def test_articles_without_an_outlet_have_their_place_among_the_dropped(make_study):
    study = make_study(4, outlets=1)
    nameless = {
        name: study[name].with_columns(outlet=pl.lit(None, dtype=pl.String))
        for name in ("dropped", "documents")
    }
    ((outlet, told, _),) = dropped(nameless["dropped"], nameless["documents"], Words("en"))
    assert (outlet, told) == ("(no outlet named)", "4 blocks dropped")


def test_dropped_lines_that_differ_in_their_numbers_alone_are_one(make_study):
    study = make_study(4, outlets=1)
    counted = study["dropped"].with_columns(
        text=pl.Series(["1 avis", "27 avis", "3 avis", "vos avis"])
    )
    ((_, _, lines),) = dropped(counted, study["documents"], Words("en"))
    assert [(line[0], line[3]) for line in lines] == [("# avis", "3"), ("vos avis", "1")]


def test_texts_of_a_large_corpus_stand_in_files_named_by_their_hash(build, study):
    kept = study["cleaned"]["dropped_reason"].null_count()
    saved = {}
    page = Page(build(study, inline=kept - 1, saved=saved)).data
    assert "texts" not in page
    assert page["files"] == list(saved) == [f"documents-001-{_hash(*saved.values())}.js"]
    (content,) = saved.values()
    texts = json.loads(content.removeprefix("geostance.page(0,").removesuffix(");\n"))
    assert len(texts) == kept == len(page["documents"])
    assert build(study, inline=kept, saved={}).count(saved and "documents-001") == 0


def test_files_beside_the_page_hold_so_many_documents_and_are_said(build, make_study):
    saved = {}
    html = build(make_study(620), inline=10, saved=saved)
    assert [content[:17] for content in saved.values()] == [
        "geostance.page(0,",
        "geostance.page(1,",
    ]
    assert "in 2 files of the folder report-data" in html
    page = Page(html).data
    assert page["perFile"] == 500 < len(page["documents"])


def test_files_beside_the_page_hold_nothing_that_ends_a_script(build, study):
    hostile = "</script><!--\u2028"
    saved = {}
    tables = study | {"cleaned": study["cleaned"].with_columns(text=pl.lit(hostile))}
    build(tables, inline=1, saved=saved)
    (content,) = saved.values()
    assert not set("<>&\u2028") & set(content)


def test_long_texts_are_searched_in_part_and_that_is_said(build, study, monkeypatch):
    monkeypatch.setattr("geostance.publish.paging._SEARCHED", 1)
    html = build(study)
    assert Page(html).data["searched"] == 200
    assert "the first 200 characters of each text" in html


def test_corpus_of_long_texts_is_shown_in_a_smaller_selection(study, monkeypatch):
    monkeypatch.setattr("geostance.publish.reading._ALL_CHARACTERS", 2_000)
    length = len(study["cleaned"]["text"][0])
    shown = chosen(study["cleaned"], study["documents"], 50)
    assert 1 <= len(shown) <= 2_000 / length


def test_figure_is_cited_with_the_hash_of_its_numbers(build, study):
    html = build(study, title="A & B_C")
    assert f"Plotted numbers: toy.csv, SHA-256 {'cd' * 32}." in html
    assert f"@misc{{geostance-toy-{'cd' * 6}," in html
    assert r"A \&amp; B\_C" in html


def test_every_figure_is_traced_to_the_files_of_the_researcher(build, study):
    html = build(study)
    made = html.split('id="provenance"')[1]
    assert made.count("ef" * 32) == 1
    for name in TABLES:
        assert TABLES[name]["sha256"] in made
    assert '<a href="#from-documents">' in made


def _hash(content):
    return hashlib.sha256(content.encode()).hexdigest()[:16]


def test_the_hashes_of_a_large_corpus_lie_beside_the_page(build, study):
    saved = {}
    raw = {f"{n:05}.txt": "ef" * 32 for n in range(15_000)}
    html = build(study, saved=saved, raw={"corpus": raw, "annotations": {}})
    assert len(html) < 1_500_000 and 'href="report-data/raw-files.csv"' in html
    assert saved["raw-files.csv"].count("\n") == 15_001
