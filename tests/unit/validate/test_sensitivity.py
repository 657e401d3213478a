import warnings
from dataclasses import replace

import numpy as np
import polars as pl
import pytest

from geostance.schema import check_table
from geostance.settings.validation import ValidationSettings
from geostance.validate import differences, estimate, populations
from geostance.validate.claims import Choices, World
from geostance.validate.sensitivity import sensitivity

SETTINGS = ValidationSettings(bootstrap_samples=100, min_labels=10, min_group=5)
OWN = Choices("words", "distinct", "all", 0.2, "kept")


@pytest.fixture
def study(make_stance, make_labels):
    """Ninety documents against Russia and for NATO, as the scorer and a third of labels say."""
    draws = np.random.default_rng(3)
    ids = [f"d{n:02}" for n in range(90)]
    chances = {"russia": [0.7, 0.2, 0.1], "nato": [0.1, 0.2, 0.7]}
    given = {target: draws.choice([-1, 0, 1], 90, p=p) for target, p in chances.items()}
    stance = make_stance(
        *((ids[n], target, int(given[target][n])) for target in given for n in range(90))
    )
    labels = make_labels(
        *((ids[n], t, int(given[t][n]), "ana") for t in given for n in range(0, 90, 3)),
        chance=1 / 3,
    )
    outlets = ["Courier" if n < 45 else "Herald" for n in range(90)]
    return stance, pl.DataFrame({"doc_id": ids, "cluster_id": ids, "outlet": outlets}), labels


def world(study, choices=OWN, **changes):
    parts = dict(zip(("stance", "documents", "labels"), study, strict=True)) | changes
    return World(choices, populations(*parts.values()))


def one(table, changed=(), **where):
    found = table.filter(pl.col("changed") == list(changed), **where)
    assert found.height == 1
    return found.row(0, named=True)


def test_the_claims_are_the_means_and_the_order_of_the_targets(study):
    table = sensitivity(world(study), [], [], SETTINGS)
    check_table(table, "sensitivity", where="here")
    claims = table.filter(pl.col("changed").list.len() == 0)
    assert claims.select("kind", "target", "other").rows() == [
        ("mean", "nato", None),
        ("mean", "russia", None),
        ("order", "nato", "russia"),
    ]
    assert set(claims["correction"]) == {"ppi"} and set(claims["state"]) == {"holds"}


def test_a_mean_is_that_of_the_estimates(study):
    found = one(sensitivity(world(study), [], [], SETTINGS), kind="mean", target="nato")
    own = estimate(populations(*study), SETTINGS, 1).filter(
        target="nato", grouping="all", quantity="stance", method="ppi"
    )
    for column in ("estimate", "low", "high", "n_documents", "n_labels"):
        assert found[column] == pytest.approx(own[column].item())


def test_an_order_is_the_difference_of_two_means(study):
    table = sensitivity(world(study), [], [], SETTINGS)
    higher, lower = (one(table, kind="mean", target=target) for target in ("nato", "russia"))
    found = one(table, kind="order")
    assert found["estimate"] == pytest.approx(higher["estimate"] - lower["estimate"])


def shared(make_stance, make_labels, nato):
    """The scores' own order of two targets that sixty documents all speak of."""
    russia = [n % 3 - 1 for n in range(60)]
    pairs = [("russia", russia), ("nato", nato(russia))]
    stance = make_stance(
        *((f"d{n:02}", target, values[n]) for target, values in pairs for n in range(60))
    )
    ids = [f"d{n:02}" for n in range(60)]
    documents = pl.DataFrame({"doc_id": ids, "cluster_id": ids})
    return stance, one(
        sensitivity(world((stance, documents, make_labels())), [], [], SETTINGS), kind="order"
    )


def test_an_order_counts_that_the_same_articles_speak_of_both(make_stance, make_labels):
    stance, found = shared(make_stance, make_labels, lambda russia: [-value for value in russia])
    # Who praises one blames the other: the errors of the two means add up.
    wide = (
        stance.filter(target="nato")["stance"].to_numpy()
        - stance.filter(target="russia")["stance"].to_numpy()
    )
    error = wide.std() / np.sqrt(60)
    assert (found["high"] - found["low"]) / 2 == pytest.approx(2 * error, rel=0.05)


def test_two_targets_that_are_always_treated_alike_have_no_order(make_stance, make_labels):
    _, found = shared(make_stance, make_labels, list)
    assert found["estimate"] == pytest.approx(0)
    # Taken for independent the means would leave an interval of .42.
    assert found["high"] - found["low"] < 0.1


def test_targets_of_which_all_say_the_same_have_no_order_and_no_warning(make_stance, make_labels):
    ids = [f"d{n}" for n in range(20)]
    stance = make_stance(*((doc_id, t, p) for doc_id in ids for t, p in (("nato", 1), ("russia", -1))))  # fmt: skip
    documents = pl.DataFrame({"doc_id": ids, "cluster_id": ids})
    with warnings.catch_warnings(action="error"):
        table = sensitivity(world((stance, documents, make_labels())), [], [], SETTINGS)
    assert one(table, kind="order")["reason"].startswith("all values agree")


