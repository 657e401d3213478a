import pytest

from geostance.coding import Codebook
from geostance.coding.tasks import Task

# A letter beyond the plane in which Java and pages count one, before what is evidence.
TEXT = "=Moscou 🥶\n\nLa Russie coupe le gaz. <b>Paris</b> proteste."


@pytest.fixture
def task():
    return Task(
        "aaaa", "russia", "Russia", 1, "=Le Phare", "2025-03-01", "fr", TEXT,
        ((1, 7), (14, 20)), ((0, 9), (11, 34), (35, 58)),
    )  # fmt: skip


@pytest.fixture
def codebook():
    return Codebook({"en": "# Codebook\n\n=Judge.", "fr": "# Grille"})
