"""What a researcher decided about topics: names, merges and marks, in a small YAML file."""

import unicodedata
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field, StrictStr, ValidationError

from geostance.config import fault_sentence
from geostance.errors import ConfigError
from geostance.settings.basis import Settings
from geostance.strict_yaml import read_yaml, yaml_text

Mark = Literal["keep", "drop", "unsure"]
# The label of topic −1.
OUTLIERS = "outliers"
_HEAD = """\
# What was decided about the topics, each found again after a refit by its documents and words.
# The topic browser rewrites this file; it can be edited by hand, then run make all.
"""


def _label(text: str) -> str:
    text = unicodedata.normalize("NFC", " ".join(text.split()))
    if not text:
        raise ValueError("must not be empty")
    if any(unicodedata.category(letter) == "Cc" for letter in text):
        raise ValueError("must not hold control characters")
    if text.casefold() == OUTLIERS:
        raise ValueError(f"must not be {OUTLIERS!r}, the name of the documents without a topic")
    return text


Label = Annotated[StrictStr, Field(max_length=120), AfterValidator(_label)]


class TopicMatch(Settings):
    """How a topic is found again: its most central documents and its words when it was edited."""

    documents: tuple[StrictStr, ...] = ()
    words: tuple[StrictStr, ...] = ()


class TopicEdit(Settings):
    """One topic as its reader left it; topics with one ``merge`` key become one."""

    name: Label | None = None
    match: TopicMatch
    merge: Label | None = None
    mark: Mark | None = None
    note: StrictStr | None = None


def read_edits(path: Path) -> tuple[TopicEdit, ...]:
    """Read and check a study's topic edits.

    Raises:
        ConfigError: the file cannot be read, a value is wrong, or edits contradict each other.
    """
    value = read_yaml(path)
    value = {"topics": []} if value is None else value
    if not isinstance(value, dict) or set(value) != {"topics"}:
        raise ConfigError(
            "topic edits are a mapping with the one key topics",
            str(path),
            "begin the file with the line topics:, and write one item for each topic under it",
        )
    listed = value["topics"] if value["topics"] is not None else []
    if not isinstance(listed, list):
        raise _fault(path, f"topics is {type(listed).__name__}, not a list", "begin each with -")
    edits = tuple(_read(path, place, item) for place, item in enumerate(listed, start=1))
    check_edits(edits, path)
    return edits


def check_edits(edits: Sequence[TopicEdit], path: Path) -> None:
    """Refuse edits that contradict each other.

    Raises:
        ConfigError: two edits of one topic, two names or marks of one merged topic, or one label
            for two topics.
    """
    places: dict[Any, int] = {}
    groups: dict[str, list[TopicEdit]] = {}
    for place, edit in enumerate(edits, start=1):
        key = frozenset(edit.match.documents) or edit.match.words
        if key in places:
            raise _fault(
                path, f"edits {places[key]} and {place} are of the same topic", "make them one edit"
            )
        places[key] = place
        groups.setdefault(merge_key(edit, place), []).append(edit)
    labels: dict[str, str] = {}
    for key, members in groups.items():
        for what in ("name", "mark"):
            found = sorted({str(v) for one in members if (v := getattr(one, what)) is not None})
            if len(found) > 1:
                raise _fault(
                    path,
                    f"the topics merged as {key!r} have two {what}s: {' and '.join(found)}",
                    f"give them one {what}, or give it once",
                )
        label = group_label(members)
        if label is not None and labels.setdefault(label, key) != key:
            raise _fault(
                path,
                f"two topics have the name {label!r}",
                "give them different names, or one merge key if they are one topic",
            )


def merge_key(edit: TopicEdit, place: int) -> str:
    """Return what edits of one merged topic share: the key, or else the edit's own place."""
    return edit.merge if edit.merge is not None else f"\0{place}"


def group_label(members: Sequence[TopicEdit]) -> str | None:
    """Return what a merged topic is called: the name that a member has, or else the key."""
    return next((one.name for one in members if one.name is not None), members[0].merge)


def edits_text(edits: Sequence[TopicEdit]) -> str:
    """Return the text of a file that :func:`read_edits` reads back as ``edits``."""
    listed = [edit.model_dump(mode="json", exclude_none=True) for edit in edits]
    return _HEAD + yaml_text({"topics": listed})


def _read(path: Path, place: int, value: Any) -> TopicEdit:
    try:
        edit = TopicEdit.model_validate(value)
    except ValidationError as error:
        raise ConfigError(
            "; ".join(fault_sentence(fault) for fault in error.errors()),
            f"{path}, edit {place}",
            "correct the values; an edit has match (documents, words), name, merge, mark "
            "(keep, drop or unsure) and note; put numbers in quotes",
        ) from error
    if not (edit.match.documents or edit.match.words):
        raise ConfigError(
            "match has neither documents nor words: no topic can be found by it",
            f"{path}, edit {place}",
            "list ids of documents of the topic, or words of it",
        )
    return edit


def _fault(path: Path, what: str, mend: str) -> ConfigError:
    return ConfigError(what, str(path), mend)
