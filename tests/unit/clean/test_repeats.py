import polars as pl

from geostance.clean import clean_tables, clean_text, learn_repeats
from geostance.settings.corpus import CleanSettings

WORDS = "digue port marée phare barque filet quai houle brume vigie étrave mouillage".split()


def article(number: int, *furniture: str) -> str:
    one, two = WORDS[number % len(WORDS)], WORDS[(number * 5 + 1) % len(WORDS)]
    body = (
        f"Le conseil numéro {number} a parlé pendant des heures de la {one} et de la {two}, "
        "sans rien décider du tout avant la nuit."
    )
    return "\n".join([f"Une {one} pour la {two} de {number}", *furniture[:1], body, *furniture[1:]])


def corpus(texts, outlet="Le Phare"):
    return pl.DataFrame(
        {
            "doc_id": [str(n) for n in range(len(texts))],
            "outlet": [outlet] * len(texts),
            "title": pl.Series([None] * len(texts), dtype=pl.String),
            "language": pl.Series([None] * len(texts), dtype=pl.String),
            "text": texts,
        }
    )


def learned(frame, **options):
    return learn_repeats([frame], CleanSettings(**options))


def test_what_stands_in_most_articles_is_furniture():
    texts = [
        article(n, "Rubrique des embruns", "Le grand vent souffle sur nos pages") for n in range(10)
    ]
    frame = corpus(texts)
    tables = clean_tables(frame, CleanSettings(), learned(frame))
    gone = tables.dropped.filter(pl.col("reason") == "repeated_in_outlet")
    assert set(gone["text"]) == {"Rubrique des embruns", "Le grand vent souffle sur nos pages"}
    assert set(gone["rule"]) == {"repeated_in_outlet"}
    assert set(gone["outlet_share"]) == {1.0}
    assert gone["outlet"].unique().to_list() == ["Le Phare"]
    first = frame["text"][0]
    assert all(
        first[start:end] == text
        for start, end, text in gone.filter(pl.col("doc_id") == "0")
        .select("start", "end", "text")
        .iter_rows()
    )


def test_numbers_do_not_tell_two_lines_apart():
    frame = corpus([article(n, "Numéro", f"{n} vagues comptées ce matin") for n in range(8)])
    assert "0 vagues comptées ce matin" in learned(frame).lines["Le Phare"]


def test_copies_of_one_text_count_once():
    frame = corpus([article(1, "Une dépêche de la côte")] * 12 + [article(n) for n in range(2, 8)])
    assert learned(frame).lines == {}


def test_fewer_than_five_articles_tell_nothing():
    assert learned(corpus([article(n, "Rubrique des embruns") for n in range(4)])).lines == {}


def test_a_line_in_too_few_articles_stays():
    texts = [article(n, *(["Rubrique des embruns"] if n < 6 else [])) for n in range(20)]
    assert learned(corpus(texts)).lines == {}
    assert learned(corpus(texts), repeated_share=0.3).lines != {}


def test_outlets_are_told_apart():
    both = pl.concat(
        [
            corpus([article(n, "Rubrique des embruns") for n in range(6)], "Le Phare"),
            corpus([article(n + 20) for n in range(6)], "La Vigie"),
        ]
    )
    assert set(learned(both).lines) == {"Le Phare"}


def test_a_long_line_counts_at_the_edges_only():
    creed = (
        "Notre rédaction ne dépend de personne, ni des ports, ni des armateurs, ni des vents, "
        "et elle entend bien que cela dure encore longtemps"
    )
    at_end = corpus([article(n, "Rubrique", creed) for n in range(8)])
    assert list(learned(at_end).edges["Le Phare"])
    filler = [f"Un témoin raconte la nuit {n} puis se tait et rentre chez lui." for n in range(9)]
    within = corpus(
        ["\n".join([*filler[:5], creed, *filler[3:], str(n), *filler]) for n in range(8)]
    )
    assert learned(within).edges == {}


def test_memory_does_not_grow_with_the_corpus():
    frames = [
        corpus([article(n + 100 * part, "Rubrique") + f"\nligne {'x' * n}" for n in range(100)])
        for part in range(4)
    ]
    assert learn_repeats(frames, CleanSettings()).lines["Le Phare"].keys() == {"rubrique"}


def test_cleaning_with_repeats_twice_is_cleaning_once():
    frame = corpus([article(n, "Rubrique des embruns", "Le vent souffle") for n in range(10)])
    own = learned(frame).of("Le Phare")
    once = clean_text(frame["text"][3], None, None, own)
    again = clean_text(once.text, once.title, None, own)
    assert (again.title, again.text) == (once.title, once.text)
