"""What the cards of the models say: where they come from, and under which licence."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from geostance.config import Config
from geostance.encoders import model_folder, model_identity

_DIGITS = 12
_HUB = "https://huggingface.co/"


@dataclass(frozen=True)
class ModelCard:
    """A model that a study used.

    Attributes:
        role: ``encoder`` or ``scorer``.
        kind: ``embedded``, ``folder``, ``hub`` or ``service``.
        name: as the configuration names it.
        version: commit of a hub model, else the beginning of the hash of its files; null where a
            service shows neither.
        licence: as the model's card states it, null where it does not.
        base: models that it was made from, as the card states them.
    """

    role: str
    kind: str
    name: str
    version: str | None
    licence: str | None
    base: tuple[str, ...]


def model_cards(config: Config) -> list[ModelCard]:
    """Return the encoder and the scorer of a study.

    Raises:
        ModelError: a model is not on disk.
    """
    encoder = config.encoder
    cards = [_card("encoder", encoder.name, encoder.revision, "encoder")]
    match config.stance.scorer:
        case "embedded":
            folder = model_folder(None).with_name("stance")
            return [*cards, _card("scorer", str(folder), None, "stance", embedded=True)]
        case "llm":
            name = config.stance.llm.model or ""
            return [*cards, ModelCard("scorer", "service", name, None, None, ())]
        case kind:
            own = getattr(config.stance, kind)
            return [*cards, _card("scorer", own.model, own.revision, f"stance.{kind}")]


def hub_works(cards: Iterable[ModelCard]) -> dict[str, dict[str, Any]]:
    """Return what the models that readers can fetch from a hub are cited as, by key."""
    return {
        f"model-{card.role}": {
            "type": "software",
            "author": [f"{{{card.name.partition('/')[0]}}}"],
            "title": f"{{{card.name}}}",
            "version": card.version,
            "url": _HUB + card.name,
        }
        for card in cards
        if card.kind == "hub"
    }


def _card(
    role: str, name: str, revision: str | None, section: str, *, embedded: bool = False
) -> ModelCard:
    embedded = embedded or name == "embedded"
    folder = model_folder(name, revision, section)
    identity = model_identity(name, revision, section)
    stated = _front_matter(folder / "README.md")
    base = stated.get("base_model") or ()
    hub = "@" in identity
    return ModelCard(
        role=role,
        kind="embedded" if embedded else "hub" if hub else "folder",
        name="embedded" if embedded else name,
        version=identity.partition("@")[2] if hub else identity[:_DIGITS],
        licence=stated.get("license"),
        base=tuple(base) if isinstance(base, list) else (str(base),) if base else (),
    )


def _front_matter(card: Path) -> dict[str, Any]:
    """Return what a model card states at its head, as the hubs have it."""
    import yaml

    if not card.exists():
        return {}
    lines = card.read_text(encoding="utf-8", errors="replace").split("\n")
    if lines[0].strip() != "---" or "---" not in lines[1:]:
        return {}
    try:
        stated = yaml.safe_load("\n".join(lines[1 : lines.index("---", 1)]))
    except yaml.YAMLError:
        return {}
    return stated if isinstance(stated, dict) else {}
