"""What mkdocs does besides: take in pages from elsewhere in the project, and lead links to them.

A page of docs/ links to a file of the project as it does in a repository (../SECURITY.md); on the
site such a file has the name given here. A link to a file that is not here stays and, because the
site is built strictly, stops the build.
"""

import os.path
import re
from collections.abc import Mapping
from pathlib import Path, PurePosixPath
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
# Place in the project, and on the site.
ELSEWHERE = {
    "CHANGELOG.md": "changes.md",
    "SECURITY.md": "security-promises.md",
    "data/sample/README.md": "sample.md",
    "src/geostance/models/encoder/README.md": "encoder-model.md",
    "src/geostance/models/stance/README.md": "stance-model.md",
    "src/geostance/stance/hypotheses.yml": "files/hypotheses.yml",
    "src/geostance/targets.yml": "files/targets.yml",
    "config.yml": "files/config.yml",
}
ON_SITE = {site: place for place, site in ELSEWHERE.items()}
LINK = re.compile(r"(\]\()([^)\s#:]+)((?:#[^)\s]*)?\))")
# A link whose text is a file's name.
NAMED = re.compile(r"\[((?:[A-Za-z]+/)*[\w-]+\.md)\]\(([\w-]+\.md)(#[^)\s]*)?\)")
# A block says behind its language what it needs (tests/docs); readers are not shown it.
NEEDS = re.compile(r"^([ ]*```python)[ ][^\n]*$", re.MULTILINE)


def on_files(files: Any, *, config: Any) -> Any:
    """Take the files from elsewhere in."""
    from mkdocs.structure.files import File

    for place, site in ELSEWHERE.items():
        files.append(File.generated(config, site, abs_src_path=str(ROOT / place)))
    return files


def on_page_markdown(markdown: str, *, page: Any, files: Any, **_: Any) -> str:
    """Lead each link to its place on the site, and leave the needs of examples out."""
    titles = {file.src_uri: file.page.title for file in files.documentation_pages() if file.page}
    return NEEDS.sub(r"\1", titled(led(markdown, page.file.src_uri), titles))


def on_post_page(output: str, **_: Any) -> str:
    """Name the search for screen readers; the theme leaves it without a name."""
    return output.replace('class="md-search"', 'class="md-search" aria-label="Search"', 1)


def titled(markdown: str, titles: Mapping[str, str | None]) -> str:
    """Return a page whose links that show the name of a file show the title of its page."""

    def title(link: re.Match[str]) -> str:
        return f"[{titles.get(link[2]) or link[1]}]({link[2]}{link[3] or ''})"

    return NAMED.sub(title, markdown)


def led(markdown: str, site: str) -> str:
    """Return a page with its links between places of the project as links of the site.

    Every page of the site lies in its uppermost folder.
    """
    folder = PurePosixPath(ON_SITE.get(site, f"docs/{site}")).parent

    def lead(link: re.Match[str]) -> str:
        place = os.path.normpath(folder / link[2])
        if place in ELSEWHERE:
            return link[1] + ELSEWHERE[place] + link[3]
        if place.startswith("docs/"):
            return link[1] + place.removeprefix("docs/") + link[3]
        return link[0]

    return LINK.sub(lead, markdown)
