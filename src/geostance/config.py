"""A whole study's configuration: strict YAML in, frozen settings out.

Paths are not here: they live in the Makefile. Every option has a default, so a
study's file names only what it changes.
"""

import hashlib
from pathlib import Path
from typing import Any

from pydantic import Field, ValidationError

from geostance.errors import ConfigError
from geostance.settings.annotation import AnnotationSettings
from geostance.settings.basis import Settings
from geostance.settings.compute import ComputeSettings
from geostance.settings.corpus import (
    CleanSettings,
    DuplicateSettings,
    EncoderSettings,
    IngestSettings,
)
from geostance.settings.publishing import PublishSettings
from geostance.settings.sensitivity import SensitivitySettings
from geostance.settings.stance import SECRET, CompareSettings, StanceSettings
from geostance.settings.topics import TopicSettings
from geostance.settings.validation import ValidationSettings
from geostance.strict_yaml import read_yaml


class Config(Settings):
    """A whole study."""

    seed: int = Field(default=20240105, ge=0)
    ingest: IngestSettings = IngestSettings()
    clean: CleanSettings = CleanSettings()
    duplicates: DuplicateSettings = DuplicateSettings()
    encoder: EncoderSettings = EncoderSettings()
    topics: TopicSettings = TopicSettings()
    stance: StanceSettings = StanceSettings()
    annotation: AnnotationSettings = AnnotationSettings()
    validation: ValidationSettings = ValidationSettings()
    sensitivity: SensitivitySettings = SensitivitySettings()
    compare: CompareSettings = CompareSettings()
    publish: PublishSettings = PublishSettings()
    compute: ComputeSettings = ComputeSettings()

    def seed_for(self, stage: str) -> int:
        """Return the seed of one stage: independent of the others, the same on every machine."""
        digest = hashlib.sha256(f"{self.seed}:{stage}".encode()).digest()
        return int.from_bytes(digest[:4], "big") >> 1

    def compared(self) -> dict[str, StanceSettings]:
        """Return the settings of each scorer to compare, by its name, in the order given.

        Every language is scored: finding out how well a scorer does there is the purpose.

        Raises:
            ConfigError: two scorers have one name.
        """
        chosen: dict[str, StanceSettings] = {}
        for scorer in self.compare.scorers:
            own = {key: getattr(scorer, key) for key in scorer.model_fields_set - {"name"}}
            settings = self.stance.model_copy(update=own | {"unmeasured_languages": "mark"})
            name = scorer.name or settings.scorer
            if name in chosen:
                raise ConfigError(
                    f"two scorers have the name {name!r}",
                    "compare.scorers",
                    "give each a name of its own",
                )
            chosen[name] = settings
        return chosen

    def secrets(self) -> set[str]:
        """Return the environment variables that hold the keys of services: no page shows them."""
        return {own.llm.key_variable for own in (self.stance, *self.compared().values())}


def read_config(path: Path) -> Config:
    """Read and check a study's configuration.

    Raises:
        ConfigError: unreadable YAML, an unknown key or a value out of range; all faults at once.
    """
    values = read_yaml(path) or {}
    if not isinstance(values, dict):
        raise ConfigError(
            f"a configuration is a mapping, not {type(values).__name__}",
            str(path),
            "start from the config.yml of the project",
        )
    try:
        return Config.model_validate(values)
    except ValidationError as error:
        raise ConfigError(
            "; ".join(fault_sentence(fault) for fault in error.errors()),
            str(path),
            "correct the values; config.yml of the project lists every option",
        ) from error


def fault_sentence(fault: Any) -> str:
    """Return what pydantic finds wrong with one value, for the first line of an error."""
    key = ".".join(str(part) for part in fault["loc"])
    if fault["type"] == "extra_forbidden":
        return f"unknown key {key}"
    if fault["type"] == SECRET:
        return f"{key} {fault['msg']}"
    return f"{key}: {fault['msg'][:1].lower()}{fault['msg'][1:]}, got {fault['input']!r}"
