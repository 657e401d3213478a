import gzip
import io
import json
import struct
import zipfile
from pathlib import Path

import pytest

from geostance.ingest import archives, read_corpus, zips
from geostance.settings.corpus import IngestSettings

LENIENT = IngestSettings(max_rejected_share=1)
A_PAGE = "<html><body><article><p>{}</p></article></body></html>".format(
    "Le canal rouvre au trafic après trois mois de travaux. " * 9
)


def zipped(members, method=zipfile.ZIP_DEFLATED) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", method) as archive:
        for name, content in members:
            archive.writestr(zipfile.ZipInfo(name), content, method)
    return stream.getvalue()


def read(folder: Path, **files: bytes):
    """Return the texts by source and the reasons by source of a corpus of these files."""
    for name, data in files.items():
        folder.joinpath(name).write_bytes(data)
    try:
        documents, rejected = read_corpus(folder, LENIENT)
    finally:
        for name in files:
            folder.joinpath(name).unlink()
    return dict(documents.select("source", "text").rows()), dict(
        rejected.select("source", "reason").rows()
    )


def test_each_member_is_recognised_for_itself(tmp_path):
    inner = zipped([("c.txt", "Trois.")])
    members = [
        ("2024/a.html", A_PAGE),
        ("b.txt", "Deux."),
        ("d/inner.zip", inner),
        ("e.jsonl", '{"text": "Quatre."}'),
        ("f.txt.gz", gzip.compress(b"Cinq.")),
        ("photo.jpg", b"\xff\xd8\xff\xe0"),
        ("d/", ""),
    ]
    texts, reasons = read(tmp_path, **{"export.zip": zipped(members)})
    assert texts.pop("export.zip/2024/a.html").startswith("Le canal rouvre")
    assert texts == {
        "export.zip/b.txt": "Deux.",
        "export.zip/d/inner.zip/c.txt": "Trois.",
        "export.zip/e.jsonl": "Quatre.",
        "export.zip/f.txt.gz/f.txt": "Cinq.",
    }
    assert reasons == {"export.zip/photo.jpg": "a JPEG picture is not read"}


def test_the_folder_within_the_archive_or_around_it_names_the_outlet(tmp_path):
    tmp_path.joinpath("La Rade").mkdir()
    tmp_path.joinpath("La Rade", "mars.zip").write_bytes(
        zipped([("a.txt", "Un."), ("Le Phare/b.txt", "Deux.")])
    )
    tmp_path.joinpath("c.zip").write_bytes(zipped([("c.txt", "Trois.")]))
    documents, _ = read_corpus(tmp_path)
    assert documents.select("source", "outlet").rows() == [
        ("La Rade/mars.zip/Le Phare/b.txt", "Le Phare"),
        ("La Rade/mars.zip/a.txt", "La Rade"),
        ("c.zip/c.txt", None),
    ]


def test_ids_do_not_depend_on_the_order_of_the_members(tmp_path):
    rows = "\n".join(json.dumps({"text": text}) for text in ("Un.", "Deux.", "Deux."))
    members = [("a.jsonl", rows), ("b.txt", "Deux."), ("c/b.txt", "Deux.")]
    ids = []
    for order in (members, members[::-1]):
        tmp_path.joinpath("a.zip").write_bytes(zipped(order))
        documents, _ = read_corpus(tmp_path)
        ids.append(documents["doc_id"].to_list())
    assert ids[0] == ids[1] and len(set(ids[0])) == 5


def test_parts_of_saved_pages_and_of_systems_are_no_articles(tmp_path):
    members = [
        ("Le canal.html", A_PAGE),
        ("Le canal_fichiers/pub.html", A_PAGE),
        ("Le canal_fichiers/js/a.txt", "x"),
        ("autre_files/texte.txt", "Sans page à côté."),
        ("__MACOSX/._b.txt", "x"),
        (".DS_Store", "x"),
        ("README.txt", "Sur le corpus."),
        ("docs/Thumbs.db", "x"),
    ]
    texts, reasons = read(tmp_path, **{"a.zip": zipped(members)})
    assert list(texts) == ["a.zip/Le canal.html", "a.zip/autre_files/texte.txt"]
    assert reasons == {}


