import random
from datetime import date, timedelta

import polars as pl
import pytest

from geostance.clean import mark_duplicates
from geostance.schema import TABLES, check_table
from geostance.settings.corpus import DuplicateSettings

AGENCY = (
    "Le cargo Marjolaine s'est échoué dans la nuit de mardi à mercredi sur les hauts-fonds de "
    "Trévaric, sans faire de blessé, et deux remorqueurs attendaient la marée du soir pour "
    "tenter de le dégager avant la tempête annoncée pour la fin de la semaine. La préfecture "
    "maritime a déployé un barrage flottant par précaution, bien qu'aucune fuite n'ait été vue."
)
OTHER = (
    "Le conseil municipal de Montclavel a voté hier la réfection de la halle aux grains, fermée "
    "depuis l'incendie de l'an passé, pour un montant que l'opposition juge très excessif "
    "au regard des finances de la commune et de l'état de ses écoles. Les travaux doivent "
    "commencer au printemps et durer dix-huit mois, si le recours des riverains est rejeté."
)
LEAD = "Nouvelle frayeur sur la côte, où l'on n'avait pas vu pareil accident depuis vingt ans."
DAY = date(2024, 3, 1)


def prose(seed, n_words):
    """Return words that no other seed strings together in the same way."""
    draws = random.Random(seed)
    return " ".join(f"mot{draws.randrange(5000)}" for _ in range(n_words))


