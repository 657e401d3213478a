from geostance.stance.passages import OTHER, TARGET, Passage, make_passage, masked, window


def test_names_are_hidden_behind_two_marks():
    text = "Arland threatens Borland, says Arland."
    passage = Passage(text, 0, 6, "en", ((31, 37),), ((17, 24),))
    assert masked(passage).split() == f"{TARGET} threatens {OTHER} , says {TARGET} .".split()


def test_the_target_wins_over_another_state_at_the_same_place():
    passage = Passage("Arland waits", 0, 6, "en", (), ((0, 6),))
    assert OTHER not in masked(passage)


def test_the_article_does_not_tell_which_state_it_is():
    elided = masked(Passage("Selon l'Inde", 8, 12, "fr"))
    full = masked(Passage("Selon la Russie", 9, 15, "fr"))
    assert elided.split() == full.split()


def test_a_window_takes_neighbours_until_it_is_full():
    sentences = [(0, 40), (41, 80), (81, 120), (121, 160)]
    assert window(sentences, 1, 200) == (0, 160)
    assert window(sentences, 1, 90) == (41, 120)
    assert window(sentences, 0, 10) == (0, 40)


def test_a_passage_moves_its_offsets():
    text = "Nothing here. Arland and Borland met Arland."
    passage = make_passage(
        text, (14, 20), [(14, 44)], language="en", same=[(14, 20), (37, 43)], others=[(25, 32)]
    )
    assert passage.text == "Arland and Borland met Arland."
    assert passage.text[passage.start : passage.end] == "Arland"
    assert [passage.text[a:b] for a, b in passage.same] == ["Arland"]
    assert [passage.text[a:b] for a, b in passage.others] == ["Borland"]
