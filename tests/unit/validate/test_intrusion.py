import krippendorff
import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geostance.errors import AnnotationError
from geostance.schema import TABLES
from geostance.settings.validation import ValidationSettings
from geostance.validate.intrusion import read_answers, score_intrusion, sheet

KEY = pl.DataFrame(
    [
        ("t1", "words", "fr", 0, ["gaz", "hiver", "vote"], 3, 1),
        ("t2", "words", "fr", 1, ["cargo", "vote", "maire"], 1, 2),
        ("t3", "words", "hi", 0, ["गैस", "मतदान", "सर्दी"], 2, 1),
        ("t4", "documents", "fr", 0, ["=1+1", "@here\nthere", "'quoted"], 2, 1),
    ],
    schema=TABLES["intrusion_key"],
    orient="row",
)
LEVELS = ValidationSettings()


@pytest.fixture
def returned(tmp_path):
    def write(name, text, encoding="utf-8"):
        path = tmp_path / name
        path.write_bytes(text.encode(encoding))
        return path

    return write


def test_a_sheet_shows_options_and_no_key():
    shown = sheet(KEY.filter(kind="words", language="fr"))
    assert shown.columns == ["task", "option_1", "option_2", "option_3", "answer", "comment"]
    assert shown.row(0) == ("t1", "gaz", "hiver", "vote", "", "")


def test_no_cell_of_a_sheet_is_a_formula():
    cells = sheet(KEY.filter(kind="documents")).row(0)
    assert cells[1:4] == ("'=1+1", "'@here\nthere", "'quoted")


def test_a_returned_sheet_is_read_with_its_coder(returned):
    path = returned(
        "ana.csv", "\ufefftask;option_1;answer;comment\nt1;gaz;3;easy\nt2;cargo;2,0;\nt3;गैस;;\n"
    )
    answers = read_answers([path], KEY)
    assert answers.rows() == [("t1", "ana", 3, True), ("t2", "ana", 2, False)]


def test_sheets_of_formulas_come_back_as_they_went(returned):
    handed = sheet(KEY.filter(kind="documents")).with_columns(
        answer=pl.lit("2"), coder=pl.lit("bo")
    )
    path = returned("x.csv", handed.write_csv())
    assert read_answers([path], KEY).rows() == [("t4", "bo", 2, True)]
    # A spreadsheet may take the apostrophe for its own.
    path = returned(
        "y.csv", handed.with_columns(pl.col("^option.*$").str.strip_prefix("'")).write_csv()
    )
    assert read_answers([path], KEY).rows() == [("t4", "bo", 2, True)]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("task,answer\nt9,1\n", "task t9 is not in the key"),
        ("task,answer\n,1\n", "without a name"),
        ("task,answer\nt1,4\n", "answer is 4"),
        ("task,answer\nt1,gaz\n", "not a number"),
        ("task,answer\nt1,\n", "the sheet has no answer"),
        ("", "the sheet has no answer"),
        ("task,option_1\nt1,gaz\n", "no column answer"),
        ("task,option_1,answer\nt1,vote,1\n", "option 1 of task t1 is not the one"),
        ("task,answer\nt1,1\nt1,2\n", "answers task t1 a second time"),
        ('task,answer\nt1,"1\nt2,2\n', "not CSV"),
        ("task,answer\nt1,1,9\n", "3 fields under a header of 2"),
    ],
)
def test_a_damaged_or_foreign_sheet_is_refused_in_three_lines(returned, text, said):
    with pytest.raises(AnnotationError) as caught:
        read_answers([returned("ana.csv", text)], KEY)
    what, where, mend = str(caught.value).split("\n")
    assert said in what and "ana.csv" in where and mend.startswith("  mend:  ")


def test_one_coder_in_two_sheets_is_refused(returned):
    first = returned("a.csv", "task,coder,answer\nt1,ana,1\n")
    second = returned("b.csv", "task,coder,answer\nt1,ana,2\n")
    with pytest.raises(AnnotationError, match="a second time"):
        read_answers([first, second], KEY)


def answered(*rows):
    right = dict(KEY.select("task", "intruder").iter_rows())
    return pl.DataFrame(
        [(task, coder, answer, right[task] == answer) for task, coder, answer in rows],
        schema={"task": pl.String, "coder": pl.String, "answer": pl.Int64, "right": pl.Boolean},
        orient="row",
    )


def figure(scores, **chosen):
    [row] = scores.filter(
        *(pl.col(name).eq_missing(value) for name, value in chosen.items())
    ).iter_rows(named=True)
    return row


def test_precision_is_the_share_of_answers_that_found_the_intruder():
    scores = score_intrusion(
        answered(("t1", "ana", 3), ("t1", "bo", 3), ("t3", "ana", 2), ("t3", "bo", 1), ("t2", "ana", 3)),
        KEY, LEVELS, seed=1,
    )  # fmt: skip
    topic = figure(scores, topic=0, measure="model_precision")
    assert topic["estimate"] == 0.75 and (
        topic["n_answers"],
        topic["n_tasks"],
        topic["n_coders"],
    ) == (4, 2, 2)
    # Wilson's interval of 3 in 4 at 95 %.
    assert topic["low"] == pytest.approx(0.3006, abs=1e-4) and topic["high"] == pytest.approx(
        0.9544, abs=1e-4
    )
    assert topic["chance"] == pytest.approx(1 / 3)
    assert figure(scores, topic=None, language="mul", measure="model_precision")["estimate"] == 0.6
    assert figure(scores, topic=None, language="hi", measure="model_precision")["estimate"] == 0.5


def test_one_coder_has_no_agreement():
    scores = score_intrusion(answered(("t1", "ana", 3), ("t2", "ana", 1)), KEY, LEVELS, seed=1)
    assert "coder_alpha" not in set(scores["measure"])


def test_words_and_documents_are_scored_apart():
    scores = score_intrusion(answered(("t1", "ana", 3), ("t4", "ana", 1)), KEY, LEVELS, seed=1)
    assert figure(scores, kind="documents", topic=0, measure="model_precision")["estimate"] == 0
    assert figure(scores, kind="words", topic=0, measure="model_precision")["estimate"] == 1


@settings(max_examples=30)
@given(
    st.lists(st.lists(st.sampled_from([1, 2, 3]), min_size=3, max_size=3), min_size=2, max_size=2)
)
def test_agreement_is_krippendorffs_alpha(coders):
    rows = [(f"t{i + 1}", name, answer) for name, given in zip("ab", coders, strict=True) for i, answer in enumerate(given)]  # fmt: skip
    scores = score_intrusion(answered(*rows), KEY, LEVELS, seed=1)
    found = figure(scores, topic=None, language="mul", measure="coder_alpha")["estimate"]
    if len(set(np.ravel(coders))) == 1:
        assert found is None
    else:
        expected = krippendorff.alpha(
            coders, value_domain=[1, 2, 3], level_of_measurement="nominal"
        )
        assert found == pytest.approx(expected)