@pytest.mark.parametrize(
    "name", ["../x.txt", "a/../../x.txt", "/etc/x.txt", "C:\\x.txt", "..\\x.txt", "C:/x.txt"]
)
def test_names_that_lead_outside_are_refused_and_the_others_kept(tmp_path, name):
    texts, reasons = read(tmp_path, **{"a.zip": zipped([(name, "x"), ("b.txt", "Bien.")])})
    assert texts == {"a.zip/b.txt": "Bien."}
    assert list(reasons.values()) == ["a name that leads out of its archive"]


def test_a_member_without_a_name_is_refused_alone(tmp_path):
    documents, reasons = read(tmp_path, **{"a.zip": zipped([("", "Un."), ("b.txt", "Deux.")])})
    assert documents == {"a.zip/b.txt": "Deux."}
    assert list(reasons) == ["a.zip/(no name)"]


def test_names_are_shown_with_slashes_and_without_controls(tmp_path):
    members = [("dossier\\.\\a\x1b.txt", "Un."), ("./b.txt", "Deux.")]
    texts, _ = read(tmp_path, **{"a.zip": zipped(members)})
    assert texts == {"a.zip/dossier/a\\x1b.txt": "Un.", "a.zip/b.txt": "Deux."}


def test_utf8_names_that_are_not_marked_so_are_read(tmp_path):
    data = zipped([("XXXXX.txt", "Un.")]).replace(b"XXXXX", "été".encode())
    texts, _ = read(tmp_path, **{"a.zip": data})
    assert list(texts) == ["a.zip/été.txt"]


def test_two_members_of_one_name_are_refused_unless_they_are_the_same(tmp_path):
    with pytest.warns(UserWarning, match="Duplicate"):
        data = zipped([("a.txt", "Un."), ("a.txt", "Deux."), ("b.txt", "Bis."), ("b.txt", "Bis.")])
    texts, reasons = read(tmp_path, **{"x.zip": data})
    assert texts == {"x.zip/b.txt": "Bis."}
    assert reasons == {"x.zip/a.txt": "several members have this name"}


def test_members_that_cannot_be_read_are_told_alone(tmp_path):
    data = bytearray(zipped([("a.txt", "Un."), ("b.txt", "Deux."), ("c.txt", "Trois.")]))
    central = data.index(b"PK\x01\x02")
    data[central + 8] |= 1  # a is encrypted
    second = data.index(b"PK\x01\x02", central + 4)
    struct.pack_into("<H", data, second + 10, 99)  # b is packed in an unknown way
    texts, reasons = read(tmp_path, **{"x.zip": bytes(data)})
    assert texts == {"x.zip/c.txt": "Trois."}
    assert reasons == {
        "x.zip/a.txt": "encrypted: unpack it with its password",
        "x.zip/b.txt": "compressed with AES: pack it as a common zip",
    }


def test_lzma_is_refused_for_its_memory(tmp_path):
    data = zipped([("a.txt", "Un.")], zipfile.ZIP_LZMA)
    _, reasons = read(tmp_path, **{"x.zip": data, "b.txt": b"Bien."})
    assert reasons == {"x.zip/a.txt": "compressed with LZMA: pack it as a common zip"}


def test_links_are_refused(tmp_path):
    link = zipfile.ZipInfo("a.txt")
    link.external_attr = 0o120777 << 16
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr(link, "/etc/passwd")
    _, reasons = read(tmp_path, **{"x.zip": stream.getvalue(), "b.txt": b"Bien."})
    assert reasons == {"x.zip/a.txt": "a link, not a file"}


