"""The page of options is that of the settings: nothing in it is typed by hand and left behind."""

import importlib.util
from pathlib import Path

import pytest
from pydantic import BaseModel, Field

from geostance.config import Config
from geostance.strict_yaml import read_yaml

ROOT = Path(__file__).parents[2]
WHEN = read_yaml(ROOT / "tools" / "options.yml")


@pytest.fixture(scope="module")
def script():
    spec = importlib.util.spec_from_file_location("options", ROOT / "tools" / "options.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def told(script):
    return script.Comments((ROOT / "config.yml").read_text(encoding="utf-8"))


def test_the_page_is_that_of_the_settings(script):
    assert script.PAGE.read_text(encoding="utf-8") == script.page(), "run python tools/options.py"


def test_every_option_of_the_settings_is_told(script, told):
    def leaves(value, above=""):
        for name, inner in value.items():
            if isinstance(inner, dict) and inner:
                yield from leaves(inner, f"{above}{name}.")
            else:
                yield f"{above}{name}"

    known = set(leaves(Config().model_dump())) - {"publish.figures"}
    assert {one.path for one in script.options(told) if ".NAME." not in one.path} == known


def test_every_option_has_a_meaning_and_a_time_to_change_it(script, told):
    options = script.options(told)
    assert [one.path for one in options if not one.meaning] == []
    sections = {one.path.replace(".NAME", "").rpartition(".")[0] for one in options} - {""}
    assert {one.path for one in options} | sections == WHEN.keys()


class Invented(BaseModel):
    share: float = Field(default=0.5, gt=0, le=1)
    kind: tuple[str, ...] = ()
    size: int | None = Field(default=None, ge=2)


def test_values_are_said_as_people_say_them(script):
    fields = Invented.model_json_schema()["properties"]
    assert [script.values(field, {}) for field in fields.values()] == [
        "number, above 0 and 1 or less",
        "list of text",
        "whole number, 2 or more or `null`",
    ]


def test_comments_are_taken_from_behind_an_option_or_from_above(script):
    told = script.Comments(
        "# Of all.\na: 1\nb:  # of b\n  c: '#'  # of c\n  # of d,\n  # in two lines\n  d: [1, 2]\n"
    )
    assert told.meanings == {"a": "", "b": "of b", "b.c": "of c", "b.d": "of d, in two lines"}
    assert told.defaults == {"a": "1", "b.c": "'#'", "b.d": "[1, 2]"}
