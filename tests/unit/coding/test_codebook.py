import pytest

from geostance.coding import Codebook, read_codebook
from geostance.errors import ConfigError


def test_the_shipped_codebook_is_one_in_two_languages():
    book = read_codebook()
    assert set(book.texts) == {"en", "fr"}
    assert len(book.hash) == 12
    assert "<h1>" in book.html("en") and "<table>" in book.html("fr")


def test_any_word_changes_the_version_and_no_space_at_the_end_of_a_line_does():
    book = Codebook({"en": "Judge.\nTwice.", "fr": "Jugez à deux."})
    assert Codebook({"fr": "Jugez a\u0300 deux. ", "en": "Judge. \nTwice.\n"}).hash == book.hash
    assert Codebook({"en": "Judge.\nOnce.", "fr": "Jugez à deux."}).hash != book.hash
    assert Codebook({"en": "Judge.\nTwice."}).hash != book.hash


def test_the_language_wanted_else_english_else_the_first():
    assert Codebook({"fr": "a", "en": "b"}).language("fr") == "fr"
    assert Codebook({"fr": "a", "en": "b"}).language("de") == "en"
    assert Codebook({"ru": "a", "fr": "b"}).language("de") == "ru"


def test_nothing_in_a_codebook_is_markup_of_its_own():
    html = Codebook({"en": "<script>x</script> ![](x) [a](javascript:alert(1)) <b>b</b>"}).html("en")  # fmt: skip
    assert "<script" not in html and "<b>" not in html and 'href="javascript' not in html


@pytest.mark.parametrize("text", ["en: [a]\n", "just text\n", "{}\n", "en: ''\n", "en: 'a\n"])
def test_a_file_that_is_no_codebook_is_refused(tmp_path, text):
    path = tmp_path / "codebook.yml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ConfigError):
        read_codebook(path)
