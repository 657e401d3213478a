"""Which names in a folder or an archive are articles, and which what stands beside them."""

import re
from collections.abc import Iterable

_ABOUT_THE_CORPUS = ("readme", "notice", "license", "licence")
# Made by macOS in zips, by Windows in folders.
_OF_THE_SYSTEM = {"__macosx", "thumbs.db", "desktop.ini"}
_PAGE = re.compile(r"\.(?:x?html?|mht(?:ml)?)$", re.IGNORECASE)
# How browsers in the languages of their users name the folder of a saved page's parts.
_PARTS = re.compile(
    r"(?:[_-](?:files|fichiers|dateien|archivos|arquivos|ficheiros|file|bestanden|dosyalar"
    r"|pliki|файлы|файли|soubory|fajlovi|elemei|filer)|\.files)$",
    re.IGNORECASE,
)


def articles(names: Iterable[str]) -> list[str]:
    """Return the names (paths with ``/``) that may be articles, sorted.

    Left out are hidden files and folders, files about the corpus (README, LICENSE), those of
    operating systems, and the parts of a saved page in the folder that the browser made
    beside it (``page_files/``).
    """
    kept = sorted(name for name in names if not any(map(_is_aside, name.split("/"))))
    pages = {_PAGE.sub("", name) for name in kept if _PAGE.search(name)}
    return [
        name
        for name in kept
        if not name.rsplit("/", 1)[-1].lower().startswith(_ABOUT_THE_CORPUS)
        and not _is_part_of_a_page(name, pages)
    ]


def _is_aside(part: str) -> bool:
    return part.startswith(".") or part.lower() in _OF_THE_SYSTEM


def _is_part_of_a_page(name: str, pages: set[str]) -> bool:
    folders = [at for at, character in enumerate(name) if character == "/"]
    return any(
        found and name[: found.start()] in pages
        for at in folders
        for found in [_PARTS.search(name[:at])]
    )
