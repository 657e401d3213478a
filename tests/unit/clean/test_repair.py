import pytest

from geostance.clean.repair import repair


def read_as(text: str, encoding: str) -> str:
    """Return ``text`` as one sees it who takes UTF-8 for another encoding."""
    return text.encode().decode(encoding)


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("Le préfet a cédé, dit-on à Besançon", "latin-1"),
        ("L’été dernier, « rien »", "cp1252"),
        ("Die Straße über die Brücke", "latin-1"),
        ("şehir çok güzel, ığdır", "cp1252"),
        ("Мост закрыт", "latin-1"),
        ("Привет, как дела?", "cp1251"),
        ("पुल बंद है", "latin-1"),
        ("الجسر مغلق", "latin-1"),
    ],
)
def test_broken_encodings_are_mended(text, encoding):
    try:
        broken = read_as(text, encoding)
    except UnicodeDecodeError:
        pytest.skip("these bytes have no letters in that encoding")
    assert repair(broken) == text


@pytest.mark.parametrize(
    ("broken", "mended"),
    [
        ("caf&eacute; &amp; th&#233;", "café & thé"),
        ("AT&amp;amp;T", "AT&T"),
        ("un&amp;nbsp;mot", "un\u00a0mot"),
        ("la cru\u00ade d'hi\u200ber", "la crue d'hier"),
        ("\ufeffDébut", "Début"),
        ("e\u0301te\u0301", "été"),
        ("mo\u200dt", "mot"),
        ("deux\u2028lignes", "deux lignes"),
    ],
)
def test_entities_and_idle_characters_go(broken, mended):
    assert repair(broken) == mended


@pytest.mark.parametrize(
    "text",
    [
        "Il a dit\u00a0: «\u202fNon\u202f» — et «\u00a0oui\u00a0»",
        "L’œuvre d’art, 30\u202f000\u00a0€",
        "क्\u200dष और र्\u200cय",
        "می\u200cخواهم برگردم",
        "مُحَمَّدٌ بـــن",
        "ЇЖАК і ґанок, сьогодні — ні",
        "İstanbul'da ışık",
        "👨\u200d👩\u200d👧 ✓",
        "R&D et M&A, 5 & 6",
        "Ça coûte 5 € à Évian-les-Bains…",
    ],
)
def test_what_scripts_and_typography_need_stays(text):
    assert repair(text) == text
