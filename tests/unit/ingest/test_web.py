import json
from datetime import date
from html import escape
from pathlib import Path

import pytest

from geostance.ingest.mhtml import looks_like_mhtml, read_mhtml
from geostance.ingest.records import Document, Rejected
from geostance.ingest.sources import Source
from geostance.ingest.web import decode_page, page_document
from geostance.settings.corpus import IngestSettings

SAMPLES = Path(__file__).parents[2] / "cases" / "exports"
SETTINGS = IngestSettings()
PARAGRAPHS = [
    f"Le canal de Montclavel rouvre au trafic après {n} mois de travaux, et les bateliers de la "
    "vallée y reviennent un à un, sans hâte."
    for n in ("trois", "cinq", "huit")
]
BODY = "".join(f"<p>{paragraph}</p>" for paragraph in PARAGRAPHS)


def page(head: str = "", *, before: str = "", behind: str = "", lang: str = "fr-FR") -> str:
    return (
        f'<!DOCTYPE html><html lang="{lang}"><head><title>Le canal rouvre</title>{head}</head>'
        f"<body><article><h1>Le canal rouvre</h1>{before}{BODY}</article>{behind}</body></html>"
    )


def read(html: str, settings: IngestSettings = SETTINGS, **known) -> Document | Rejected:
    return page_document(html, settings, **known)


def linked(**fields) -> str:
    content = {"@type": "NewsArticle"} | fields
    return f'<script type="application/ld+json">{json.dumps(content)}</script>'


@pytest.mark.parametrize(
    ("head", "before"),
    [
        (linked(datePublished="2024-05-02T23:30:00-05:00", dateModified="2024-06-01"), ""),
        (linked(**{"@type": ["Thing", "ReportageNewsArticle"], "datePublished": "2024-05-02"}), ""),
        ('<meta property="article:published_time" content="2024-05-02T08:00:00+02:00">', ""),
        ('<meta name="DC.date.issued" content="2024-05-02">', ""),
        ("", '<time itemprop="datePublished" datetime="2024-05-02">jeudi</time>'),
        ("", '<span itemprop="datePublished">2 mai 2024</span>'),
        ("", '<time datetime="2024-05-02T08:00" pubdate>jeudi</time>'),
        ("", '<header><time datetime="2024-05-02T08:00">jeudi</time></header>'),
        ("", '<time datetime="2024-05-02">jeudi</time>'),
        (
            '<meta property="article:modified_time" content="2024-06-01">',
            '<time datetime="2024-05-02">jeudi</time>',
        ),
    ],
)
def test_the_date_is_that_of_publication(head, before):
    aside = '<aside><time datetime="2021-01-01">autre article</time></aside>'
    record = read(page(head, before=before, behind=aside))
    assert (record.date, record.date_precision) == (date(2024, 5, 2), "day")


def test_a_page_without_a_date_gets_none_never_todays():
    record = read(page(behind="<footer>Copyright 2023</footer>"))
    assert (record.date, record.date_precision) == (None, None)


def test_dates_after_the_latest_are_reading_errors():
    head = '<meta property="article:published_time" content="2031-05-02">'
    record = read(page(head), IngestSettings(latest_date=date(2030, 1, 1)))
    assert record.date is None
    assert record.extra["unread_date"] == "2031-05-02"


def test_dates_before_the_web_are_read():
    record = read(page(before='<time datetime="1944-08-25">25 août 1944</time>'))
    assert record.date == date(1944, 8, 25)


def test_the_page_says_who_and_where():
    head = (
        linked(author=[{"name": "Anne Roux"}, {"name": "Luc Bré"}], articleSection=["Monde", "Eau"])
        + '<meta property="og:site_name" content="Le Phare">'
        '<link rel="canonical" href="https://phare.example/canal">'
    )
    record = read(page(head))
    assert record.title == "Le canal rouvre"
    assert (record.outlet, record.url) == ("Le Phare", "https://phare.example/canal")
    assert record.extra == {"author": "Anne Roux; Luc Bré", "section": "Monde; Eau"}


