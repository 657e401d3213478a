"""The card of a fine-tuned stance model: what it is, what it learnt from, how well it does."""

from typing import Any

LICENCES = {
    "press": "of the texts you labelled",
    "mad-tsc": "MIT",
    "news-mtsc": "MIT",
    "rusentne": "MIT",
    "gerntsa": "CC BY 4.0",
}
PARTS = {
    "development": "Development rows: held out by group, used to choose the epoch and to "
    "calibrate, so these figures flatter a little, the calibration error most of all.",
    "press_test": "Press test rows: never learnt from, nor used to choose anything.",
}

_TEXT = """# A stance scorer fine-tuned from {base}

**What it says.** How a text as written portrays a state or an alliance to a reader without an
opinion of his own: unfavourable, neutral or balanced, favourable; whether the target is spoken
of at all; whether an evaluation is quoted; which sentences carry it. It is portrayal, not the
author's private opinion.

**What its figures are worth.** They measure agreement with whoever labelled the rows below.
Check it against your own labels before you publish.

## Recipe
- Base: {base}, files {identity}. Its licence holds for this model too.
- The target's names become [TARGET], those of other states and alliances [OTHER]: no name
  reaches the model. Passages of more than {length} tokens are cut around their mention
  ({cut:.1%} of the training rows).
- Four heads: portrayal, relevance, quoted voice (over the mean of the target's tokens beside
  that of all), evidence (each token). Rare classes are weighed up between their prior and
  equality, so the mean probability of a class is not its share in a corpus.
- {recipe}.
- Epoch {best} of {done} had the best development score. Temperature (portrayal) and Platt
  scaling (relevance, voice) were fitted to the press rows of the development part.
- Calibrated languages: {calibrated}. Measured languages, on states: {measured}.

## Data and licences
| set | languages | rows to learn from | held out | licence |
|---|---|---|---|---|
{data}

## Figures
{figures}
"""


def card(settings: dict[str, Any]) -> str:
    """Return the model card of a ``model.json``."""
    recipe = settings["recipe"]
    return _TEXT.format(
        base=settings["base"],
        identity=settings["base_identity"][:16],
        length=settings["length"],
        cut=settings["cut_share"],
        recipe=", ".join(f"{name.replace('_', ' ')} {value}" for name, value in recipe.items()),
        best=settings["best_epoch"],
        done=len(settings["epochs"]),
        calibrated=", ".join(settings["calibrated_languages"]) or "none",
        measured=", ".join(settings["measured_languages"]) or "none",
        data="\n".join(_sets(settings["rows"])),
        figures="\n\n".join(
            f"{PARTS[part]}\n\n{_table(found)}" for part, found in settings["figures"].items()
        ),
    )


def _sets(rows: dict[str, dict[str, dict[str, int]]]) -> list[str]:
    return [
        f"| {source} | {', '.join(languages)} | {sum(languages.values()):,} "
        f"| {sum(rows['development'].get(source, {}).values()):,} "
        f"| {LICENCES.get(source, 'see the set')} |"
        for source, languages in rows["training"].items()
    ]


def _table(found: dict[str, float]) -> str:
    lines = [f"| {name} | {_number(value)} |" for name, value in found.items()]
    return "\n".join(["| figure | value |", "|---|---|", *lines])


def _number(value: float) -> str:
    return f"{value:,}" if isinstance(value, int) else f"{value:.3f}"
