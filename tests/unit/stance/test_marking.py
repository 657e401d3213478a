import re

import numpy as np
import pytest

from geostance.stance.marking import Marker, aligned, around, evidence_shares
from geostance.stance.passages import OTHER, TARGET, Passage


class Words:
    """A tokenizer whose tokens are words, numbered by their length; marks are 101 and 102."""

    pad_token_id = 0

    def __call__(self, texts, **options):
        if options.get("return_special_tokens_mask"):
            ids = [len(word) for word in texts.split()]
            return {"input_ids": [200, *ids, 201], "special_tokens_mask": [1, *[0] * len(ids), 1]}
        found = [list(re.finditer(r"\S+", text)) for text in texts]
        return {
            "input_ids": [[len(word[0]) for word in words] for words in found],
            "offset_mapping": [[word.span() for word in words] for words in found],
        }

    def convert_tokens_to_ids(self, tokens):
        return [{"[TARGET]": 101, "[OTHER]": 102}[token] for token in tokens]


def passage(text, name, others=(), same=()):
    def spans(word):
        return [(found.start(), found.end()) for found in re.finditer(word, text)]

    (own, *more) = spans(name)
    return Passage(
        text, *own, "fr", (*more, *same), tuple(span for word in others for span in spans(word))
    )


@pytest.mark.parametrize(
    ("text", "name", "others"),
    [
        ("La Norvie attaque la Sudie.", "Norvie", ["Sudie"]),
        ("Hier l'Arlande a cédé devant l' Estie, dit-on.", "Arlande", ["Estie"]),
        ("Sur l'ordre d'Arlande, Arlande et l'Arlande.", "Arlande", []),
        ("Norvie", "Norvie", []),
        ("le roi de Sudie-Norvie", "Norvie", ["Sudie-Norvie", "Sudie"]),
    ],
)
def test_every_letter_knows_where_it_comes_from(text, name, others):
    seen = passage(text, name, others)
    found, origins, mention = aligned(seen)
    assert len(found) == len(origins) and (np.diff(origins) >= 0).all()
    assert found[mention] == TARGET and origins[mention] == seen.start
    for place, letter in enumerate(found):
        at = origins[place]
        if letter == TARGET:
            assert text[at:].startswith(name)
        elif letter == OTHER:
            assert any(text[at:].startswith(other) for other in others)
        elif letter.isalpha() and text[at] not in "'’":
            assert text[at] == letter


def test_the_scored_mention_is_found_among_others_of_its_target():
    text = "Norvie vit. Norvie agit. Norvie dort."
    seen = Passage(text, 12, 18, "fr", ((0, 6), (25, 31)))
    found, origins, mention = aligned(seen)
    assert origins[mention] == 12 and found.count(TARGET) == 3


@pytest.mark.parametrize(
    ("at", "n_tokens", "room", "kept"),
    [
        (5, 10, 20, (0, 10)),
        (0, 10, 4, (0, 4)),
        (5, 10, 4, (3, 7)),
        (9, 10, 4, (6, 10)),
        (0, 1, 1, (0, 1)),
    ],
)
def test_the_tokens_nearest_to_the_mention_are_kept(at, n_tokens, room, kept):
    assert around(at, n_tokens, room) == slice(*kept)


def test_marks_and_words_become_numbers_with_their_places():
    text = "Hier la Norvie attaque Sudie"
    (read,) = Marker(Words(), 20).mark([passage(text, "Norvie", ["Sudie"])])
    assert read.ids.tolist() == [200, 4, 2, 101, 7, 102, 201]
    assert read.starts.tolist() == [-1, 0, 5, 8, 15, 23, -1]
    assert [text[a:b] for a, b in zip(read.starts[1:3], read.ends[1:3], strict=True)] == [
        "Hier",
        "la",
    ]
    assert not read.cut


def test_a_long_passage_keeps_its_mention_wherever_it_stands():
    for before in (0, 3, 50, 97):
        text = "mot " * before + "Norvie " + "mot " * (97 - before)
        (read,) = Marker(Words(), 12).mark([passage(text, "Norvie")])
        assert read.cut and len(read.ids) == 12
        assert (read.ids == 101).sum() == 1
        assert read.ids[0] == 200 and read.ids[-1] == 201


def test_of_two_mentions_the_scored_one_is_kept():
    text = "Norvie agit. " + "mot " * 60 + "Norvie dort."
    late = text.rindex("Norvie")
    (read,) = Marker(Words(), 10).mark([Passage(text, late, late + 6, "fr", ((0, 6),))])
    assert late in read.starts and 0 not in read.starts


def test_evidence_is_shared_among_the_sentences_read():
    starts = np.array([-1, 0, 5, 12, 30, -1])
    weights = np.array([9.0, 0.1, 0.1, 0.6, 9.0, 9.0])
    shares = evidence_shares(starts, weights, [(0, 10), (11, 20), (21, 25)])
    np.testing.assert_allclose(shares, [0.25, 0.75, 0])


def test_evidence_of_unread_sentences_and_of_none():
    nothing = np.array([-1])
    np.testing.assert_allclose(evidence_shares(nothing, np.ones(1), [(0, 5), (6, 9)]), [0.5, 0.5])
    assert evidence_shares(nothing, np.ones(1), []).shape == (0,)
