from pathlib import Path

import pytest

from geostance.errors import ConfigError
from geostance.targets import find_any, find_targets, load_targets


def surfaces(text, language=None, target=None, **options):
    targets = None if target is None else [target]
    return [mention.surface for mention in find_targets(text, language, targets, **options)]


@pytest.mark.parametrize(
    ("language", "target", "text", "expected"),
    [
        (
            "fr",
            "russia",
            "La Russie nie ; Moscou et l'armée russe se taisent.",
            "Russie Moscou russe",
        ),
        ("fr", "india", "L’Inde et sa marine indienne.", "Inde indienne"),
        ("fr", "nato", "L'Otan, ou OTAN.", "Otan OTAN"),
        ("fr", "united-states", "Les Etats-Unis et les États-Unis", "Etats-Unis États-Unis"),
        ("en", "united-states", "The US told us to wait.", "US"),
        ("en", "russia", "RUSSIA and the Kremlin's men", "RUSSIA Kremlin"),
        (
            "ru",
            "russia",
            "В Россию, о России, российских и Кремлём",
            "Россию России российских Кремлём",
        ),
        ("ru", "nato", "Страны НАТО и натовские базы", "НАТО натовские"),
        ("ru", "turkey", "Турцией правит Анкара, а Эрдогана ждут", "Турцией Анкара Эрдогана"),
        ("tr", "russia", "Rusya'nın ve Moskova’ya", "Rusya Moskova"),
        ("tr", "nato", "NATO'ya üye", "NATO"),
        ("tr", "iran", "İran ile İRAN", "İran İRAN"),
        ("de", "russia", "Russlands Truppen, die russischen Panzer", "Russlands russischen"),
        ("es", "turkey", "Turquía y el gobierno turco", "Turquía turco"),
        ("it", "india", "L'India e il governo indiano", "India indiano"),
        ("az", "russia", "Rusiyanın ordusu, Moskvadan xəbər", "Rusiyanın Moskvadan"),
        ("hi", "india", "भारत ने कहा, भारतीय सेना", "भारत भारतीय"),
        ("hi", "pakistan", "पाकिस्तान की सरकार", "पाकिस्तान"),
        ("uk", "russia", "Росія та російські війська", "Росія російські"),
        ("ar", "russia", "قالت روسيا والكرملين", "روسيا"),
        ("fa", "iran", "ایران و تهران", "ایران تهران"),
    ],
)
def test_a_target_is_found_in_its_forms(language, target, text, expected):
    assert surfaces(text, language, target) == expected.split()


@pytest.mark.parametrize(
    ("language", "target", "text"),
    [
        ("fr", "india", "Une croisière dans l'océan Indien."),
        ("fr", "india", "Les Indiens d'Amérique chassaient le bison."),
        ("fr", "india", "La dinde et le cochon d'Inde."),
        ("fr", "russia", "La Prusse orientale et les montagnes russes."),
        ("fr", "turkey", "Il sert de tête de Turc."),
        ("en", "india", "Indiana, Indianapolis and the West Indies."),
        ("en", "india", "New Delhi Daredevils won; the Indian Ocean is warm."),
        ("en", "russia", "Prussia fell."),
        ("en", "united-states", "Tell us more about Latin America."),
        ("en", "turkey", "They ate turkey."),
        ("ru", "russia", "Обед в ресторане «Москва»."),
        ("ru", "russia", "Пруссия исчезла с карты."),
        ("de", "india", "Kreuzfahrt im Indischen Ozean"),
        ("tr", "india", "Hint Okyanusu'nda fırtına"),
        ("hi", "china", "दक्षिण चीन सागर में जहाज़"),
    ],
)
def test_a_trap_is_no_mention(language, target, text):
    assert surfaces(text, language, target) == []


def test_the_lower_case_word_is_not_the_state():
    assert surfaces("il dit inde", "fr", "india") == []
    assert surfaces("INDE : LE CONGRÈS VOTE", "fr", "india") == ["INDE"]


def test_a_trap_hides_only_its_own_words():
    assert surfaces("L'Inde dans l'océan Indien, dit l'Inde", "fr", "india") == ["Inde", "Inde"]


def test_offsets_are_into_the_text_and_in_order():
    text = "Kyiv, then Moscow, then NATO, then Moscow."
    mentions = find_targets(text, "en", ["nato", "russia", "ukraine"])
    assert [mention.target for mention in mentions] == ["ukraine", "russia", "nato", "russia"]
    assert all(text[mention.start : mention.end] == mention.surface for mention in mentions)
    assert mentions == sorted(mentions, key=lambda mention: mention.start)


def test_without_a_language_all_aliases_are_tried():
    assert surfaces("Россия, Rusya, रूस", None, "russia") == ["Россия", "Rusya", "रूस"]
    assert surfaces("Россия, Rusya", "xx", "russia") == ["Россия", "Rusya"]
    assert surfaces("Россия, Rusya", "tr", "russia") == ["Rusya"]
    assert surfaces("la Russie", "fr-CA", "russia") == ["Russie"]


