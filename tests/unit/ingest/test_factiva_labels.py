"""The words of Factiva's interface, and the head of an article in which only they are known."""

import pytest

from geostance.ingest.factiva.labels import (
    ACCESSION_NUMBER,
    WORD_COUNT,
    language_tag,
    tag_of_code,
)
from geostance.ingest.factiva.uncoded import read_head


@pytest.mark.parametrize(
    ("tag", "names"),
    [
        ("fr", ["French", "Français", "Französisch", "法文", "FRENCH"]),
        ("en", ["English", "Anglais", "Englisch", "英文"]),
        ("de", ["German", "Allemand", "Deutsch", "德文"]),
        ("ru", ["Russian", "Russe", "Russisch", "俄文"]),
        ("uk", ["Ukrainian", "Ukrainien", "Ukrainisch", "乌克兰文"]),
        ("es", ["Spanish", "Espagnol", "Spanisch", "西班牙文"]),
        ("it", ["Italian", "Italien", "Italienisch", "意大利文"]),
        ("tr", ["Turkish", "Turc", "Türkisch", "土耳其文"]),
        ("az", ["Azerbaijani", "Azerbaïdjanais", "Aserbaidschanisch"]),
        ("ar", ["Arabic", "Arabe", "Arabisch", "阿拉伯文"]),
        ("fa", ["Persian", "Farsi", "Persan", "Persisch"]),
        ("hi", ["Hindi", "印地文"]),
        ("hy", ["Armenian", "Arménien", "Armenisch"]),
        ("ka", ["Georgian", "Géorgien", "Georgisch"]),
        ("kk", ["Kazakh", "Kasachisch"]),
        ("pl", ["Polish", "Polonais", "Polnisch", "波兰文"]),
        ("pt", ["Portuguese", "Portuguese (Brazil)", "Portugais"]),
        ("zh-Hans", ["Chinese - Simplified", "Chinois - simplifié", "中文(简体)"]),
        ("zh-Hant", ["Chinese - Traditional", "繁體中文"]),
        ("zh", ["Chinese", "Chinesisch", "中文"]),
        (None, ["Klingon", "French toast", "The Courier", ""]),
    ],
)
def test_names_of_languages(tag: str | None, names: list[str]):
    assert {name: language_tag(name) for name in names} == dict.fromkeys(names, tag)


def test_codes_of_languages():
    assert [tag_of_code(code) for code in ("EN", "fr", "ZHTW", "zhcn")] == [
        "en",
        "fr",
        "zh-Hant",
        "zh-Hans",
    ]


@pytest.mark.parametrize(
    "line",
    ["718 words", "1,285 words", "1 295 mots", "1.664 Wörter", "6957 字", "1 word", "20 palabras"],
)
def test_word_counts(line: str):
    assert WORD_COUNT.fullmatch(line)


@pytest.mark.parametrize("line", ["words", "718", "In 718 words", "718 words on ships"])
def test_no_word_counts(line: str):
    assert not WORD_COUNT.fullmatch(line)


def test_accession_numbers_are_whole():
    for line in ("Document REUT00019870226-0001", "REUT00019870226-0001"):
        assert ACCESSION_NUMBER.fullmatch(line)[1] == "REUT00019870226-0001"
    assert ACCESSION_NUMBER.fullmatch("文件 WDRRAD0020180914eea70005l")
    assert not ACCESSION_NUMBER.fullmatch("Document of 20180914")


HEAD = ["Title", "718 words", "15 March 2022", "The Courier", "COUR"]


@pytest.mark.parametrize(
    ("between", "fields"),
    [
        ([], {}),
        (["A12"], {"PG": ["A12"]}),
        (["24124"], {"VOL": ["24124"]}),
        (["0 2017"], {"VOL": ["0 2017"]}),
        (["Late"], {"ED": ["Late"]}),
        (["Late", "4,5,6"], {"ED": ["Late"], "PG": ["4,5,6"]}),
        (["2", "23"], {"ED": ["2"], "PG": ["23"]}),
        (["5", "24124"], {"PG": ["5"], "VOL": ["24124"]}),
        (["C", "20", "24126"], {"ED": ["C"], "PG": ["20"], "VOL": ["24126"]}),
        (["COUX", "C", "20", "24126"], {"ED": ["C"], "PG": ["20"], "VOL": ["24126"]}),
        (["COUX", "20"], {"PG": ["20"]}),
    ],
)
def test_edition_page_and_volume_may_be_missing(between: list[str], fields: dict):
    read, used = read_head([*HEAD, *between, "French", "(c) 2022", "Text."])
    assert {code: read[code] for code in ("ED", "PG", "VOL") if code in read} == fields
    assert read["LA"] == ["French"]
    assert used == len(HEAD) + len(between) + 2


def test_a_head_with_a_time_without_a_code_and_in_an_unknown_language():
    lines = ["T", "2 words", "1 May 2020", "06:04 GMT", "The Courier", "Klingon", "© 2020", "Text."]
    read, used = read_head(lines)
    assert (read["ET"], read["SN"], read["LA"], read["CY"]) == (
        ["06:04 GMT"],
        ["The Courier"],
        ["Klingon"],
        ["© 2020"],
    )
    assert lines[used:] == ["Text."]


def test_no_head_without_a_word_count_and_a_date():
    assert read_head(["Title", "Author", "Text of 12 words", "of 1 May 2020"]) is None
    assert read_head(["Title", "12 words", "without a date"]) is None
    assert read_head([]) is None