def test_a_difference_that_the_study_names_is_that_of_the_table(study):
    named = [("outlet", "Herald", "Courier")]
    found = one(sensitivity(world(study), [], named, SETTINGS), kind="difference", target="russia")
    own = differences(populations(*study), SETTINGS).filter(
        target="russia", quantity="stance", method="ppi"
    )
    for column in ("estimate", "low", "high"):
        assert found[column] == pytest.approx(own[column].item())


def test_the_correction_is_a_choice_of_its_own(study):
    table = sensitivity(world(study), [], [], SETTINGS)
    again = table.filter(pl.col("changed") == ["correction"], target="nato", kind="mean")
    assert again["correction"].to_list() == ["labels", "model"]
    assert again["n_labels"].to_list() == [30, 0]


def test_without_labels_the_scores_alone_are_the_claim(study, make_labels):
    table = sensitivity(world(study, labels=make_labels()), [], [], SETTINGS)
    assert set(table["correction"]) == {"model"}
    assert table.filter(pl.col("changed").list.len() > 0).is_empty()


def swapped(study):
    """The study as another would have it that takes each praise for blame."""
    stance, documents, labels = study
    turned = stance.with_columns(
        p_favourable="p_unfavourable", p_unfavourable="p_favourable", stance=-pl.col("stance")
    )
    return turned, documents, labels.with_columns(-pl.col("stance"))


def test_the_other_side_is_told_from_none(study):
    few = study[1].head(12)
    others = [
        world(swapped(study), OWN._replace(unit="printed")),
        world(study, OWN._replace(threshold=0.4), documents=few),
    ]
    table = sensitivity(world(study), others, [], SETTINGS)
    assert one(table, ["unit"], kind="mean", target="nato")["state"] == "reversed"
    unknown = one(table, ["threshold"], kind="mean", target="nato")
    assert (unknown["state"], unknown["low"]) == ("unknown", None)
    assert unknown["reason"] == "too few labels: 4 of 10"


def test_a_side_that_is_lost_and_one_that_is_won(study, make_stance, make_labels):
    ids = study[1]["doc_id"].to_list()
    even = make_stance(*((doc_id, "nato", n % 3 - 1) for n, doc_id in enumerate(ids)))
    sure, even = (world(study, labels=make_labels(), stance=one) for one in (study[0], even))
    other = OWN._replace(voice="author")
    lost = sensitivity(sure, [replace(even, choices=other)], [], SETTINGS)
    won = sensitivity(even, [replace(sure, choices=other)], [], SETTINGS)
    assert one(lost, ["voice"], kind="mean", target="nato")["state"] == "unclear"
    assert one(won, ["voice"], kind="mean", target="nato")["state"] == "clear"


def test_the_worst_is_the_one_that_speaks_most_against_each_claim(study):
    turned = world(swapped(study), OWN._replace(unit="printed"))
    alike = world(study, OWN._replace(voice="author"))
    table = sensitivity(world(study), [alike, turned], [], SETTINGS)
    worst = table.filter("worst")
    assert worst.height == 3 and (worst["unit"] == "printed").all()
    nato = worst.filter(kind="mean", target="nato")
    all_of = table.filter(pl.col("changed").list.len() > 0, kind="mean", target="nato")
    assert nato["low"].item() == all_of["low"].min()


def test_a_target_that_nobody_speaks_of_any_more_is_unknown(study):
    stance, documents, labels = study
    gone = world((stance.filter(target="nato"), documents, labels), OWN._replace(voice="author"))
    table = sensitivity(world(study), [gone], [], SETTINGS)
    found = table.filter(pl.col("changed") == ["voice"], target="russia")
    assert set(found["state"]) == {"unknown"}
    assert set(found["reason"]) == {"no document of the kind has a score"}


def test_a_scorer_that_saw_only_labelled_documents_is_the_mean_of_a_sample(study):
    judged = study[2].with_columns(stance=pl.lit(0.25), relevant=pl.lit(True))
    judged = judged.with_columns(stance=pl.col("stance") + pl.int_range(pl.len()) % 2 * 0.1)
    other = replace(world(study, OWN._replace(scorer="other"), labels=judged), sampled=True)
    found = one(
        sensitivity(world(study), [other], [], SETTINGS), ["scorer"], kind="mean", target="nato"
    )
    assert (found["correction"], found["n_labels"]) == ("model", 30)
    assert found["estimate"] == pytest.approx(0.3, abs=0.01)


def test_nothing_scored_makes_no_claim(study):
    empty = world((study[0].clear(), *study[1:]))
    assert sensitivity(empty, [], [], SETTINGS).is_empty()