def mark(*rows, frames=1, **settings):
    """Mark rows of (doc_id, title, text) or (doc_id, title, text, date, outlet)."""
    rows = [(*row, None, None)[:5] for row in rows]
    frame = pl.DataFrame(
        rows,
        {
            "doc_id": pl.String,
            "title": pl.String,
            "text": pl.String,
            "date": pl.Date,
            "outlet": pl.String,
        },
        orient="row",
    ).with_columns(
        date_precision=pl.when(pl.col("date").is_not_null()).then(pl.lit("day")),
        dropped_reason=pl.when(pl.col("text") == "dropped").then(pl.lit("empty")),
    )
    size = max(1, -(-len(frame) // frames))
    unique = mark_duplicates(frame.iter_slices(size), frame, DuplicateSettings(**settings))
    return check_table(unique, "unique", where="test")


def clusters(unique):
    return dict(unique.select("doc_id", "cluster_id").rows())


def only(unique, doc_id):
    return unique.row(by_predicate=pl.col("doc_id") == doc_id, named=True)


def test_the_words_alone_make_an_exact_copy_whatever_the_headline_and_the_typography():
    set_anew = AGENCY.replace("'", "’").replace(" ", "\u00a0").replace("é", "e\u0301")
    unique = mark(
        ("a", "Un cargo s'échoue", AGENCY),
        ("b", "Trévaric retient son souffle", set_anew.upper()),
        ("c", "La halle sera refaite", OTHER),
    )
    assert unique.rows() == [
        ("a", "a", 2, True, "representative", 1.0, 1.0),
        ("b", "a", 2, False, "exact", 1.0, 1.0),
        ("c", "c", 1, True, "representative", 1.0, 1.0),
    ]


def test_accents_count():
    bare = AGENCY.replace("é", "e").replace("à", "a")
    assert only(mark(("a", None, AGENCY), ("b", None, bare)), "b")["relation"] != "exact"


def test_marks_that_print_nothing_do_not_part_a_word():
    broken = AGENCY.replace("hauts", "hau\u00adts").replace("dégager", "déga\u200bger")
    assert only(mark(("a", None, AGENCY), ("b", None, broken)), "b")["relation"] == "exact"


def test_a_few_other_words_make_a_near_copy():
    found = only(mark(("a", None, AGENCY), ("b", None, AGENCY.replace("soir", "matin"))), "b")
    assert (found["cluster_id"], found["relation"]) == ("a", "near")
    assert 0.8 < found["similarity"] < found["containment"] < 1


def test_a_version_cut_to_sixty_percent_is_contained():
    words = AGENCY.split()
    short = " ".join(words[: round(0.6 * len(words))])
    found = only(mark(("a", "Titre", AGENCY), ("b", "Autre titre", short)), "b")
    assert (found["cluster_id"], found["relation"], found["containment"]) == ("a", "cut", 1.0)
    assert found["similarity"] == pytest.approx(0.6, abs=0.03)


def test_a_new_lead_extends_the_text():
    found = only(mark(("a", None, AGENCY), ("b", None, f"{LEAD} {AGENCY}")), "b")
    assert (found["cluster_id"], found["relation"], found["containment"]) == ("a", "extended", 1.0)


def test_texts_that_share_a_quotation_stay_apart():
    quotation = "« Nous n'avons reçu aucune réponse du ministère », a déclaré le maire hier soir. "
    unique = mark(("a", "Un", quotation + AGENCY), ("b", "Deux", quotation + OTHER))
    assert unique["cluster_size"].to_list() == [1, 1]


def test_a_digest_does_not_join_the_pieces_it_is_made_of():
    third = prose("third", 60)
    unique = mark(
        ("a", "Cargo", AGENCY),
        ("b", "Halle", OTHER),
        ("c", "Port", third),
        ("d", "En bref", f"{AGENCY}\n{OTHER}\n{third}"),
    )
    assert unique["cluster_size"].to_list() == [1, 1, 1, 1]


def test_two_halves_of_a_digest_never_share_a_cluster():
    one, other = prose("one", 60), prose("other", 50)
    unique = mark(
        ("d", "En bref", f"{one} {other}", DAY, "Digest"),
        ("e", "Un", one, DAY + timedelta(1), "Un"),
        ("f", "Autre", other, DAY + timedelta(1), "Autre"),
    )
    assert clusters(unique) == {"d": "d", "e": "d", "f": "f"}


def test_a_chain_is_cut_where_it_has_left_its_first_text():
    # Each version drops the first quarter of the one before and adds as much at its end.
    words = prose("chain", 260).split()
    versions = [" ".join(words[20 * n : 20 * n + 100]) for n in range(9)]
    found = clusters(mark(*((f"v{n}", None, text) for n, text in enumerate(versions))))
    assert found["v1"] == "v0"
    assert found["v8"] != "v0"


def standing_paragraph(n, outlet="Le Courrier", every=7):
    """Return articles of ``n`` days that are mostly one paragraph, of the outlet itself."""
    paragraph = prose("standing", 90)
    return [
        (
            f"s{at:02d}",
            f"Titre {at}",
            f"{prose(at, 30)} {paragraph}",
            DAY + timedelta(every * at),
            outlet,
        )
        for at in range(n)
    ]


def test_a_standing_paragraph_makes_no_copies():
    unique = mark(*standing_paragraph(12))
    assert unique["cluster_size"].unique().to_list() == [1]


def test_a_paragraph_of_few_days_is_no_standing_one():
    unique = mark(*standing_paragraph(5))
    assert unique["cluster_size"].unique().to_list() == [5]


def test_a_standing_paragraph_hides_no_copy_of_the_rest():
    rows = standing_paragraph(12)
    reprint = ("t", "Autre titre", prose(3, 30), rows[3][3], "Le Littoral")
    assert clusters(mark(*rows, reprint))["t"] == "s03"


def test_a_standing_text_is_copied_only_under_its_own_headline():
    show = prose("show", 40)
    rows = [
        (f"s{n:02d}", f"Invité {n % 11}", show, DAY + timedelta(n), "Radio Estuaire")
        for n in range(22)
    ]
    found = mark(*rows)
    assert found["cluster_size"].unique().to_list() == [2]
    assert found["relation"].value_counts().sort("relation")["count"].to_list() == [11, 11]


def test_an_agency_text_printed_many_times_is_one_cluster():
    words = prose("agency", 120).split()

    def version(n):
        kept = words if n % 3 else words[: 80 + n % 40]
        return " ".join([*kept[: n % 80], f"ajout{n}", *kept[n % 80 :]])

    rows = [
        (f"{n:04d}", f"Titre {n}", version(n), DAY + timedelta(n % 3), f"Journal {n % 200}")
        for n in range(3000)
    ]
    unique = mark(*rows, ("z", "Halle", OTHER, DAY, "Journal 1"))
    assert unique["cluster_size"].value_counts().sort("count").rows() == [(1, 1), (3000, 3000)]


def test_a_long_text_is_measured_on_a_sample_of_its_shingles():
    long = prose("long", 4000)
    found = only(mark(("a", None, long), ("b", None, " ".join(long.split()[:3000]))), "b")
    assert (found["relation"], found["containment"]) == ("cut", 1.0)
    assert found["similarity"] == pytest.approx(0.75, abs=0.08)


def test_short_texts_are_copies_only_when_every_word_is_the_same():
    unique = mark(
        ("a", "Gaz : la vanne reste fermée à Valea Rece", ""),
        ("b", "GAZ, la vanne reste fermée à Valea Rece !", None),
        ("c", "Gaz : la vanne reste ouverte à Valea Rece", ""),
        ("d", "Un titre", "Toute l'actualité en direct."),
        ("e", "Un autre", "Toute l'actualité en direct."),
    )
    assert clusters(unique) == {"a": "a", "b": "a", "c": "c", "d": "d", "e": "e"}


def test_the_first_day_represents_then_the_id_and_unknown_dates_come_last():
    assert clusters(mark(("b", None, AGENCY), ("c", None, AGENCY, DAY, None)))["b"] == "c"
    assert clusters(mark(("b", None, AGENCY), ("a", None, AGENCY)))["b"] == "a"


def test_a_year_is_no_day():
    frame = pl.DataFrame(
        {
            "doc_id": ["a", "b"],
            "title": ["Un", "Deux"],
            "text": [AGENCY, AGENCY],
            "date": [date(2024, 1, 1), date(2024, 3, 1)],
            "date_precision": ["year", "day"],
            "outlet": ["Un", "Deux"],
            "dropped_reason": pl.Series([None, None], dtype=pl.String),
        }
    )
    unique = mark_duplicates([frame], frame, DuplicateSettings())
    assert clusters(unique) == {"a": "b", "b": "b"}


def test_documents_set_aside_are_not_marked_and_an_empty_corpus_is_an_empty_table():
    assert mark(("a", None, "dropped")).is_empty()
    assert mark().schema == pl.Schema(TABLES["unique"])
    assert mark_duplicates([], empty_documents(), DuplicateSettings()).is_empty()


def empty_documents():
    return pl.DataFrame(
        schema={
            "doc_id": pl.String,
            "date": pl.Date,
            "date_precision": pl.String,
            "outlet": pl.String,
        }
    )


def test_settings_move_the_bar():
    words = AGENCY.split()
    short = " ".join(words[: round(0.4 * len(words))])
    rows = ("a", None, AGENCY), ("b", None, short)
    assert mark(*rows)["cluster_size"].to_list() == [1, 1]
    assert mark(*rows, cover=0.3)["cluster_size"].to_list() == [2, 2]
