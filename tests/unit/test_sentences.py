import polars as pl
import pytest

from geostance.schema import TABLES, check_table
from geostance.sentences import full_text, sentence_table, split_sentences

CASES = {
    "fr": ["M. Kerbrat est arrivé hier.", "« Nous partons. Vous venez ? » a-t-il lancé.", "Non…"],
    "en": ["Dr. Penhallow met the U.S. envoy.", '"We stay," she said.', "It cost $3.5 million."],
    "ru": ["Г. Озолс приехал в 2024 г. в Ригу.", "«Мы уходим. А вы?» — спросил он.", "Да."],
    "tr": ["Prof. Dr. Ilgaz geldi.", "Saat 10.30’da gitti.", "Kim bilir?"],
    "de": ["Am 3. Mai kam Dr. Lindwurm.", "Er blieb z. B. nicht lange.", "Warum?"],
    "es": ["¿Vienes?", "El Sr. Robledo no vino.", "Nadie lo vio."],
    "it": ["Il dott. Ferro è qui.", "Va bene.", "Chi lo sa?"],
    "az": ["Nazir gəldi.", "Saat 10.30-da getdi.", "Kim bilir?"],
    "hi": ["भारत ने हाँ कहा।", "रूस चुप रहा।", "क्यों?"],
    "ar": ["قال الوزير نعم.", "هل يعود؟", "لا أحد يعلم."],
    "uk": ["Київ мовчить.", "Хто знає?", "Ніхто."],
    "fa": ["وزیر آمد.", "آیا می‌ماند؟", "کسی نمی‌داند."],
    "hy": ["Նախարարը եկավ։", "Ռուսաստանը լռեց։", "Ոչ ոք չգիտի։"],
    "ka": ["მინისტრი მოვიდა.", "რუსეთი დუმს.", "ვინ იცის?"],
    "kk": ["Министр келді.", "Ресей үндемеді.", "Кім біледі?"],
    "pl": ["Pan Wierzba przyszedł.", "Kto wie?", "Nikt."],
    "und": ["One thing.", "Another."],
}


def parts(text, language):
    return [text[start:end] for start, end in split_sentences(text, language)]


@pytest.mark.parametrize("language", CASES)
def test_sentences_of_each_language(language):
    assert parts(" ".join(CASES[language]), language) == CASES[language]


def test_a_line_end_always_ends_a_sentence():
    assert parts("Un titre\n\nUne phrase\nsans point", "fr") == [
        "Un titre",
        "Une phrase",
        "sans point",
    ]


def test_offsets_count_characters_beyond_the_basic_plane():
    text = "Oui 😀 dit-il. 𝔘n autre jour. Été."
    assert parts(text, "fr") == ["Oui 😀 dit-il.", "𝔘n autre jour.", "Été."]


def test_a_very_long_line_is_split_whole():
    text = "mot " * 30_000
    spans = split_sentences(text, "fr")
    assert spans[0][0] == 0
    assert spans[-1][1] == len(text) - 1
    assert sum(len(text[start:end].split()) for start, end in spans) == 30_000


@pytest.mark.parametrize("text", ["", "\n \n", "\u2028"])
def test_no_text_no_sentence(text):
    assert split_sentences(text, "fr") == []


def test_full_text_puts_the_headline_first():
    assert full_text("Titre", "Corps.") == "Titre\n\nCorps."
    assert full_text(None, "Corps.") == "Corps."


def test_the_table_numbers_sentences_and_skips_what_was_set_aside():
    cleaned = pl.DataFrame(
        [
            ("a", "Le pont", "Il est fermé. Il le reste.", "fr", 1.0, None, []),
            ("b", None, "Rien.", "fr", 1.0, "too_short", []),
        ],
        schema=TABLES["cleaned"],
        orient="row",
    )
    table = check_table(sentence_table(cleaned), "sentences", where="test")
    assert table.rows() == [
        ("a", "a-0000", 0, 7, "Le pont"),
        ("a", "a-0001", 9, 22, "Il est fermé."),
        ("a", "a-0002", 23, 35, "Il le reste."),
    ]
