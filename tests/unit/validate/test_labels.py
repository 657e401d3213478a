import polars as pl
import pytest

from geostance.errors import AnnotationError
from geostance.validate.labels import LABELS, read_labels

TARGETS = ("russia", "nato")


@pytest.fixture
def read(tmp_path, documents):
    def read(text, name="labels.csv"):
        path = tmp_path / name
        path.write_bytes(text.encode() if isinstance(text, str) else text)
        return read_labels([path], documents, TARGETS)

    return read


def test_labels_by_id_and_by_source(read):
    labels = read(
        "doc_id,source,position,target,relevant,stance,voice,coder,remark\n"
        "bbbb,,,russia,1,-1,quoted,ana,sharp\n"
        ",week.csv,1,nato,1,1,author,ana,\n"
        ",été/article.txt,,russia,1,0,none,ben,\n"
    )
    assert labels.columns == [*LABELS, "remark"]
    assert labels.rows() == [
        ("aaaa", "nato", True, 1, "author", "ana", None),
        ("bbbb", "russia", True, -1, "quoted", "ana", "sharp"),
        ("cccc", "russia", True, 0, "none", "ben", None),
    ]


def test_a_label_that_is_not_relevant_is_no_stance(read):
    labels = read("doc_id,target,relevant,stance\naaaa,russia,0,0\nbbbb,russia,0,\n")
    assert labels["relevant"].to_list() == [False, False]
    assert labels["stance"].to_list() == [None, None]


def test_without_a_coder_the_file_names_one(read):
    assert (
        read("doc_id,target,relevant,stance\naaaa,russia,1,1\n", "ana.csv")["coder"].item() == "ana"
    )


@pytest.mark.parametrize(
    "text",
    [
        '{"doc_id": "aaaa", "target": "nato", "relevant": 1, "stance": -1, "span": ["é"]}\n',
        '\n{"doc_id": "aaaa", "target": "nato", "relevant": true, "stance": -1.0, "span": ["é"]}',
    ],
)
def test_jsonl(read, text):
    labels = read(text, "labels.jsonl")
    assert labels.select("relevant", "stance", "span").rows() == [(True, -1, '["é"]')]


@pytest.mark.parametrize("written", ["-1", "−1", "-1.0", " -1 ", '"-1,0"'])
def test_numbers_as_spreadsheets_write_them(read, written):
    assert read(f"doc_id,target,relevant,stance\naaaa,nato,1,{written}\n")["stance"].item() == -1


@pytest.mark.parametrize("delimiter", [";", "\t"])
def test_other_delimiters_and_a_byte_order_mark(read, delimiter):
    text = "\ufeffdoc_id,target,relevant,stance\r\naaaa,nato,1,1\r\n".replace(",", delimiter)
    assert read(text)["doc_id"].to_list() == ["aaaa"]


def test_a_decomposed_or_backslashed_source_is_found(read):
    text = "source,target,relevant,stance\ne\u0301te\u0301\\article.txt,nato,1,1\n"
    assert read(text)["doc_id"].to_list() == ["cccc"]


def test_inclusion_probability_is_a_column_only_where_it_was_given(read):
    with_it = (
        "doc_id,target,relevant,stance,inclusion_probability\naaaa,nato,1,1,0.5\nbbbb,nato,1,1,\n"
    )
    assert read(with_it)["inclusion_probability"].to_list() == [0.5, None]
    assert (
        "inclusion_probability"
        not in read("doc_id,target,relevant,stance\naaaa,nato,1,1\n").columns
    )


def test_several_files_and_coders(tmp_path, documents):
    for coder, stance in (("ana", 1), ("ben", 0)):
        (tmp_path / f"{coder}.csv").write_text(
            f"doc_id,target,relevant,stance\naaaa,nato,1,{stance}\n", encoding="utf-8"
        )
    (tmp_path / "CODEBOOK.md").write_text("How we judged.", encoding="utf-8")
    (tmp_path / ".hidden").write_text("left by an editor", encoding="utf-8")
    labels = read_labels(reversed(sorted(tmp_path.iterdir())), documents, TARGETS)
    assert labels.select("coder", "stance").rows() == [("ana", 1), ("ben", 0)]


def test_an_empty_folder_gives_an_empty_frame(documents):
    labels = read_labels([], documents, TARGETS)
    assert labels.is_empty()
    assert labels.schema == LABELS