def test_empty_text_has_no_mention():
    assert find_targets("") == []
    assert find_any("") == []


def test_every_shipped_target_has_aliases_in_the_nine_languages():
    shipped = load_targets()
    assert len(shipped) == 14
    for target in shipped.values():
        for language in ("fr", "en", "ru", "tr", "de", "es", "it", "az", "hi"):
            assert target.aliases[language], (target.id, language)
            assert target.labels[language], (target.id, language)


def test_a_label_falls_back_to_english():
    assert load_targets()["india"].label("fr") == "Inde"
    assert load_targets()["india"].label("xx") == "India"


def write(folder: Path, text: str) -> Path:
    path = folder / "mine.yml"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_file_adds_a_target_without_code(tmp_path):
    path = write(tmp_path, "brics:\n  labels: {en: BRICS}\n  aliases: {all: [BRICS, 'Bric(s|)']}\n")
    assert surfaces("Les BRICS et les Brics", "fr", "brics", targets_file=path) == [
        "BRICS",
        "Brics",
    ]
    # The shipped ones stay.
    assert surfaces("La Russie", "fr", "russia", targets_file=path) == ["Russie"]


def test_an_edited_file_counts_at_once(tmp_path):
    path = write(tmp_path, "syria:\n  labels: {en: Syria}\n  aliases: {en: [Syria]}\n")
    assert surfaces("Damascus in Syria", "en", "syria", targets_file=path) == ["Syria"]
    write(tmp_path, "syria:\n  labels: {en: Syria}\n  aliases: {en: [Syria, Damascus, Assad]}\n")
    import os

    os.utime(path, ns=(1, 1))
    assert surfaces("Damascus in Syria", "en", "syria", targets_file=path) == ["Damascus", "Syria"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "holds no target"),
        ("Russia:\n  labels: {en: R}\n  aliases: {en: [R]}\n", "no target id"),
        ("x: [a]\n", "x is not a mapping"),
        ("x:\n  labels: {en: X}\n  alias: {en: [X]}\n", "unknown key x.alias"),
        ("x:\n  aliases: {en: [X]}\n", "no English name"),
        ("x:\n  labels: {en: X}\n", "has no alias"),
        ("x:\n  labels: {en: X}\n  aliases: [X]\n", "not a mapping of lists"),
        ("x:\n  labels: {en: X}\n  aliases: {en: [true]}\n", "holds True"),
        ("x:\n  labels: {en: X}\n  aliases: {en: ['a(b']}\n", "holds 'a(b'"),
        ("x:\n  labels: {en: X}\n  aliases: {en: ['*']}\n", "holds '*'"),
        ("x:\n  labels: {en: X}\n  aliases: {en: ['']}\n", "holds ''"),
        ("x:\n  labels: {en: X}\n  aliases: {en: ['*stan']}\n", "holds '*stan'"),
        ("x:\n  labels: {en: X}\n  aliases: {en: ['(|a) b']}\n", "holds '(|a) b'"),
        (f"x:\n  labels: {{en: X}}\n  aliases: {{en: ['x{'(a|b)' * 30}']}}\n", "too many ways"),
        ("x:\n  labels: {en: X}\n  aliases: {en: ['x*a*b*c*']}\n", "too many ways"),
        (f"x:\n  labels: {{en: X}}\n  aliases: {{en: [{'x' * 5000}]}}\n", "too many ways"),
    ],
)
def test_a_wrong_file_is_refused_in_three_lines(tmp_path, text, message):
    path = write(tmp_path, text)
    with pytest.raises(ConfigError, match=r"where: .*mine\.yml") as error:
        load_targets(path)
    assert message in str(error.value)
    assert len(str(error.value).splitlines()) == 3


@pytest.mark.parametrize("name", ["],", "[x]", "-mark", "^", "\\\\d", "+49", "a.b", "a-z"])
def test_a_name_of_signs_is_found_as_it_is_written(tmp_path, name):
    path = write(tmp_path, f'x:\n  labels: {{en: X}}\n  aliases: {{en: ["{name}", zz]}}\n')
    name = name.replace("\\\\", "\\")
    assert surfaces(f"Der {name} da", "en", "x", targets_file=path) == [name]


def test_a_language_without_a_name_of_its_own_takes_all(tmp_path):
    path = write(tmp_path, "x:\n  labels: {en: X}\n  aliases: {fr: [], en: [Xland]}\n")
    assert surfaces("Le Xland", "fr", "x", targets_file=path) == ["Xland"]


def test_an_unknown_target_lists_the_known_ones():
    with pytest.raises(ConfigError, match="unknown target 'rusia'") as error:
        find_targets("x", targets=["rusia"])
    assert "armenia, azerbaijan" in error.value.mend


def test_a_missing_file_is_a_config_error(tmp_path):
    with pytest.raises(ConfigError, match="cannot be read"):
        load_targets(tmp_path / "none.yml")
