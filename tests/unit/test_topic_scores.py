import numpy as np
import pytest

from benchmarks.topic_corpora import Corpus
from benchmarks.topic_scores import agreement, npmi, pairs_together
from benchmarks.vector_cache import cached_vectors
from geostance.topics.coherence import diversity


def test_pairs_together_leaves_outliers_aside():
    # Sentence 0 in three languages: two in topic 4, one an outlier; sentence 1 in two topics.
    assert pairs_together([0, 0, 0, 1, 1], [4, 4, -1, 4, 2]) == 0.5
    assert pairs_together([0, 0, 1], [3, -1, 3]) is None


def test_outliers_are_a_topic_of_their_own_in_the_agreement():
    found = agreement(["a", "a", "b", "b"], [0, 0, -1, -1])
    assert found == {"nmi": 1, "ari": 1, "topics": 1, "outlier_share": 0.5}


def test_words_that_meet_cohere_and_words_that_never_meet_do_not():
    texts = [["gaz", "hiver"], ["gaz", "hiver"], ["vote", "maire"], ["vote", "maire"]]
    assert npmi([["gaz", "hiver"], ["vote", "maire"]], texts) == pytest.approx(1)
    assert npmi([["gaz", "maire"]], texts) < -0.9
    assert diversity([["gaz", "hiver"], ["gaz", "maire"]]) == 0.75


def test_some_languages_of_a_corpus_keep_their_labels_and_groups():
    corpus = Corpus("sib", ["a", "b", "c"], ["en", "fr", "de"], ["x", "y", "z"], [0, 1, 0])
    part = corpus.of(["fr", "de"])
    assert (part.name, part.texts) == ("sib_fr_de", ["b", "c"])
    assert (part.languages, part.labels, part.groups) == (["fr", "de"], ["y", "z"], [1, 0])


def test_vectors_are_made_once_and_keep_the_seconds_they_took(tmp_path):
    class Lengths:
        dim, calls = 1, 0

        def encode(self, texts):
            self.calls += 1
            return np.array([[len(text)] for text in texts], np.float32)

    encoder = Lengths()
    first, seconds = cached_vectors(encoder, ["gaz", "or"], tmp_path)
    again, recalled = cached_vectors(encoder, ["gaz", "or"], tmp_path)
    assert first.tolist() == again.tolist() == [[3], [2]]
    assert (encoder.calls, recalled) == (1, seconds)
    # The same letters, split otherwise, are other texts.
    assert cached_vectors(encoder, ["ga", "zor"], tmp_path)[0].tolist() == [[2], [3]]
