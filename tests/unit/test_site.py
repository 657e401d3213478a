"""What mkdocs is told: every page has its place, and links lead where they lead in the project."""

import importlib.util
import re
from pathlib import Path

import pytest

from geostance.strict_yaml import read_yaml

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def site():
    spec = importlib.util.spec_from_file_location("site_hooks", ROOT / "tools" / "site.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def in_navigation():
    groups = (group for part in read_yaml(ROOT / "mkdocs.yml")["nav"] for group in part.values())
    return [page for pages in groups for entry in pages for page in entry.values()]


def test_each_page_stands_once_in_the_navigation(site):
    elsewhere = [name for name in site.ELSEWHERE.values() if name.endswith(".md")]
    own = [path.name for path in (ROOT / "docs").glob("*.md")]
    assert sorted(in_navigation()) == sorted(own + elsewhere)


def test_what_is_taken_in_from_elsewhere_is_there(site):
    assert [place for place in site.ELSEWHERE if not (ROOT / place).is_file()] == []


@pytest.mark.parametrize(
    ("on", "link", "leads"),
    [
        ("scorers.md", "../src/geostance/models/stance/README.md", "stance-model.md"),
        ("security-promises.md", "docs/security.md", "security.md"),
        ("topics.md", "scale.md#topics-of-a-sample", "scale.md#topics-of-a-sample"),
        ("index.md", "images/report.png", "images/report.png"),
        ("index.md", "../nowhere.md", "../nowhere.md"),
        ("index.md", "https://example.org/a.md", "https://example.org/a.md"),
    ],
)
def test_a_link_leads_to_the_place_on_the_site(site, on, link, leads):
    assert site.led(f"see [this]({link}).", on) == f"see [this]({leads})."


def test_a_link_that_shows_a_files_name_shows_the_pages_title(site):
    titles = {"corpus.md": "From files to clean texts", "b.md": None}
    assert site.titled("[corpus.md](corpus.md#dates)", titles) == (
        "[From files to clean texts](corpus.md#dates)"
    )
    assert (
        site.titled("[b.md](b.md) [dates](corpus.md)", titles) == "[b.md](b.md) [dates](corpus.md)"
    )


def test_readers_do_not_see_why_a_block_is_not_run(site):
    page = "```python not run: it needs a server\nx\n```\n```python\ny\n```\n"
    assert site.NEEDS.sub(r"\1", page) == "```python\nx\n```\n```python\ny\n```\n"


def test_the_site_names_no_server_to_load_from():
    settings = (ROOT / "mkdocs.yml").read_text(encoding="utf-8")
    assert "://" not in settings
    assert re.search(r"^  font: false", settings, re.MULTILINE)
    assert (ROOT / "docs" / read_yaml(ROOT / "mkdocs.yml")["extra"]["polyfills"][0]).is_file()