def test_meta_elements_serve_where_there_is_no_json():
    head = (
        '<script type="application/ld+json">{"@type": "NewsArticle", </script>'
        '<meta property="article:author" content="https://social.example/anne">'
        '<meta name="dc.creator" content="Anne Roux">'
        '<meta property="article:section" content="Monde">'
    )
    assert read(page(head)).extra == {"author": "Anne Roux", "section": "Monde"}


@pytest.mark.parametrize(
    ("html", "language"),
    [
        (page(lang="fr-FR"), "fr"),
        (page('<meta property="og:locale" content="ru_RU">', lang=""), "ru"),
        (page('<meta http-equiv="Content-Language" content="az">', lang=""), "az"),
        (page(linked(inLanguage="de-CH"), lang=""), "de"),
        (page(lang=""), None),
    ],
)
def test_the_language_is_the_declared_one(html, language):
    assert read(html).language == language


def test_the_address_is_kept_without_proxy_and_from_where_browsers_leave_it():
    proxied = '<link rel="canonical" href="https://www-phare-fr.proxy.univ-rade.fr/canal">'
    assert read(page(proxied)).url == "https://www.phare.fr/canal"
    saved = "<!-- saved from url=(0027)https://phare.example/canal -->" + page()
    assert read(saved).url == "https://phare.example/canal"
    single = page("<!--\n Page saved with SingleFile\n url: https://phare.example/c\n-->")
    assert read(single).url == "https://phare.example/c"
    assert read(page(), url="https://phare.example/known").url == "https://phare.example/known"


def test_lines_stay_apart():
    html = page(
        before="<h2>Un intertitre</h2><p>Une ligne assez longue pour être gardée.<br>Une autre, "
        "assez longue aussi pour cela.</p><ul><li>Premier point</li><li>Second point</li></ul>"
    )
    lines = read(html).text.split("\n")
    assert lines[1:3] == ["Un intertitre", "Une ligne assez longue pour être gardée."]
    assert {"- Premier point", "- Second point", *PARAGRAPHS} <= set(lines)


def test_a_page_without_an_article_gives_its_text():
    record = read(
        "<html><body><nav>Accueil</nav><div>Une dépêche brève.<br>Deux <b>lignes</b>.</div>"
        "<script>x()</script><form>Chercher</form></body></html>"
    )
    assert record.text == "Une dépêche brève.\nDeux lignes."


def test_a_page_that_declares_itself_as_xml_is_read():
    html = "<html><body><div>Une dépêche brève.</div></body></html>"
    assert read(f"\n<?xml version='1.0' encoding='iso-8859-1'?>{html}").text == "Une dépêche brève."


def test_a_page_laid_out_by_a_table_keeps_its_lines():
    record = read(
        "<html><body><table><tr><td><a href='/'>Menu</a></td><td><font>"
        f"{'<br><br>'.join(PARAGRAPHS)}</font></td></tr></table><script>x()</script></body></html>"
    )
    assert record.text.split("\n")[1:] == PARAGRAPHS[1:]
    assert record.text.split("\n")[0].endswith(PARAGRAPHS[0])


def test_a_table_in_an_article_stays_one():
    rows = "<table><tr><th>An</th><th>Navires</th></tr><tr><td>2023</td><td>41</td></tr></table>"
    assert "\n| 2023 | 41 |" in read(page(before=rows)).text


@pytest.mark.parametrize(
    "html",
    [
        "",
        "<html></html>",
        "<html><body><script>x()</script></body></html>",
        "<html><body><img src='a.png'></body></html>",
    ],
)
def test_a_page_with_nothing_in_it_is_rejected(html):
    assert read(html).reason in {"empty", "no article found in the page"}


WALLS = [
    "<h1>Nous et nos partenaires</h1><p>Avec votre accord, nos partenaires et nous utilisons des "
    "cookies pour stocker vos données personnelles.</p><button>Tout accepter</button>",
    "<p>We value your privacy. We and our partners store cookies. Accept all?</p>",
    "<p>Мы используем файлы cookie. Политика конфиденциальности.</p>",
]


@pytest.mark.parametrize("wall", WALLS)
def test_a_consent_wall_is_no_article(wall):
    record = read(f"<html><body><div>{wall}</div></body></html>")
    assert record.reason == "only a consent wall"


