"""What would change the claims of a study: each drawn again under other choices."""

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
import polars as pl

from geostance.schema import TABLES
from geostance.settings.validation import ValidationSettings
from geostance.validate.claims import (
    Choices,
    Claim,
    Correction,
    Found,
    World,
    chosen_correction,
    claims_of,
    measured,
)


def sensitivity(
    published: World,
    others: Iterable[World],
    differences: Sequence[tuple[str, str, str]],
    settings: ValidationSettings,
) -> pl.DataFrame:
    """Return the table ``sensitivity``: every claim under every set of choices.

    Claims are the mean toward each target, the order of targets that follow one another, and
    ``differences`` (grouping, group, against) toward each target. A claim says that the number is
    above 0, below 0, or on no clear side, by its interval from the formula. Under other choices it

    - ``holds``: the interval says the same;
    - is ``unclear``: it says no side any more;
    - is ``clear``: it says a side where the study says none;
    - is ``reversed``: it says the other side;
    - is ``unknown``: there is no interval, with the ``reason``.

    ``worst`` marks, for each claim, the choices that speak most against it.

    Args:
        published: as the study has it.
        others: every other combination.
        differences: the differences that the study names.
        settings: the section ``validation``.
    """
    claims = claims_of(published, differences, settings)
    corrected = [chosen_correction(published, claim, settings) for claim in claims]
    present = [
        correction
        for correction in ("ppi", "labels", "model")
        if any(measured(published, c, correction, settings).reason is None for c in claims)
    ]
    rows = []
    for claim, own in zip(claims, corrected, strict=True):
        rows.append((claim, published, own, [], measured(published, claim, own, settings)))
    for world in (published, *others):
        changed = [
            name
            for name, ours, theirs in zip(
                Choices._fields, published.choices, world.choices, strict=True
            )
            if ours != theirs
        ]
        for claim, own in zip(claims, corrected, strict=True):
            for correction in ("model",) if world.sampled else present:
                again = changed + ["correction"] * (correction != own and not world.sampled)
                if again:
                    found = measured(world, claim, correction, settings)
                    rows.append((claim, world, correction, again, found))
    return _table(rows)


def _table(rows: list[tuple[Claim, World, Correction, list[str], Found]]) -> pl.DataFrame:
    said = {claim: found for claim, _, _, changed, found in rows if not changed}
    against: dict[Claim, tuple[float, int]] = {}
    records: list[dict[str, Any]] = []
    for at, (claim, world, correction, changed, found) in enumerate(rows):
        weight = _against(said[claim], found)
        if changed and weight is not None and weight > against.get(claim, (-np.inf, 0))[0]:
            against[claim] = weight, at
        records.append(
            claim._asdict()
            | world.choices._asdict()
            | {"correction": correction, "changed": changed}
            | found._asdict()
            | {"state": _state(said[claim], found)}
        )
    worst = {at for _, at in against.values()}
    return pl.DataFrame(
        [record | {"worst": at in worst} for at, record in enumerate(records)],
        schema=TABLES["sensitivity"],
    )


def _side(found: Found) -> int | None:
    """Return 1 above 0, −1 below, 0 where the interval holds it; None without one."""
    if found.low is None or found.high is None:
        return None
    return int(found.low > 0) - int(found.high < 0)


def _state(published: Found, found: Found) -> str:
    said, side = _side(published), _side(found)
    if said is None or side is None:
        return "unknown"
    if said == side:
        return "holds"
    if not said:
        return "clear"
    return "reversed" if side else "unclear"


def _against(published: Found, found: Found) -> float | None:
    """Return how much a number speaks against what the study says; None without an interval."""
    said = _side(published)
    if said is None or found.low is None or found.high is None:
        return None
    if said == 0:
        return max(found.low, -found.high)
    return -found.low if said > 0 else found.high
