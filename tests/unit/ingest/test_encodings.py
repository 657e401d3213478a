import pytest

from geostance.ingest.encodings import decode

FRENCH = "L’été dernier, à Besançon, le préfet a cédé : « c’est fini »."
RUSSIAN = "Вчера в Каменоборске закрыли мост, и город остался без хлеба."
TURKISH = "Dün akşam Çayırbaşı köyünde ışıklar söndü, ağaçlar devrildi."


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        (FRENCH, "utf-8"),
        (FRENCH, "utf-8-sig"),
        (FRENCH, "utf-16"),
        (FRENCH, "utf-32"),
        (FRENCH, "cp1252"),
        (RUSSIAN, "cp1251"),
        (RUSSIAN, "koi8-r"),
        (RUSSIAN, "utf-8"),
        (TURKISH, "cp1254"),
    ],
)
def test_the_encoding_is_found(text, encoding):
    assert decode(text.encode(encoding)) == text


def test_a_cut_utf8_file_stays_utf8():
    data = (RUSSIAN * 3).encode()[:-1]
    assert decode(data).startswith(RUSSIAN)


def test_nothing_is_an_empty_text():
    assert decode(b"") == ""