@pytest.mark.parametrize("wall", WALLS)
def test_an_article_behind_a_wall_is_read(wall):
    record = read(page(behind=f"<div>{wall}</div>"))
    assert isinstance(record, Document) and PARAGRAPHS[0] in record.text


def test_an_article_about_cookies_is_one():
    paragraphs = "".join(
        f"<p>Le régulateur a rappelé mardi, pour la {n} fois, que les sites de la presse locale "
        "doivent demander un accord clair à leurs lecteurs avant de suivre leurs pas, et que le "
        "silence ne vaut pas réponse.</p><p>Les cookies et le consentement restent en débat.</p>"
        for n in ("première", "seconde")
    )
    html = f"<html><body><article><h1>Vie privée</h1>{paragraphs}</article></body></html>"
    assert isinstance(read(html), Document)


def test_a_page_saved_as_its_source_is_read_as_the_page():
    rows = "".join(
        f'<tr><td class="line-number"></td><td class="line-content">'
        f'<span class="html-tag">{escape(line)}</span></td></tr>'
        for line in page().replace("<p>", "\n<p>").split("\n")
    )
    record = read(f"<html><body><table>{rows}</table></body></html>")
    assert (record.title, record.text.split("\n")[1:]) == ("Le canal rouvre", PARAGRAPHS)


def test_a_long_page_is_refused(monkeypatch):
    monkeypatch.setattr("geostance.ingest.fields.MAX_CHARACTERS", 100)
    assert read(page()).reason.startswith("a page of more than")


def test_a_page_of_tags_is_refused():
    assert read("<p>" * 500_001).reason == "a page of more than 500000 tags"


@pytest.mark.parametrize(
    ("encoding", "declared"),
    [
        ("utf-8", "iso-8859-1"),
        ("cp1252", "iso-8859-1"),
        ("cp1252", "cp1252"),
        ("cp1251", "windows-1251"),
        ("utf-16", "utf-16"),
        ("koi8-r", "koi8-r"),
        ("cp1252", "no-such-encoding"),
    ],
)
def test_the_encoding_is_that_of_the_bytes_before_that_declared(encoding, declared):
    text = "Мост закрыт вчера" if encoding in {"cp1251", "koi8-r"} else "L’été déjà"
    html = f'<html><head><meta charset="{declared}"></head><body><p>{text}</p></body></html>'
    assert decode_page(html.encode(encoding)) == html
    bare = f"<html><body><p>{text}</p></body></html>"
    assert decode_page(bare.encode(encoding), declared) == bare


# One file with all parts


def test_mhtml_gives_its_page_and_not_its_frames():
    data = SAMPLES.joinpath("saved-page", "canal.mhtml").read_bytes()
    source = Source.of_bytes(data, "a.mhtml")
    assert looks_like_mhtml(source)
    (record,) = read_mhtml(source, SETTINGS)
    assert record.title == "Le canal rouvre" and "Montclavel" in record.text
    assert record.date == date(2024, 5, 2)
    assert record.url == "https://phare.example/canal"
    assert record.extra["captured"] == "Mon, 6 May 2024 08:00:00 +0200"


def test_mhtml_without_a_canonical_address_keeps_that_it_was_saved_from():
    html = page()
    data = (
        b"MIME-Version: 1.0\nContent-Type: multipart/related; boundary=B\n\n--B\n"
        b"Content-Type: text/html; charset=windows-1252\nContent-Transfer-Encoding: 8bit\n"
        b"Content-Location: https://phare.example/a\n\n"
    ) + f"{html}\n--B--\n".encode("cp1252")
    (record,) = read_mhtml(Source.of_bytes(data, "a.mht"), SETTINGS)
    assert record.url == "https://phare.example/a"
    assert PARAGRAPHS[0] in record.text


def test_mhtml_without_a_page_and_mails_are_told():
    data = b"MIME-Version: 1.0\nContent-Type: multipart/related; boundary=B\n\n--B\n\nx\n--B--\n"
    (record,) = read_mhtml(Source.of_bytes(data, "a.mht"), SETTINGS)
    assert record.reason == "no page in the MHTML file"
    mail = b"From: a\nMIME-Version: 1.0\nContent-Type: text/plain\n\nBonjour."
    assert not looks_like_mhtml(Source.of_bytes(mail, "a.eml"))
