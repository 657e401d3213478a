import pytest

from geostance.ingest.encodings import decode, decode_chunks, encoding_of

FRENCH = "L’été dernier, à Besançon, le préfet a cédé : « c’est fini »."
RUSSIAN = "Вчера в Каменоборске закрыли мост, и город остался без хлеба."
TURKISH = "Dün akşam Çayırbaşı köyünde ışıklar söndü, ağaçlar devrildi."
WRITTEN = [
    (FRENCH, "utf-8"),
    (FRENCH, "utf-8-sig"),
    (FRENCH, "utf-16"),
    (FRENCH, "utf-16-le"),
    (FRENCH, "utf-16-be"),
    (FRENCH, "utf-32"),
    (FRENCH, "cp1252"),
    (RUSSIAN, "cp1251"),
    (RUSSIAN, "koi8-r"),
    (RUSSIAN, "utf-8"),
    (RUSSIAN, "utf-16-le"),
    (TURKISH, "cp1254"),
]


def in_chunks(data, size):
    return [data[start : start + size] for start in range(0, len(data), size)]


@pytest.mark.parametrize(("text", "encoding"), WRITTEN)
def test_the_encoding_is_found(text, encoding):
    assert decode(text.encode(encoding)) == text


@pytest.mark.parametrize("size", [64, 67])
@pytest.mark.parametrize(("text", "encoding"), WRITTEN)
def test_a_stream_is_decoded_as_the_whole(text, encoding, size):
    chunks = in_chunks((text * 5).encode(encoding), size)
    assert "".join(decode_chunks(chunks, *encoding_of(chunks))) == text * 5


def test_a_cut_utf8_file_stays_utf8():
    data = (RUSSIAN * 3).encode()[:-1]
    assert decode(data).startswith(RUSSIAN)
    assert encoding_of(in_chunks(data, 10)) == ("utf-8", 0)


def test_one_bad_byte_far_behind_leaves_utf8():
    data = RUSSIAN.encode() * 3 + b"\xe9" + RUSSIAN.encode()
    assert encoding_of(in_chunks(data, 50)) == ("utf-8", 0)


def test_line_ends_are_one_kind_across_chunks():
    chunks = [b"a\r", b"\nb\rc", b"\n", b"d\r"]
    assert "".join(decode_chunks(chunks, "utf-8", 0)) == "a\nb\nc\nd\n"


def test_a_mark_longer_than_the_first_chunk_is_no_text():
    assert "".join(decode_chunks([b"\xef\xbb", b"\xbfa"], "utf-8", 3)) == "a"


def test_a_nul_in_a_text_is_no_utf16():
    assert decode(b"Un\0 texte.") == "Un\0 texte."


def test_nothing_is_an_empty_text():
    assert decode(b"") == ""
