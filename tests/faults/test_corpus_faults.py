"""What can be wrong with the files of a corpus: each is read or refused by its reason, in time."""

import errno
import os
import socket
from pathlib import Path

import pytest

from geostance.cli import main
from geostance.files import read_table
from geostance.fingerprints import listing
from geostance.ingest.sources import MAX_BYTES, Source

GOOD = "Un pont neuf\n\nLe pont a été rouvert hier soir, après deux ans de travaux."


@pytest.fixture
def corpus(tmp_path):
    folder = tmp_path / "raw"
    (folder / "Le Phare").mkdir(parents=True)
    (folder / "Le Phare" / "good.txt").write_text(GOOD)
    return folder


def reasons(corpus: Path) -> dict[str, str]:
    """Read the corpus as the command does; return what was refused, and see the rest was kept."""
    config = corpus.parent / "study.yml"
    config.write_text("ingest: {max_rejected_share: 0.9}")
    output = corpus.parent / "interim" / "documents.parquet"
    main(["ingest", f"--config={config}", f"--corpus={corpus}", f"--output={output}"])
    kept = read_table(output, "documents")
    assert "Le Phare/good.txt" in kept["source"]
    refused = read_table(output.with_name("rejected.parquet"), "rejected")
    return dict(refused.select("source", "reason").iter_rows())


def test_a_pipe_and_a_socket_are_not_waited_for(corpus):
    os.mkfifo(corpus / "pipe.txt")
    server = socket.socket(socket.AF_UNIX)
    server.bind(str(corpus / "socket.txt"))
    server.close()
    found = reasons(corpus)
    assert found.keys() == {"pipe.txt", "socket.txt"}
    assert set(found.values()) == {"no file, but a pipe, socket or device"}


def test_loops_and_loose_ends_of_links_are_refused(corpus):
    (corpus / "itself.txt").symlink_to(corpus / "itself.txt")
    (corpus / "nowhere.txt").symlink_to(corpus / "gone.txt")
    (corpus / "up").symlink_to(corpus)
    found = reasons(corpus)
    assert found["up"] == "a link to a folder: copy it here"
    assert "symbolic links" in found["itself.txt"]
    assert "No such file" in found["nowhere.txt"]


def test_a_link_to_a_file_is_read(corpus, tmp_path):
    (tmp_path / "elsewhere.txt").write_text(GOOD)
    (corpus / "linked.txt").symlink_to(tmp_path / "elsewhere.txt")
    assert reasons(corpus) == {}


def test_a_name_with_a_line_break_stays_one_record(corpus):
    (corpus / "a\nb.txt").write_text(GOOD)
    (corpus / "c\nd.txt").write_bytes(b"")
    assert reasons(corpus) == {"c\nd.txt": "empty"}


def test_a_name_that_is_no_utf8_is_kept_apart(corpus):
    for name in (b"\xe9.txt", b"\xe8.txt"):
        Path(os.fsdecode(os.fsencode(corpus) + b"/" + name)).write_text(GOOD)
    assert reasons(corpus) == {}
    names = read_table(corpus.parent / "interim" / "documents.parquet", "documents")["source"]
    assert {r"\xe9.txt", r"\xe8.txt"} <= set(names)


def test_a_file_of_no_byte_and_one_of_three_gigabytes_are_refused(corpus):
    (corpus / "none.txt").write_bytes(b"")
    with (corpus / "huge.txt").open("wb") as file:
        file.truncate(3 * 2**30)
    found = reasons(corpus)
    assert found["none.txt"] == "empty"
    assert found["huge.txt"]


def test_a_text_too_large_to_hold_is_refused_before_it_is_read(tmp_path, monkeypatch):
    path = tmp_path / "huge.txt"
    with path.open("wb") as file:
        file.write(b"Un article. " * 10_000)
        file.truncate(MAX_BYTES + 1)
    source = Source.of_file(path, "huge.txt")
    monkeypatch.setattr(Source, "chunks", lambda *_: pytest.fail("it was read"))
    with pytest.raises(Exception, match="larger than 512 MB"):
        source.read()


@pytest.mark.parametrize(
    ("code", "said"), [(errno.EACCES, "Permission denied"), (errno.EIO, "Input/output error")]
)
def test_a_file_that_the_system_refuses_is_named(corpus, monkeypatch, code, said):
    (corpus / "closed.txt").write_text(GOOD)
    opened = Path.open

    def refuse(path, *arguments, **options):
        if path.name == "closed.txt":
            raise OSError(code, os.strerror(code), str(path))
        return opened(path, *arguments, **options)

    monkeypatch.setattr(Path, "open", refuse)
    assert said in reasons(corpus)["closed.txt"]


def test_a_folder_that_cannot_be_listed_is_not_passed_over(corpus, monkeypatch):
    (corpus / "closed").mkdir()
    listed = os.scandir

    def refuse(path):
        if str(path).endswith("closed"):
            raise PermissionError(errno.EACCES, "Permission denied", str(path))
        return listed(path)

    monkeypatch.setattr(os, "scandir", refuse)
    assert reasons(corpus) == {"closed": "the folder cannot be read"}


def test_a_corpus_that_cannot_be_listed_is_an_error_of_three_lines(corpus, monkeypatch, capsys):
    listed = os.scandir

    def refuse(path):
        if str(path) == str(corpus):
            raise PermissionError(errno.EACCES, "Permission denied", str(path))
        return listed(path)

    monkeypatch.setattr(os, "scandir", refuse)
    with pytest.raises(SystemExit):
        reasons(corpus)
    said = capsys.readouterr().err.strip().split("\n")
    assert len(said) == 3 and "Permission denied" in said[0] and str(corpus) in said[1]


def test_a_file_changed_while_it_is_read_is_read_again_next_time(corpus, monkeypatch):
    """Make compares the listing that was taken before the reading began."""
    path = corpus / "Le Phare" / "good.txt"
    before = listing(corpus)
    opened = Source.open

    def grows(source):
        path.write_text(path.read_text() + " Des feux y sont encore attendus.")
        return opened(source)

    monkeypatch.setattr(Source, "open", grows)
    assert reasons(corpus) == {}
    assert listing(corpus) != before
