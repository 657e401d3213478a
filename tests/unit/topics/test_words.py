import numpy as np
import pytest

from geostance.schema import empty_table
from geostance.settings.topics import DescriptionSettings
from geostance.topics.documents import ALL_LANGUAGES
from geostance.topics.lemmas import lemmatizer
from geostance.topics.lexicon import Lexicon
from geostance.topics.stopwords import connectors_of, content_words, stopwords_of
from geostance.topics.tokens import segments, tokenize
from geostance.topics.words import lexicons, restricted, topic_words, typicality

ENCODER_LANGUAGES = "fr en ru tr de es it uk pl ar hi fa az hy ka kk".split()
PLAIN = DescriptionSettings(lemmas=False, terms=False)


def words_of(texts, languages, topics, settings=PLAIN, **vectors):
    return topic_words(lexicons(texts, languages, settings), topics, settings, **vectors)


@pytest.mark.parametrize(
    ("text", "language", "words"),
    [
        ("L'Otan s’étend aujourd'hui", "fr", ["otan", "étend", "aujourd'hui"]),
        ("Pense-t-il au rendez-vous ?", "fr", ["pense", "au", "rendez-vous"]),
        ("dell’Unione e un'altra", "it", ["unione", "altra"]),
        ("Россия и НАТО", "ru", ["россия", "нато"]),
        ("भारत ने समझौता किया", "hi", ["भारत", "ने", "समझौता", "किया"]),
        ("Azərbaycan, 2024", "az", ["azərbaycan"]),
        ("NATO’nun İstanbul'daki IŞIK planı", "tr", ["nato", "istanbul", "ışık", "planı"]),
        ("ABŞ-ın səfiri", "az", ["abş", "səfiri"]),
        ("АҚШ-тың елшісі", "kk", ["ақш", "елшісі"]),
        ("ԱՄՆ-ի դեսպանը", "hy", ["ամն", "դեսպանը"]),
        ("The U.S. president’s men", "en", ["the", "u.s.", "president", "men"]),
        ("З’їзд пам'яті", "uk", ["з’їзд", "пам'яті"]),
        ("كتاب می‌خواند", "fa", ["کتاب", "می\u200cخواند"]),
    ],
)
def test_words_of_every_script(text, language, words):
    assert tokenize(text, language) == words


def test_addresses_and_handles_are_no_words():
    text = (
        "Suivez t.me/port_7 ou @leport, https://a.example/gaz?utm_medium=x et port@a.example : fin"
    )
    assert tokenize(text, "fr") == ["suivez", "ou", "et", "fin"]


def test_punctuation_and_line_breaks_part_segments():
    found = list(segments("Titre du jour\nLe port, la gare d’eau", "fr"))
    assert found == [["Titre", "du", "jour"], ["Le", "port"], ["la", "gare", "d’", "eau"]]


@pytest.mark.parametrize("language", ENCODER_LANGUAGES)
def test_every_language_of_the_encoder_has_function_words(language):
    listed = stopwords_of(language)
    assert len(listed) > 200
    assert not [word for word in listed if word != word.lower()]


def test_nouns_are_no_function_words():
    assert {"state", "bill"}.isdisjoint(stopwords_of("en"))
    assert {"parti", "pouvoir"}.isdisjoint(stopwords_of("fr"))
    assert "مردم" not in stopwords_of("fa")


@pytest.mark.parametrize(
    ("language", "forms"),
    [
        ("fr", ("élection", "élections")),
        ("ru", ("война", "войны", "войну")),
        ("tr", ("seçim", "seçimlerde")),
        ("fa", ("کشور", "کشور\u200cهای")),
        ("ar", ("الحكومة", "حكومة", "والحكومة")),
    ],
)
def test_forms_of_a_word_have_one_lemma(language, forms):
    assert len({lemmatizer(language)(form) for form in forms}) == 1


def test_a_language_without_a_lemmatiser_keeps_its_forms():
    assert lemmatizer("az")("dövlətlər") == "dövlətlər"


def test_forms_are_counted_together_and_shown_as_most_often_written():
    texts = ["Les Élections approchent", "les élections passent", "une élection", "le port"]
    own = Lexicon.of(texts, "fr", DescriptionSettings(terms=False))
    at = own.keys.index("élection")
    assert (own.words[at], own.shown[at]) == ("élections", "Élections")
    assert own.held[:, [at]].toarray().ravel().tolist() == [1, 1, 1, 0]


def test_each_language_has_its_own_words():
    words = words_of(
        ["le gaz coule", "газ идёт", "le vote commence", "голосование началось"],
        ["fr", "ru", "fr", "ru"],
        [0, 0, 1, 1],
    )
    assert set(words.filter(language="ru", topic=0)["word"]) <= {"газ", "идёт"}
    assert "vote" in set(words.filter(language="fr", topic=1)["word"])
    assert {"vote", "голосование"} <= set(words.filter(language=ALL_LANGUAGES, topic=1)["word"])


