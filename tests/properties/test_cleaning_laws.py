from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from geostance.clean import clean_text
from geostance.clean.repair import repair
from geostance.sentences import split_sentences

LINES = st.sampled_from(
    [
        "Monde",
        "Sport > Voile",
        "Le port de Trévaric attend toujours sa digue",
        "Par Odile Kerbrat",
        "Odile Kerbrat",
        "12 mars 2024 à 8h15",
        "il y a 2 heures",
        "Partager",
        "Partager sur Facebook · Copier le lien",
        "12 commentaires",
        "Commentaires",
        "Répondre",
        "Lire aussi",
        "Lire aussi : La digue oubliée",
        "Photo : Yann Kerbrat",
        "Un bateau de pêche rentre au port sous la pluie de novembre",
        "Digue, port, marée, pêche",
        "Source",
        "Source : la mairie n'en a pas donné",
        "Une ville coupée en deux",
        "Five quiet harbours to visit before the summer crowds arrive",
        "« On ne passe plus », dit un pêcheur.",
        "La mairie de Trévaric a promis hier soir que la digue serait finie avant l'hiver.",
        "Les pêcheurs, eux, n'y croient plus guère depuis que le chantier s'est arrêté en mai. "
        "Lire la suite",
        "The council promised last night that the new pier would be finished before next winter.",
        "Порт Треварик ждёт свою дамбу уже десять лет, и рыбаки давно не верят обещаниям мэрии.",
        "Loading…",
        "",
    ]
)
PAGES = st.lists(LINES, max_size=12).map("\n".join)
HALF = Path(__file__).parents[1] / "cases" / "pages" / "build"
# Pages of twelve languages, their lines shuffled among each other.
SCRAPED = st.lists(
    st.sampled_from(
        [
            line
            for path in sorted(HALF.glob("*.txt"))
            for line in path.read_text("utf-8").split("\n")
        ]
    ),
    max_size=25,
).map("\n".join)
HOSTILE = st.lists(
    st.sampled_from(
        ["a" * 5000, " " * 300, "(" * 250, "\u202e\u200d" * 90, "1" * 259, "« " * 120, "é, " * 80,
         "\ud800", "\x00\x1b[2J", "© " * 100, "Lire aussi : " * 20, "𝕏" * 260, "ा" * 200]
    )
    | st.text(max_size=40),
    max_size=8,
).map("\n".join)  # fmt: skip
ANYTHING = st.text(max_size=120)


def twice(text, title):
    once = clean_text(text, title)
    again = clean_text(once.text, once.title)
    assert (again.title, again.text) == (once.title, once.text)
    assert again.language == once.language


@settings(max_examples=250)
@given(text=PAGES, title=st.none() | LINES)
def test_cleaning_twice_is_cleaning_once_on_pages(text, title):
    twice(text, title)


@settings(max_examples=250)
@given(text=ANYTHING)
def test_cleaning_twice_is_cleaning_once_on_anything(text):
    twice(text, None)


@settings(max_examples=150)
@given(text=SCRAPED)
@example(
    text="– Kim tikəcək bu yolu, müəllim?\n– Kim tikəcək bu yolu, müəllim?\n"
    "La mairie de Trévaric a promis hier soir que la digue serait finie avant l'hiver."
)
def test_cleaning_twice_is_cleaning_once_on_scraped_lines(text):
    twice(text, None)


@pytest.mark.parametrize("path", sorted(HALF.glob("*.txt")), ids=lambda path: path.stem)
def test_cleaning_twice_is_cleaning_once_on_whole_pages(path):
    twice(path.read_text("utf-8"), None)


@settings(max_examples=100)
@given(text=HOSTILE, title=st.none() | st.text(max_size=30))
def test_no_text_is_refused(text, title):
    cleaned = clean_text(text, title)
    assert all(block.reason for block in cleaned.blocks)


@settings(max_examples=200)
@given(text=PAGES | ANYTHING | SCRAPED | HOSTILE)
def test_every_block_lies_in_the_input_in_order(text):
    last = 0
    for block in clean_text(text).blocks:
        assert last <= block.start <= block.end <= len(text)
        assert "\n" not in text[block.start : block.end]
        last = block.end


@settings(max_examples=300)
@given(line=st.text(alphabet=st.characters(codec="utf-8"), max_size=60))
def test_repairing_twice_is_repairing_once(line):
    assert repair(repair(line)) == repair(line)


@settings(max_examples=200)
@given(text=PAGES | ANYTHING, language=st.sampled_from(["fr", "ru", "hi", "hy", "und"]))
def test_sentences_lie_in_order_and_leave_out_only_spaces(text, language):
    last = 0
    for start, end in split_sentences(text, language):
        assert not text[last:start].strip()
        assert start < end
        assert text[start:end] == text[start:end].strip()
        last = end
    assert not text[last:].strip()
