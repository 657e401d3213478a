import pytest

from geostance.clean import clean_text
from geostance.clean.explanation import explain
from geostance.cli import main

PAGE = (
    "Le pont est fermé\nPar Odile Kerbrat\n"
    "La préfecture a fermé hier soir le pont de l'Argue, que la crue menace depuis trois jours.\n"
    "Partager sur Facebook\n"
)


def test_each_line_says_what_becomes_of_it_and_why():
    lines = list(explain(clean_text(PAGE), colour=False))
    assert lines[:3] == [
        "headline  Le pont est fermé",
        "language  fr (1.00)",
        "blocks    2 kept, 2 dropped",
    ]
    assert [line.split()[:3] for line in lines[3:]] == [
        ["+", "title", "Le"],
        ["-", "byline", "fr.yml"],
        ["+", "body", "La"],
        ["-", "share", "fr.yml"],
    ]


def test_colour_is_beside_the_signs_and_nothing_moves_the_terminal():
    coloured = list(explain(clean_text(PAGE + "Un mot\x1b[2J"), colour=True))
    assert "\x1b[31m-\x1b[0m" in coloured[4]
    assert not any("\x1b[2J" in line for line in coloured)


@pytest.fixture
def page(tmp_path):
    path = tmp_path / "page.txt"
    path.write_text(PAGE, encoding="utf-8")
    return path


def test_the_command_shows_a_file_without_colour_where_no_terminal_is(page, capsys):
    main(["clean", "--explain", str(page)])
    out = capsys.readouterr().out
    assert "- share                fr.yml             Partager sur Facebook" in out
    assert "\x1b" not in out


def test_the_command_shows_the_record_asked_for(tmp_path, capsys):
    path = tmp_path / "two.jsonl"
    path.write_text('{"text": "Un."}\n{"text": "Deux bateaux sont rentrés."}\n', encoding="utf-8")
    main(["clean", "--explain", str(path), "--record", "2"])
    assert "Deux bateaux sont rentrés." in capsys.readouterr().out
    with pytest.raises(SystemExit) as stopped:
        main(["clean", "--explain", str(path), "--record", "3"])
    assert stopped.value.code == 3
    assert "there is no record 3" in capsys.readouterr().err


def test_the_command_reads_a_table_by_the_columns_of_the_config(tmp_path, capsys):
    table, config = tmp_path / "presse.csv", tmp_path / "study.yml"
    table.write_text("titre;texte\nLe pont;La préfecture a fermé le pont.\n", encoding="utf-8")
    config.write_text("ingest: {columns: {title: titre, text: texte}}")
    main(["clean", "--explain", str(table), "--config", str(config)])
    out = capsys.readouterr().out
    assert "headline  Le pont\n" in out and "La préfecture a fermé le pont." in out


def test_the_command_shows_what_can_be_read_of_a_file_with_many_rejected(tmp_path, capsys):
    path = tmp_path / "some.jsonl"
    path.write_text('{"text": ""}\n{"text": ""}\n{"text": "Un bateau."}\n', encoding="utf-8")
    main(["clean", "--explain", str(path)])
    assert "Un bateau." in capsys.readouterr().out
