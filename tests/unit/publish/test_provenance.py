import re
from pathlib import Path

import pytest

from geostance.publish.graph import graph
from geostance.publish.provenance import STEPS, Node, direct
from geostance.publish.words import Words
from geostance.schema import TABLES

MAKEFILE = Path(__file__).parents[3] / "Makefile"


def nodes(**inputs):
    return [Node(name, "table", {}, tuple(own.split())) for name, own in inputs.items()]


@pytest.fixture(scope="module")
def rules():
    """What each table's rule in the Makefile names as its prerequisites."""
    text = MAKEFILE.read_text().replace("\\\n", " ")
    found = re.findall(
        r"^\$\((?:INTERIM|PROCESSED)\)/(\w+)\.parquet:(.*)\n((?:\t.*\n)+)", text, re.M
    )
    assert len(found) > 8
    return {
        name: set(re.findall(r"/(\w+)\.parquet", " ".join((needs, recipe)))) - {name}
        | ({"corpus"} if "$(CORPUS)" in recipe else set())
        | ({"annotations"} if "$(ANNOTATIONS)" in recipe else set())
        | (MEASURED if "$(MEASURED)" in recipe else set())
        for name, needs, recipe in found
    }


MEASURED = {"documents", "unique", "cleaned", "topics", "stance"}


@pytest.mark.parametrize("step", STEPS)
def test_steps_are_those_of_the_makefile(rules, step):
    main = set(STEPS)
    assert set(STEPS[step][1]) <= rules[step]
    # A recipe names tables beside those that it is made from, such as what was rejected.
    assert rules[step] & (main | {"corpus", "annotations"}) <= {*STEPS[step][1], *_far(step)}


def _far(step):
    return {one for own in STEPS[step][1] if own in STEPS for one in (*STEPS[own][1], *_far(own))}


def test_no_table_is_written_by_two_steps():
    tables = [table for name, (others, _) in STEPS.items() for table in (name, *others)]
    assert len(tables) == len(set(tables))


# Tables of goals of their own, which make all does not write.
APART = {
    *("fit_assignments", "topic_stability", "document_consensus", "topic_fits", "multiverse"),
    *("intrusion_key", "topic_intrusion", "frame", "compared", "comparison"),
}


def test_every_table_of_make_all_is_written_by_a_step():
    tables = {table for name, (others, _) in STEPS.items() for table in (name, *others)}
    assert set(TABLES) - tables == APART


def test_a_line_is_left_out_where_a_longer_way_says_the_same():
    found = direct(nodes(a="", b="a", c="a b", d="a c b"))
    assert found == {"a": (), "b": ("a",), "c": ("b",), "d": ("c",)}


def test_two_ways_that_do_not_meet_are_both_drawn():
    assert direct(nodes(a="", b="a", c="a", d="b c"))["d"] == ("b", "c")


def test_boxes_do_not_overlap_and_lie_in_the_picture():
    made = [Node(name, "table", {}, own[1], digest="f" * 64) for name, own in STEPS.items()]
    known = {node.name for node in made}
    made = [
        Node(n.name, "table", {}, tuple(one for one in n.inputs if one in known), digest=n.digest)
        for n in made
    ]
    figures = [Node(f"f{n}", "figure", {}, ("stance",), title=f"F{n}") for n in range(20)]
    drawn = graph([*made, *figures], Words("en"))
    assert len(drawn["nodes"]) == len(made) + 20
    boxes = [(n["x"], n["y"], n["width"], n["height"]) for n in drawn["nodes"]]
    for at, (x, y, width, height) in enumerate(boxes):
        assert 0 < x < x + width < drawn["width"]
        assert 0 < y < y + height < drawn["height"]
        for left, top, across, down in boxes[at + 1 :]:
            assert x + width <= left or left + across <= x or y + height <= top or top + down <= y
