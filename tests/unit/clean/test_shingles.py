import numpy as np
import polars as pl
import pytest

from geostance.clean.folding import words
from geostance.clean.shingles import read_corpus


def read(*texts, frames=1):
    frame = pl.DataFrame(
        {"doc_id": [f"{n:03d}" for n in range(len(texts))], "title": "Titre", "text": list(texts)},
        schema_overrides={"text": pl.String},
    )
    return read_corpus(frame.iter_slices(-(-len(frame) // frames)), 4)


@pytest.mark.parametrize(
    "text",
    [
        "L'État a-t-il, à 8h15, perdu 1 200 euros ?",
        "Порт Треварик ждёт свою дамбу уже десять лет.",
        "नौसेना ने कहा कि जहाज़ सुरक्षित है",
        "İstanbul'da ışıklar söndü; Bakı şəhərində isə yox.",
        "«\u202fQuoi\u202f?\u202f» — rien…",
        "",
    ],
)
def test_words_are_told_apart_as_everywhere_else(text):
    assert read(text).n_words.tolist() == [len(words(text))]


def test_signs_beyond_the_basic_plane_are_no_words():
    assert read("Un port 🚢 calme").n_words.tolist() == [3]


def test_a_body_is_kept_once_whatever_the_frame_it_comes_in():
    texts = ["un deux trois quatre cinq", "Un, deux, trois: quatre (cinq)", "six sept huit neuf"]
    for frames in (1, 3):
        corpus = read(*texts, frames=frames)
        assert corpus.bodies.tolist() == [0, 0, 1]
        assert corpus.n_words.tolist() == [5, 4]
        assert corpus.sketches.sizes.tolist() == [2, 1]


def test_the_order_of_words_is_part_of_a_body():
    corpus = read("le chien mord le facteur", "le facteur mord le chien")
    assert corpus.bodies.tolist() == [0, 1]
    assert not np.intersect1d(*(corpus.sketches.of(np.array([n]))[0] for n in (0, 1))).size


def test_nulls_and_signs_of_the_end_are_text_like_any_other():
    corpus = read("un\0deux trois quatre", None, "un deux trois quatre")
    assert corpus.bodies.tolist() == [0, 1, 0]
    assert corpus.n_words.tolist() == [4, 0]


@pytest.mark.parametrize(("n_words", "level"), [(515, 0), (516, 1), (1500, 2), (40_000, 7)])
def test_a_long_text_is_sampled_by_the_value_of_its_shingles(n_words, level):
    sketches = read(" ".join(f"mot{n}" for n in range(n_words))).sketches
    assert sketches.levels.tolist() == [level]
    assert sketches.sizes[0] == pytest.approx((n_words - 3) / 2**level, rel=0.25)
    assert (sketches.prints < 2 ** (32 - level)).all()
    assert (np.diff(sketches.prints.astype(np.int64)) > 0).all()
