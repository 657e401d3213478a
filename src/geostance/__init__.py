"""Topics and stance toward states and alliances in multilingual press corpora.

Stance is portrayal: how a text as written shows a state or an alliance to a reader
without an opinion of his own. It is not the author's private view.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from geostance.clean import Cleaned, clean_text
    from geostance.encoders import Encoder, load_encoder
    from geostance.ingest import read_corpus
    from geostance.stance import score_stance
    from geostance.targets import Mention, find_targets

# Where each public name lives; imported on first use, so that the command starts at once.
_PUBLIC = {
    "Cleaned": "geostance.clean",
    "Encoder": "geostance.encoders",
    "Mention": "geostance.targets",
    "clean_text": "geostance.clean",
    "find_targets": "geostance.targets",
    "load_encoder": "geostance.encoders",
    "read_corpus": "geostance.ingest",
    "score_stance": "geostance.stance",
}
_MODULES = ("errors", "lab", "published")

__all__ = [
    "Cleaned",
    "Encoder",
    "Mention",
    "clean_text",
    "find_targets",
    "load_encoder",
    "read_corpus",
    "score_stance",
]


def __getattr__(name: str) -> Any:
    if name in _PUBLIC:
        return getattr(import_module(_PUBLIC[name]), name)
    if name in _MODULES:
        return import_module(f"geostance.{name}")
    raise AttributeError(f"module 'geostance' has no attribute {name!r}")