def test_a_word_repeated_in_one_document_does_not_name_the_topic():
    texts = ["gaz gaz gaz gaz gaz port", "port navire", "port quai", "vote", "vote urne"]
    words = words_of(texts, ["fr"] * 5, [0, 0, 0, 1, 1])
    assert words.filter(language="fr", topic=0, rank=1)["word"].to_list() == ["port"]


def test_a_vocabulary_of_one_word_is_listed():
    assert set(words_of(["gaz", "gaz gaz"], ["fr", "fr"], [0, 1])["word"]) == {"gaz"}


def test_texts_of_function_words_only_have_no_words():
    assert words_of(["le la les", ""], ["fr", "fr"], [0, 0]).is_empty()


def test_function_words_can_be_left_in():
    settings = DescriptionSettings(lemmas=False, terms=False, stopwords="none")
    assert "avec" in set(words_of(["avec gaz"], ["fr"], [0], settings)["word"])


def test_content_words_leave_function_words_and_single_letters_out():
    assert content_words("Le chef de l’État parle à M. X du gaz", "fr") == ["chef", "état", "gaz"]


PAIRS = [
    f"{first} les Nations unies {last}"
    for first, last in zip(
        ["devant", "selon", "avec", "contre", "chez", "pour"],
        ["votent", "hésitent", "dorment", "plaident", "cèdent", "reculent"],
        strict=True,
    )
]


def test_words_that_go_together_are_one_term_shown_without_its_parts():
    texts = [*PAIRS, "port navire quai", "grue bateau phare", "quai marée houle"]
    settings = DescriptionSettings()
    words = words_of(texts, ["fr"] * 9, [0] * 6 + [1] * 3, settings)
    listed = words.filter(language="fr", topic=0)
    assert listed["shown"][0] == "Nations unies"
    assert listed["word"][0] == "nations unies"
    assert not {"nations", "unies"} & set(listed["word"])


def test_a_term_keeps_the_words_that_connect_it_and_their_apostrophe():
    texts = [f"le chef de l’État {word}" for word in "mange boit dort court nage vole".split()]
    own = Lexicon.of(texts, "fr", DescriptionSettings())
    assert "chef de l’État" in own.shown
    assert {"de", "l’"} <= connectors_of("fr")


def test_terms_do_not_cross_punctuation():
    texts = [f"port, navire {word}" for word in "mange boit dort court nage vole".split()]
    assert not [key for key in Lexicon.of(texts, "fr", DescriptionSettings()).keys if " " in key]


def test_typicality_is_the_weight_of_the_topic_words_in_a_document():
    texts = ["port navire", "port", "vote urne", "vote"]
    found = lexicons(texts, ["fr"] * 4, PLAIN)
    topics = [0, 0, 1, 1]
    words = topic_words(found, topics, PLAIN)
    typical = typicality(found, topics, words)
    weights = {
        (row["topic"], row["word"]): row["weight"]
        for row in words.filter(language="fr").iter_rows(named=True)
    }
    assert typical[0] == pytest.approx(weights[0, "port"] + weights[0, "navire"])
    assert typical[3] == pytest.approx(weights[1, "vote"])


def vectors_of(words):
    """An encoder of two directions: what floats, and what does not."""
    afloat = {"navire", "bateau", "quai"}
    return np.array([[1.0, 0.1] if word in afloat else [0.1, 1.0] for word in words], np.float32)


@pytest.mark.parametrize("representation", ["keybert", "mmr"])
def test_words_can_be_chosen_by_likeness_to_the_documents(representation):
    texts = ["navire table bateau", "quai table lampe", "urne vote lampe", "vote urne chaise"]
    documents = np.array([[1, 0], [1, 0], [0, 1], [0, 1]], np.float32)
    settings = PLAIN.model_copy(update={"representation": representation, "words": 3})
    words = words_of(
        texts, ["fr"] * 4, [0, 0, 1, 1], settings, vectors=documents, encode=vectors_of
    )
    first = words.filter(language="fr", topic=0, rank=1)
    assert first["word"][0] in {"navire", "bateau", "quai"}
    assert words.filter(language="fr", topic=0)["rank"].to_list() == [1, 2, 3]
    if representation == "keybert":
        assert set(words.filter(language="fr", topic=0)["word"]) == {"navire", "bateau", "quai"}


def test_no_topic_gives_no_words():
    assert words_of([], [], []).equals(empty_table("topic_words"))


def test_words_of_a_part_are_counted_in_that_part_alone():
    texts = ["gaz livraison", "gaz hiver", "vote scrutin", "gas winter"]
    languages = ["fr", "fr", "fr", "en"]
    settings = DescriptionSettings(terms=False)
    chosen = np.array([True, False, True, False])
    # The topics of documents outside the part count for nothing.
    found = restricted(lexicons(texts, languages, settings), chosen)
    words = topic_words(found, [0, 5, 1, 5], settings)
    part = [text for text, own in zip(texts, chosen, strict=True) if own]
    alone = topic_words(lexicons(part, ["fr", "fr"], settings), [0, 1], settings)
    assert words.equals(alone)
    assert set(words["language"]) == {"mul", "fr"}