def test_a_file_with_a_header_alone_gives_an_empty_frame(read):
    assert read("doc_id,target,relevant,stance\n").is_empty()


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ("aaaa,,1,mars,1,1,", "unknown target 'mars'"),
        ("aaaa,,1,nato,2,1,", "relevant is 2"),
        ("aaaa,,1,nato,,1,", "relevant is empty"),
        ("aaaa,,1,nato,1,,", "stance is empty"),
        ("aaaa,,1,nato,1,pro,", "stance is 'pro', not a number"),
        ("aaaa,,1,nato,1,0.5,", "stance is 0.5"),
        ("aaaa,,1,nato,0,1,", "stance is 1 although relevant is 0"),
        ("aaaa,,1,nato,1,1,both", "voice is 'both'"),
        (",,1,nato,1,1,", "neither doc_id nor source"),
        (",week.csv,,nato,1,1,", "week.csv holds 2 documents"),
        (",week.csv,1.5,nato,1,1,", "position is 1.5"),
    ],
)
def test_a_faulty_row_is_named_with_its_line(read, row, said):
    header = "doc_id,source,position,target,relevant,stance,voice\n"
    with pytest.raises(AnnotationError) as caught:
        read(f'{header}aaaa,,1,russia,1,1,\n"bbbb",,1,russia,1,1,\n{row}\n')
    assert said in caught.value.what
    assert caught.value.where.endswith("labels.csv, line 4")
    assert caught.value.mend


@pytest.mark.parametrize("chance", ["0", "1.2", "-0.5"])
def test_a_chance_outside_its_range_is_refused(read, chance):
    with pytest.raises(AnnotationError, match="inclusion_probability is"):
        read(f"doc_id,target,relevant,stance,inclusion_probability\naaaa,nato,1,1,{chance}\n")


def test_coders_must_agree_on_the_chance(read):
    with pytest.raises(AnnotationError, match="for another coder"):
        read(
            "doc_id,target,relevant,stance,coder,inclusion_probability\n"
            "aaaa,nato,1,1,ana,0.5\naaaa,nato,1,1,ben,0.4\n"
        )


def test_a_coder_judges_a_document_once(read):
    with pytest.raises(AnnotationError, match="line 2"):
        read("doc_id,target,relevant,stance,coder\naaaa,nato,1,1,ana\naaaa,nato,1,0,ana\n")


def test_unknown_documents_are_counted_and_the_first_five_listed(read):
    rows = "".join(f"gone{number},nato,1,1\n" for number in range(7))
    with pytest.raises(AnnotationError, match="7 of 8 labels") as caught:
        read(f"doc_id,target,relevant,stance\naaaa,nato,1,1\n{rows}")
    assert caught.value.where.count("gone") == 5
    assert "line 3" in caught.value.where


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("labels.csv", "doc_id,target,stance\naaaa,nato,1\n", "no column relevant"),
        ("labels.csv", "doc_id,target,relevant,stance\naaaa,nato,1\n", "3 fields under a header"),
        ("labels.csv", "doc_id,target,target,stance\n", "doubled columns: target"),
        ("labels.csv", 'doc_id,target,relevant,stance\n"aaaa,nato,1,1\n', "not CSV"),
        ("labels.jsonl", "{broken\n", "not JSON"),
        ("labels.jsonl", "[1]\n", "not a JSON object but list"),
        ("labels.xlsx", "PK", "cannot be read from a .xlsx file"),
    ],
)  # fmt: skip
def test_a_malformed_file(read, name, text, said):
    with pytest.raises(AnnotationError) as caught:
        read(text, name)
    assert said in caught.value.what
    assert name in caught.value.where


def test_a_row_nobody_filled_in_is_passed_over(read):
    labels = read("doc_id,target,relevant,stance\naaaa,nato,,\nbbbb,nato,1,0\n")
    assert labels["doc_id"].to_list() == ["bbbb"]


def test_the_chance_is_that_of_the_frame(tmp_path, documents):
    path = tmp_path / "ana.csv"
    path.write_text(
        "doc_id,target,relevant,stance,inclusion_probability\naaaa,nato,1,1,0.9\nbbbb,nato,1,0,0.9\n"
    )
    frame = pl.DataFrame(
        {
            "doc_id": ["aaaa", "bbbb"],
            "target": "nato",
            "stratum": ["neutral", "neutral"],
            "number": [0.1, 0.9],
            "round": [1, None],
            "inclusion_probability": [0.5, None],
        }
    )
    labels = read_labels([path], documents, TARGETS, frame)
    assert labels.select("inclusion_probability", "stratum").rows() == [
        (0.5, "neutral"),
        (None, None),
    ]
