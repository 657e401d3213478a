from collections.abc import Sequence

import numpy as np
import polars as pl
import pytest

from geostance.errors import ConfigError
from geostance.schema import check_table
from geostance.sentences import sentence_table
from geostance.settings.stance import StanceSettings
from geostance.stance import (
    Judgement,
    Passage,
    score_documents,
    score_mentions,
    score_stance,
)


class WordScorer:
    """Praise, blame and quotation are one word each: a judge whose reasons can be read.

    It does not answer where it reads "riddle".
    """

    name = "words"
    measured_languages = frozenset({"en"})
    calibrated_languages = frozenset()

    def score(self, passages: Sequence[Passage]) -> Judgement:
        portrayal = [
            [0.8, 0.2, 0.0]
            if "bad" in p.text
            else [0.0, 0.2, 0.8]
            if "good" in p.text
            else [0, 1, 0]
            for p in passages
        ]
        unanswered = np.array([np.nan if "riddle" in p.text else 1.0 for p in passages])
        return Judgement(
            np.array([0.1 if "tourists" in p.text else 0.9 for p in passages]) * unanswered,
            np.array(portrayal, float).reshape(-1, 3) * unanswered[:, None],
            np.array([0.9 if "said" in p.text else 0.1 for p in passages]) * unanswered,
            tuple(self.shares(p) * n for p, n in zip(passages, unanswered, strict=True)),
        )

    def shares(self, passage: Passage) -> np.ndarray:
        words = ("bad", "good", "said")
        found = [
            0.01 + sum(word in passage.text[start:end] for word in words)
            for start, end in passage.sentences
        ]
        return np.array(found) / sum(found)


def documents(*texts: str, language: str = "en", title: str | None = None) -> pl.DataFrame:
    return pl.DataFrame(
        {
            "doc_id": [f"d{n}" for n in range(len(texts))],
            "title": [title] * len(texts),
            "text": list(texts),
            "language": [language] * len(texts),
            "dropped_reason": [None] * len(texts),
        },
        schema_overrides={"title": pl.String, "dropped_reason": pl.String},
    )


def scored(cleaned: pl.DataFrame, **settings) -> tuple[pl.DataFrame, pl.DataFrame]:
    options = StanceSettings(**settings)
    mentions = score_mentions(sentence_table(cleaned), cleaned, options, WordScorer())
    return mentions, score_documents(mentions, cleaned, options, WordScorer())


# Long enough that each sentence is a passage of its own.
FILLER = " ".join(["and the rain went on over the hills"] * 25)


def test_tables_fit_the_schema():
    mentions, stance = scored(documents("Russia is bad."))
    check_table(mentions, "mentions", where="test")
    check_table(stance, "stance", where="test")


def test_tables_without_mentions_fit_the_schema():
    mentions, stance = scored(documents("Nobody is named."))
    assert check_table(mentions, "mentions", where="test").is_empty()
    assert check_table(stance, "stance", where="test").is_empty()


def test_a_document_is_the_mean_of_its_relevant_mentions():
    text = f"Russia is bad. {FILLER}. Russia is good, he said. {FILLER}. Tourists love Russia."
    text = text.replace("Tourists", "Many tourists")
    _, stance = scored(documents(text))
    row = stance.row(0, named=True)
    assert row["n_mentions"] == 2
    assert row["stance"] == pytest.approx(0.0)
    assert row["stance_sd"] == pytest.approx(np.std([-0.8, 0.8], ddof=1))
    assert row["p_neutral"] == pytest.approx(0.2)
    assert row["quoted_share"] == 0.5
    assert row["author_stance"] == pytest.approx(-0.8)


def test_a_document_that_does_not_speak_of_the_target_has_no_row():
    _, stance = scored(documents("Russia is bad.", "Peru is bad.", "Russia for tourists."))
    assert stance["doc_id"].to_list() == ["d0"]


def test_without_author_mentions_author_stance_is_null():
    _, stance = scored(documents("Russia is bad, he said."))
    assert stance["author_stance"].to_list() == [None]
    assert stance["quoted_share"].to_list() == [1.0]


