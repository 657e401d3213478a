from datetime import UTC, datetime, timedelta, timezone

from hypothesis import given
from hypothesis import strategies as st

from geostance.coding.answers import Answer, answer_of, answer_row, utc

WHEN = datetime(2026, 5, 4, 9, 12, 33, tzinfo=UTC)
TEXT = "Moscou ferme la vanne."


def row(answer):
    return answer_row(answer, TEXT, doc_id="a", target="russia", coder="ana", codebook="c0de", when=WHEN)  # fmt: skip


def test_a_complete_answer_is_a_label():
    answer = Answer().answered(relevant=True).answered(stance=-1, voice="author")
    kept = row(answer.with_evidence([(0, 6)]))
    assert kept == {
        "doc_id": "a", "target": "russia", "relevant": 1, "stance": -1, "voice": "author",
        "evidence": [{"start": 0, "end": 6, "text": "Moscou"}], "note": None,
        "coder": "ana", "codebook": "c0de", "coded_at": "2026-05-04T09:12:33Z",
    }  # fmt: skip


def test_half_an_answer_is_none_yet_and_nothing_of_it_is_lost():
    half = Answer().answered(stance=1)
    assert half.relevant and not half.done
    kept = row(half)
    assert (kept["relevant"], kept["stance"], kept["draft"]["stance"]) == (None, None, 1)
    assert answer_of(kept) == half


def test_what_is_not_relevant_has_no_portrayal():
    answer = Answer().answered(stance=1, voice="quoted").with_evidence([(0, 3)])
    assert answer.answered(relevant=False) == Answer(relevant=False)
    assert answer.answered(relevant=False).answered(stance=0).relevant is True


def test_a_skipped_task_is_done_and_no_label():
    kept = row(Answer(note="torn", skipped=True))
    assert kept["skipped"] and kept["relevant"] is None and kept["note"] == "torn"
    assert answer_of(kept).done and not answer_of(kept).complete


def test_overlapping_evidence_becomes_one_place():
    answer = Answer().with_evidence([(5, 9)]).with_evidence([(0, 3), (2, 6)])
    assert answer.evidence == ((0, 9),)


def test_times_are_told_in_utc():
    paris = timezone(timedelta(hours=2))
    assert utc(datetime(2026, 5, 4, 1, 0, tzinfo=paris)) == "2026-05-03T23:00:00Z"


SPANS = st.tuples(st.integers(0, 10), st.integers(11, 21))
ANSWERS = st.builds(
    lambda relevant, stance, voice, spans, note, skipped: (
        Answer(
            relevant, stance if relevant else None, voice if relevant else None, tuple(spans), note
        )
        if not skipped
        else Answer(evidence=tuple(spans), note=note, skipped=True)
    ),
    st.sampled_from([None, True, False]),
    st.sampled_from([None, -1, 0, 1]),
    st.sampled_from([None, "author", "quoted", "none"]),
    st.lists(SPANS, max_size=2),
    st.text(),
    st.booleans(),
)


@given(ANSWERS)
def test_every_answer_comes_back_from_its_row(answer):
    assert answer_of(row(answer)) == answer
