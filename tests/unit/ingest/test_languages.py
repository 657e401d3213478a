import pytest

from geostance.ingest.languages import language_tag


@pytest.mark.parametrize(
    ("tag", "names"),
    [
        ("fr", ["French", "Français", "Französisch", "法文", "FRENCH", "Frans"]),
        ("en", ["English", "Anglais", "Englisch", "英文"]),
        ("de", ["German", "Allemand", "Deutsch", "德文"]),
        ("ru", ["Russian", "Russe", "Russisch", "俄文"]),
        ("uk", ["Ukrainian", "Ukrainien", "Ukrainisch", "乌克兰文"]),
        ("es", ["Spanish", "Espagnol", "Spanisch", "西班牙文"]),
        ("it", ["Italian", "Italien", "Italienisch", "意大利文"]),
        ("tr", ["Turkish", "Türkçe", "Turc", "Türkisch", "土耳其文"]),
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