def test_damage_is_told_behind_what_precedes_it(tmp_path):
    rows = "".join(
        json.dumps({"text": f"Texte {n}, {n * 7919 % 1009}."}) + "\n" for n in range(9000)
    )
    packed = gzip.compress(rows.encode())
    tmp_path.joinpath("a.jsonl.gz").write_bytes(packed[: len(packed) // 2])
    documents, rejected = read_corpus(tmp_path, LENIENT)
    assert documents["text"].to_list() == [
        f"Texte {n}, {n * 7919 % 1009}." for n in range(len(documents))
    ]
    assert len(documents) > 3000
    assert rejected.select("source", "reason").rows() == [
        ("a.jsonl.gz/a.jsonl", "damaged in its archive")
    ]


@pytest.mark.parametrize("data", [b"PK\x03\x04", b"PK\x05\x06 rien"])
def test_a_damaged_archive_is_rejected_as_a_whole(tmp_path, data):
    texts, reasons = read(tmp_path, **{"x.zip": data, "b.txt": b"Bien."})
    assert texts == {"b.txt": "Bien."}
    assert reasons == {"x.zip": "damaged zip archive, or a piece of one"}


def test_a_piece_of_an_archive_is_rejected(tmp_path):
    data = zipped([("a.txt", "Un texte. " * 99)])
    _, reasons = read(tmp_path, **{"x.zip": data[:-30], "b.txt": b"Bien."})
    assert reasons == {"x.zip": "damaged zip archive, or a piece of one"}


def test_depth_is_bounded(tmp_path):
    data = zipped([("a.txt", "Au fond.")])
    for n in range(2):
        data = zipped([(f"{n}.zip", data), (f"{n}.txt", "À côté.")])
    texts, reasons = read(tmp_path, **{"x.zip": data})
    assert set(texts) == {"x.zip/1.txt", "x.zip/1.zip/0.txt"}
    assert reasons == {"x.zip/1.zip/0.zip": "a zip 3 deep in others: unpack it"}


def test_gzip_in_gzip_and_tar_are_refused(tmp_path):
    double = gzip.compress(gzip.compress(b"Un."))
    tar = gzip.compress(b"a.txt" + bytes(252) + b"ustar" + bytes(700))
    _, reasons = read(tmp_path, **{"a.gz": double, "b.tar.gz": tar, "c.txt": b"Bien."})
    assert reasons == {
        "a.gz": "a gzip in a gzip: unpack it",
        "b.tar.gz/b.tar": "tar archives are not read: pack the files as .zip",
    }


def test_bombs_are_refused(tmp_path):
    zeros = b"0" * (8 * 2**20)
    by_ratio = zipped([("a.txt", zeros), ("b.txt", "Bien.")])
    nested = zipped([("inner.zip", zipped([("a.txt", zeros)]))])
    texts, reasons = read(
        tmp_path,
        **{"a.zip": by_ratio, "b.zip": nested, "c.txt.gz": gzip.compress(zeros), "d.txt": b"Bien."},
    )
    assert texts == {"d.txt": "Bien."}
    assert reasons == {
        "a.zip": "zip bomb: it would unpack to more than 200 times its size",
        "b.zip/inner.zip": "zip bomb: it would unpack to more than 200 times its size",
        "c.txt.gz/c.txt": "archive bomb: it unpacks to more than 200 times its size",
    }


def test_overlapping_members_are_refused(tmp_path):
    data = bytearray(zipped([("a.txt", "Un."), ("b.txt", "Deux.")]))
    second = data.index(b"PK\x01\x02", data.index(b"PK\x01\x02") + 4)
    struct.pack_into("<L", data, second + 42, 0)  # b begins where a does
    _, reasons = read(tmp_path, **{"x.zip": bytes(data), "c.txt": b"Bien."})
    assert reasons == {"x.zip": "zip bomb: its members overlap"}


def test_too_many_members_are_refused_before_they_are_listed(tmp_path, monkeypatch):
    monkeypatch.setattr(zips, "MAX_DIRECTORY_BYTES", 1000)
    data = zipped([(f"{n}.txt", "Un.") for n in range(50)])
    _, reasons = read(tmp_path, **{"x.zip": data, "c.txt": b"Bien."})
    assert reasons == {"x.zip": "too many members: split the archive"}


def test_a_web_archive_collection_gives_its_captures_only(tmp_path):
    warc = Path(__file__).parents[2] / "cases" / "exports" / "web-archive" / "crawl.warc.gz"
    members = [
        ("archive/data.warc.gz", warc.read_bytes()),
        ("datapackage.json", '{"profile": "data-package"}'),
        ("pages/pages.jsonl", '{"format": "json-pages-1.0"}'),
        ("indexes/index.cdx.gz", gzip.compress(b"x")),
    ]
    texts, reasons = read(tmp_path, **{"a.wacz": zipped(members)})
    assert reasons == {}
    assert list(texts) == ["a.wacz/archive/data.warc.gz/data.warc"]


def test_a_source_is_opened_again_and_again(tmp_path):
    tmp_path.joinpath("a.zip").write_bytes(
        zipped([("a.txt", "Un."), ("b.gz", gzip.compress(b"B"))])
    )
    whole = archives.Source.of_file(tmp_path / "a.zip", "a.zip")
    seen = [(member.name, member.read(), member.read()) for member in archives.sources_in(whole)]
    assert seen == [("a.zip/a.txt", b"Un.", b"Un."), ("a.zip/b.gz/b", b"B", b"B")]
