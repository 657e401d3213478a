from dataclasses import asdict
from inspect import signature

from geostance.cli import train_stance
from geostance.train.learning import Recipe


def test_the_command_offers_the_recipe_with_its_defaults():
    parameters = signature(train_stance).parameters
    assert {name: parameters[name].default for name in asdict(Recipe())} == asdict(Recipe())