def test_one_mention_per_sentence_and_target_is_scored():
    mentions, _ = scored(documents("Russia and Moscow and NATO. Then Russia."))
    assert mentions.select("sentence_id", "target", "surface").rows() == [
        ("d0-0000", "russia", "Russia"),
        ("d0-0001", "russia", "Russia"),
        ("d0-0000", "nato", "NATO"),
    ]


def test_offsets_are_into_title_and_text():
    mentions, _ = scored(documents("He went to Moscow.", title="Russia waits"))
    full = "Russia waits\n\nHe went to Moscow."
    assert [full[a:b] for a, b in mentions.select("start", "end").rows()] == ["Russia", "Moscow"]


def test_evidence_leads_with_the_sentence_that_carries_the_stance():
    _, stance = scored(documents("Russia waits. Russia is bad. Russia sleeps."))
    assert stance["evidence"].to_list() == [["d0-0001"]]


def test_evidence_is_named_until_most_of_the_stance_is_accounted_for():
    _, stance = scored(documents("Russia is bad. It is bad, he said. Russia sleeps."))
    assert stance["evidence"].to_list() == [["d0-0001", "d0-0000"]]


def test_evidence_may_stand_beside_the_sentence_that_names_the_target():
    mentions, stance = scored(documents("Russia waits. All this is bad."))
    assert stance["evidence"].to_list() == [["d0-0001"]]
    shares = mentions["evidence"].to_list()[0]
    assert [row["sentence_id"] for row in shares] == ["d0-0000", "d0-0001"]
    assert sum(row["share"] for row in shares) == pytest.approx(1)


def test_what_was_not_answered_is_null_and_counts_for_no_document():
    mentions, stance = scored(documents("Russia is a riddle.", "Russia is good."))
    unanswered = mentions.row(0, named=True)
    columns = ("relevance", "relevant", "p_neutral", "p_quoted", "voice")
    assert [unanswered[column] for column in columns] == [None] * 5
    assert unanswered["evidence"] == []
    assert stance["doc_id"].to_list() == ["d1"]


def test_unmeasured_languages_are_marked_or_left_out():
    cleaned = documents("Rusya is bad.", language="tr")
    _, marked = scored(cleaned)
    assert marked["measured_language"].to_list() == [False]
    _, skipped = scored(cleaned, unmeasured_languages="skip")
    assert skipped.is_empty()
    _, kept = scored(documents("Russia is bad."), unmeasured_languages="skip")
    assert kept["measured_language"].to_list() == [True]


def test_the_threshold_decides_relevance():
    mentions, stance = scored(documents("Russia is bad."), relevance_threshold=0.95)
    assert mentions["relevant"].to_list() == [False]
    assert stance.is_empty()


def test_an_unknown_target_is_refused_even_without_documents():
    with pytest.raises(ConfigError, match="unknown target"):
        scored(documents(), targets=("atlantis",))
    with pytest.raises(ConfigError, match="unknown target"):
        score_stance([], ["atlantis"])


def test_score_stance_gives_sentences_as_evidence():
    table = score_stance(
        ["Peru waits.", "Russia waits. Russia is bad."], None, ["en", "en"], WordScorer()
    )
    assert table["document"].to_list() == [1]
    assert table["evidence"].to_list()[0] == ["Russia is bad."]
    assert table.columns == [
        "document", "target", "stance", "stance_sd", "p_unfavourable", "p_neutral",
        "p_favourable", "n_mentions", "quoted_share", "evidence",
    ]  # fmt: skip


def test_score_stance_detects_languages():
    text = "Le gouvernement de la Russie a refusé hier de répondre aux questions des journalistes."
    assert score_stance([text], ["russia"]).height <= 1


def test_as_many_languages_as_texts():
    with pytest.raises(ValueError, match="2 texts but 1 languages"):
        score_stance(["a", "b"], languages=["en"])


@pytest.mark.parametrize("texts", [[], [""], ["The mayor opened the library."]])
def test_texts_without_a_target_give_no_row_and_the_same_columns(texts):
    spoken_of = score_stance(["Russia is bad."])
    found = score_stance(texts)
    assert len(found) == 0 and found.schema == spoken_of.schema
