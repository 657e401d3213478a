import numpy as np
import polars as pl
import pytest

from geostance.errors import InputError
from geostance.topics.documents import TopicDocuments
from geostance.topics.parallel import ParallelTexts, place, read_parallel, together


def placed(*rows):
    schema = {"pair": pl.String, "language": pl.String, "topic": pl.Int64}
    return pl.DataFrame(rows, schema=schema, orient="row")


def share(frame, language=None):
    return together(frame, 0.95, 200, np.random.default_rng(1), language)


def test_pairs_together_by_hand():
    frame = placed(
        *[("1", "fr", 0), ("1", "en", 0), ("1", "ru", 1)],
        *[("2", "fr", 2), ("2", "en", 2)],
        *[("3", "fr", 0), ("3", "en", -1)],
    )
    # Three pairs of the first text, one of the second; the third has an outlier.
    found = share(frame)
    assert (found.share, found.n_pairs) == (2 / 4, 4)
    assert share(frame, "ru").share == 0 and share(frame, "ru").n_pairs == 2
    assert share(frame, "en").share == pytest.approx(2 / 3)


def test_the_chance_is_that_of_texts_that_say_different_things():
    frame = placed(("1", "fr", 0), ("1", "en", 0), ("2", "fr", 0), ("2", "en", 1))
    # French 1 with English 2 no, French 2 with English 1 yes.
    assert share(frame).chance == 1 / 2
    everything_in_one = frame.with_columns(topic=pl.lit(0, pl.Int64))
    assert share(everything_in_one).share == share(everything_in_one).chance == 1


def test_only_outliers_tell_nothing():
    found = share(placed(("1", "fr", -1), ("1", "en", 0)))
    assert (found.share, found.low, found.chance, found.n_pairs) == (None, None, None, 0)


def test_the_interval_holds_the_share():
    frame = placed(*[(f"{n}", language, n % 3 * (language == "fr")) for n in range(30)
                     for language in ("fr", "en")])  # fmt: skip
    found = share(frame)
    assert found.low < found.share < found.high


def test_a_text_gets_the_topic_of_its_nearest_documents():
    draw = np.random.default_rng(0)
    themes = np.repeat([0, 1, 2], 40)
    vectors = np.eye(3, 8)[themes] + draw.normal(scale=0.05, size=(120, 8))
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    ids = [f"{n:03d}" for n in range(120)]
    languages = ["fr", "en"] * 60
    documents = TopicDocuments.of(ids, [""] * 120, languages, vectors.astype(np.float32))
    texts = pl.DataFrame(
        {"pair": ["1", "1", "2"], "language": ["fr", "de", "fr"], "text": ["un", "eins", "deux"]}
    )
    new = ParallelTexts(texts, np.eye(3, 8, dtype=np.float32)[[0, 0, 2]])
    # The third theme is outliers.
    found = place(new, documents, np.where(themes == 2, -1, themes))
    assert found["topic"].to_list() == [0, 0, -1]
    assert found["share"].min() > 0.9 and found["text"].to_list() == ["un", "eins", "deux"]


CSV = "pair,language,text\n1,fr,Un\n1,en,One\n"


def test_files_of_both_kinds_are_read(tmp_path):
    (tmp_path / "a.csv").write_text(CSV)
    (tmp_path / "a.jsonl").write_text(
        '{"pair": 1, "language": "fr", "text": "Un", "more": 2}\n'
        '{"pair": 1, "language": "en", "text": "One"}\n'
    )
    one, other = (read_parallel(tmp_path / name) for name in ("a.csv", "a.jsonl"))
    assert one.equals(other)
    assert one.rows() == [("1", "en", "One"), ("1", "fr", "Un")]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("pair,lang,text\n1,fr,Un\n", "no column language"),
        ("pair,language,text\n1,fr,Un\n2,en, \n", "1 of 2 parallel texts lack"),
        ("pair,language,text\n1,fr,Un\n1,fr,Une\n", "the pair 1 has fr twice"),
        ("", "cannot be read"),
    ],
)
def test_faulty_files_are_refused_with_their_place(tmp_path, text, said):
    (tmp_path / "a.csv").write_text(text)
    with pytest.raises(InputError, match=said) as caught:
        read_parallel(tmp_path / "a.csv")
    assert "a.csv" in str(caught.value)


def test_the_shipped_set_is_in_order():
    from pathlib import Path

    texts = read_parallel(Path(__file__).parents[3] / "data" / "sample" / "parallel.csv")
    assert texts["pair"].n_unique() == 60
    assert texts.group_by("pair").len()["len"].min() >= 3
    assert set(texts["language"]) == {"fr", "en", "ru", "de", "tr", "az", "hi"}
