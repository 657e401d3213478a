"""Texts of any script as HTML in which nothing of theirs is markup."""

from collections.abc import Iterable, Sequence
from html import escape

from geostance.lab.fitted import Article

# Fonts that readers of these scripts have; the first that is installed is taken.
_FONTS = (
    "'Noto Sans','Segoe UI','Helvetica Neue',Arial,'Noto Sans Devanagari','Nirmala UI',"
    "'Kohinoor Devanagari',Mangal,'Noto Sans Arabic','Noto Naskh Arabic','Geeza Pro',sans-serif"
)
# Signs stand above and below the letters of these languages.
_TALL = frozenset({"ar", "fa", "ur", "ps", "ug", "hi", "mr", "ne", "bn", "ta", "te", "th", "my"})


def article_html(article: Article) -> str:
    """Return an article in full: where it is from, its title and text."""
    source = " · ".join(filter(None, (article.outlet, article.date, article.language)))
    line = 1.9 if article.language.split("-")[0] in _TALL else 1.55
    return (
        f'<div style="font-family:{_FONTS};max-width:46em">'
        f'<div style="opacity:.7"><bdi>{escape(source)}</bdi> · {escape(article.doc_id)}</div>'
        # Each paragraph takes its direction from its own first letter.
        f'<div lang="{escape(article.language)}" dir="auto" style="white-space:pre-wrap;'
        f"unicode-bidi:plaintext;overflow-wrap:anywhere;font-size:1.08em;line-height:{line};"
        f'margin-top:.4em">{escape(article.text)}</div></div>'
    )


def words_html(words: Iterable[tuple[str, str, Sequence[str]]]) -> str:
    """Return a table with a row for each heading, language and its words."""
    rows = "".join(
        f'<tr><th scope="row" style="text-align:left;padding:0 .9em 0 0;vertical-align:top;'
        f'font-weight:600">{escape(heading)}</th>'
        f'<td lang="{escape(language)}" style="text-align:left;padding:0">'
        f"{_listed(listed)}</td></tr>"
        for heading, language, listed in words
    )
    return (
        f'<table style="font-family:{_FONTS};border:0;border-collapse:collapse;line-height:1.7">'
        f"{rows}</table>"
    )


def message_html(text: str, *, warning: bool) -> str:
    """Return a message that a screen reader speaks; a line each."""
    colour = "var(--jp-warn-color0,#8a4b00)" if warning else "inherit"
    lines = "".join(f"<div><bdi>{escape(line)}</bdi></div>" for line in text.split("\n"))
    return f'<div role="status" style="line-height:1.5;color:{colour}">{lines}</div>'


def _listed(words: Sequence[str]) -> str:
    return ", ".join(f"<bdi>{escape(word)}</bdi>" for word in words)
