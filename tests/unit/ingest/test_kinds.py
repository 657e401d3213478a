import gzip
import io
import zipfile
from pathlib import Path

import pytest

from geostance.ingest.kinds import KINDS, kind_of
from geostance.ingest.signatures import root_name, unread
from geostance.ingest.sources import Source

SAMPLES = Path(__file__).parents[2] / "cases" / "exports"
PAGE = "<!DOCTYPE html><html><body><p>Un canal rouvre.</p></body></html>"
ROWS = "id,title,text\n1,Un,Un texte.\n2,Deux,Un autre.\n3,Trois,Le dernier.\n"


def kind(data: bytes | str, name: str) -> str | None:
    source = Source.of_bytes(data if isinstance(data, bytes) else data.encode(), name)
    found = kind_of(source)
    return found.name if found else None


def reason(data: bytes | str, name: str = "a.bin") -> str:
    return unread(Source.of_bytes(data if isinstance(data, bytes) else data.encode(), name))


def zipped(*names: str) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for name in names:
            archive.writestr(name, "x")
    return stream.getvalue()


def test_every_sample_is_told_whatever_its_name():
    folders = {kind.name.lower().replace(" ", "-"): kind.name for kind in KINDS}
    samples = [path for path in SAMPLES.rglob("*") if path.is_file() and path.suffix != ".gz"]
    assert {"csv", "json", "feed", "workbook"} <= {path.parent.name for path in samples}
    for path in samples:
        name = folders[path.parent.name]
        assert kind(path.read_bytes(), path.name) == name, path
        if name not in {"csv", "text"}:
            assert kind(path.read_bytes(), "renamed.txt") == name, path


@pytest.mark.parametrize(
    ("data", "name", "expected"),
    [
        (PAGE, "a.txt", "web page"),
        (PAGE.encode("utf-16"), "a.txt", "web page"),
        (f"<!-- saved -->\n<?xml version='1.0'?>\n{PAGE}", "a", "web page"),
        ("<p>Un morceau de page.</p>", "a.htm", "web page"),
        ("Un texte <b>mis</b> en page.", "a.html", "web page"),
        ("Un texte sans balise, x < y.", "a.html", "text"),
        ("Un texte.", "a.docx", "text"),
        ("Un texte.", "a", "text"),
        ("Un texte <b>gras</b> dans un fichier.", "a.txt", "text"),
        ("Un texte.".encode("utf-16-le"), "a.txt", "text"),
        ("Вчера закрыли мост, и город остался без хлеба.".encode("cp1251"), "a.txt", "text"),
        ('{"text": "Un."}\n{"text": "Deux."}', "a.txt", "json"),
        ('[{"text": "Un."}]', "a.txt", "json"),
        ("[Agence] Un texte entre crochets.", "a.txt", "text"),
        ("{Un texte entre accolades}", "a.txt", "text"),
        ("rien de tel", "a.jsonl", "json"),
        (ROWS, "a.txt", "csv"),
        (ROWS.replace(",", "\t").encode("utf-16"), "a.txt", "csv"),
        (ROWS, "a.csv", "csv"),
        ("a|b", "a.tsv", "csv"),
        ("Titre, texte, date\nUne phrase, puis une autre, encore une, et encore.", "a.txt", "text"),
        ("Paris, Lyon, Brest\nA, B, C\nD, E, F", "a.txt", "text"),
    ],
)
def test_content_goes_before_the_name(data, name, expected):
    assert kind(data, name) == expected


@pytest.mark.parametrize(
    ("data", "name", "said"),
    [
        (b"%PDF-1.7\n", "a.txt", "PDF is not read"),
        (b"\n\n%PDF-1.7\n", "a.html", "PDF is not read"),
        (b"\xff\xd8\xff\xe0", "a.html", "a JPEG picture"),
        (b"\x89PNG\r\n\x1a\n", "a.txt", "a PNG picture"),
        (zipped("mimetype", "META-INF/container.xml"), "a.txt", "an EPUB e-book"),
        (zipped("[Content_Types].xml", "ppt/presentation.xml"), "a.txt", "a presentation"),
        (zipped("mimetype", "content.xml"), "a.txt", "an OpenDocument file"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "a.doc", "an old Word or Excel file"),
        (b"7z\xbc\xaf\x27\x1c", "a.txt", "7z archives"),
        (b"a.txt" + bytes(252) + b"ustar" + bytes(200), "a.txt", "tar archives"),
        (b"{\\rtf1 Un texte.}", "a.txt", "rich text"),
        (bytes(range(256)), "a.txt", "unknown content, no text"),
        (b"", "a.css", "empty"),
        ("p {color: red}", "a.css", "plain text named .css"),
        ("<?xml version='1.0'?><catalogue/>", "a.txt", "XML of an unknown kind (<catalogue>)"),
    ],
)
def test_what_is_not_read_is_named(data, name, said):
    if not said.startswith("XML"):
        assert kind(data, name) is None
    assert reason(data, name).startswith(said)


def test_xml_of_an_unknown_kind_is_no_article():
    assert kind("<?xml version='1.0'?><catalogue/>", "a.txt") is None


def test_an_empty_text_is_a_text_and_says_so():
    assert kind(b"", "a.txt") == "text"


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("<rss version='2.0'>", "rss"),
        ("\ufeff <?xml?> <!-- <a> --> <!-- <b> --><Feed>", "feed"),
        ("<!DOCTYPE html><body>", "html"),
        ("<!doctype rss PUBLIC 'x'>", "rss"),
        ("<!DOCTYPE", ""),
        ("<!-- never closed", ""),
        ("<? never closed", ""),
        ("texte <b>", ""),
        ("", ""),
    ],
)
def test_the_first_element_is_found(text, name):
    assert root_name(text) == name


def test_many_comments_do_not_take_long():
    assert root_name("<!-- a -->" * 20000 + "x") == ""


def test_a_head_in_damaged_gzip_does_not_raise():
    assert kind(gzip.compress(b"Un texte.")[:-4], "a.gz") is None
