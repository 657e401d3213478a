"""The typed configuration: strict YAML in, frozen settings out.

Paths are not here: they live in the Makefile. Every option has a default, so a
study's file names only what it changes.
"""

import hashlib
import re
from collections.abc import Hashable
from datetime import date
from pathlib import Path
from typing import Annotated, Any, Literal, Self

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator
from pydantic_core import PydanticCustomError

from geostance.errors import ConfigError

Share = Annotated[float, Field(ge=0, le=1)]
Auto = Literal["auto"]
# Faults of this kind are told without the value: someone may have pasted a key there.
SECRET = "secret"


class Settings(BaseModel):
    """Base of every section: frozen, and an unknown key is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Columns(Settings):
    """Names of the columns that hold each field in csv, tsv, xlsx, jsonl and parquet files."""

    id: str = "id"
    outlet: str = "outlet"
    title: str = "title"
    date: str = "date"
    url: str = "url"
    language: str = "language"
    text: str = "text"
    # Kept as further columns of the documents, under these names.
    author: str = "author"
    section: str = "section"
    page: str = "page"
    word_count: str = "word_count"

    @model_validator(mode="after")
    def _each_its_own(self) -> Self:
        fields: dict[str, str] = {}
        # A default that a table lacks or shares harms nothing; what was written is meant.
        for field in sorted(self.model_fields_set):
            column = getattr(self, field)
            if (other := fields.setdefault(column, field)) != field:
                raise PydanticCustomError(
                    "doubled", f"{other} and {field} are both read from the column {column}"
                )
        return self


class IngestSettings(Settings):
    """How the researcher's files are read."""

    columns: Columns = Columns()
    # Past this share of rejected records the stage stops instead of going on with a rump.
    max_rejected_share: Share = 0.2
    undated: Literal["keep", "reject"] = "keep"
    # Dates after this one are taken for reading errors; no default is ever "today".
    latest_date: date = date(2100, 1, 1)


class CleanSettings(Settings):
    """What is left of a page when its furniture is gone."""

    # Documents with fewer words left are set aside as too_short.
    min_words: int = Field(default=5, ge=1)
    # A line in this share of an outlet's articles, and in five at least, is furniture.
    repeated_share: Annotated[float, Field(gt=0, le=1)] = 0.4


class DuplicateSettings(Settings):
    """When two articles count as copies of one text."""

    # Jaccard similarity of word shingles from which two texts are one.
    threshold: Share = 0.5
    # Or: the larger has this share of the smaller's shingles,
    containment: Share = 0.8
    # and the smaller makes up this share of the larger. From a half on, two different pieces
    # can never both be copies of a digest of them.
    cover: Share = 0.5
    shingle_words: int = Field(default=4, ge=1, le=20)
    # A shingle that one outlet prints on more days than this is furniture: it counts for nothing.
    standing_days: int = Field(default=10, ge=1)


class EncoderSettings(Settings):
    """Which sentence encoder makes the vectors."""

    # "embedded", a folder (Model2Vec or sentence-transformers), or a hub name.
    name: str = "embedded"
    # Commit of a hub model; required for hub names so that a rerun loads the same weights.
    revision: str | None = None
    # Put before every text as it stands, for models trained with one: e5 wants "query: ".
    prompt: str = ""
    # Texts that a transformer reads at once; a static encoder needs no such care.
    batch: int = Field(default=64, ge=1)


class TopicSettings(Settings):
    """BERTopic's parameters; "auto" scales with the number of documents."""

    unit: Literal["distinct", "printed"] = "distinct"
    min_topic_size: Annotated[int, Field(ge=2)] | Auto = "auto"
    min_samples: Annotated[int, Field(ge=1)] | Auto = "auto"
    neighbours: Annotated[int, Field(ge=2)] | Auto = "auto"
    components: int = Field(default=5, ge=2)
    words: int = Field(default=10, ge=3)
    representative_documents: int = Field(default=3, ge=1)


class TransformerSettings(Settings):
    """A fine-tuned target-marked classifier, as ``geostance train stance`` leaves it."""

    # A folder, or a hub name with its revision (both already on disk).
    model: str | None = None
    revision: str | None = None
    # Passages read at once.
    batch: int = Field(default=32, ge=1)


class NliSettings(Settings):
    """A model of natural-language inference that reads a passage against hypotheses."""

    # A folder, or a hub name with its revision (both already on disk).
    model: str | None = None
    revision: str | None = None
    # Pairs of passage and hypothesis read at once.
    batch: int = Field(default=16, ge=1)


class LlmSettings(Settings):
    """A language model behind an OpenAI-compatible service; the key comes from the environment."""

    # The address up to /v1; without user, password or query, for keys do not belong in a file.
    url: str = "http://localhost:8000/v1"
    # The name under which the service knows the model.
    model: str | None = None
    # Name of the environment variable that holds the key; a local server needs none.
    key_variable: str = "GEOSTANCE_LLM_KEY"
    # Requests under way at a time.
    concurrency: int = Field(default=4, ge=1)
    # How often one request is sent before the run stops.
    attempts: int = Field(default=5, ge=1)
    timeout_seconds: float = Field(default=60, gt=0)
    seed: int = Field(default=0, ge=0)
    # Tokens an answer may have; a model that thinks aloud needs thousands.
    answer_tokens: int = Field(default=400, ge=50)
    # Sent beside ours, or instead (temperature, max_tokens, seed, response_format); null takes
    # one of ours out, for services that do not know it.
    parameters: dict[str, Any] = {}
    # Price of a million tokens read and written, in the currency of the bill.
    price_in: float = Field(default=0, ge=0)
    price_out: float = Field(default=0, ge=0)

    @field_validator("url")
    @classmethod
    def _plain_address(cls, url: str) -> str:
        host = r"(?:\[[0-9a-fA-F:.]+\]|[\w.-]+)"
        if not re.fullmatch(rf"https?://{host}(?::\d{{1,5}})?(?:/[^\s?#@]*)?", url):
            raise PydanticCustomError(
                SECRET, "is no plain address such as https://host/v1 (no user, query or key in it)"
            )
        return url

    @field_validator("key_variable")
    @classmethod
    def _name_and_no_key(cls, name: str) -> str:
        if not re.fullmatch(r"[A-Z][A-Z0-9_]*", name):
            raise PydanticCustomError(
                SECRET, "is the name of an environment variable in capitals, never the key itself"
            )
        return name

    @field_validator("parameters")
    @classmethod
    def _not_the_question(cls, parameters: dict[str, Any]) -> dict[str, Any]:
        if ours := {"messages", "model", "n", "stream"} & set(parameters):
            raise PydanticCustomError("ours", f"cannot hold {', '.join(sorted(ours))}")
        return parameters


class ScorerSettings(Settings):
    """Which scorer judges the mentions, each kind with its own options."""

    scorer: Literal["embedded", "transformer", "nli", "llm"] = "embedded"
    transformer: TransformerSettings = TransformerSettings()
    nli: NliSettings = NliSettings()
    llm: LlmSettings = LlmSettings()
    # A mention counts when its probability of being about the target reaches this.
    relevance_threshold: Share = 0.2


class StanceSettings(ScorerSettings):
    """Whose portrayal is scored, and how."""

    targets: Annotated[tuple[str, ...], Field(min_length=1)] = ("russia", "nato", "india")
    # A file of the researcher's own targets, in the form of geostance's targets.yml.
    targets_file: str | None = None
    # Languages on which the scorer has no measured figure: leave them out, or score and mark them.
    unmeasured_languages: Literal["skip", "mark"] = "mark"


class ValidationSettings(Settings):
    """Comparison with human labels and the estimates that rest on it."""

    confidence: Annotated[float, Field(gt=0.5, lt=1)] = 0.95
    bootstrap_samples: int = Field(default=1000, ge=100)
    # Fewer labels for a target than this give no corrected estimate.
    min_labels: int = Field(default=30, ge=2)
    # Groups with fewer documents get no interval of their own.
    min_group: int = Field(default=5, ge=2)


class ComparedScorer(ScorerSettings):
    """One scorer of a comparison; what it does not set is as in the section ``stance``."""

    # In the table and the figure; without one, the kind of scorer.
    name: Annotated[str, Field(min_length=1)] | None = None


class CompareSettings(Settings):
    """Which scorers ``make compare-scorers`` holds against the labels."""

    # The others are held against the first.
    scorers: Annotated[tuple[ComparedScorer, ...], Field(min_length=1)] = (ComparedScorer(),)


class FigureSettings(Settings):
    """What one figure may change."""

    width: Literal["single", "double"] = "double"
    height: Annotated[float, Field(gt=20, lt=400)] | None = None
    # Categories drawn at most (outlets, topics, languages); the caption counts the rest.
    limit: Annotated[int, Field(ge=1)] | None = None
    # Time step of figures over time.
    period: Literal["month", "quarter", "year"] | None = None
    # Copies of one text count once, or as often as they were printed. Unless it is set, documents
    # over time show both, and the other figures that count documents count distinct texts.
    unit: Literal["distinct", "printed"] | None = None


class PublishSettings(Settings):
    """Titles, language and figures of what is published."""

    title: str = "Stance in the press"
    language: Literal["en", "fr"] = "en"
    figures: dict[str, FigureSettings] = {}


class Config(Settings):
    """A whole study."""

    seed: int = Field(default=20240105, ge=0)
    ingest: IngestSettings = IngestSettings()
    clean: CleanSettings = CleanSettings()
    duplicates: DuplicateSettings = DuplicateSettings()
    encoder: EncoderSettings = EncoderSettings()
    topics: TopicSettings = TopicSettings()
    stance: StanceSettings = StanceSettings()
    validation: ValidationSettings = ValidationSettings()
    compare: CompareSettings = CompareSettings()
    publish: PublishSettings = PublishSettings()

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


class _StrictLoader(yaml.SafeLoader):
    """YAML without its surprises: no yes/no booleans, no sexagesimals, no doubled keys."""


_StrictLoader.yaml_implicit_resolvers = {
    first: [
        (tag, expression)
        for tag, expression in resolvers
        if tag not in {"tag:yaml.org,2002:bool", "tag:yaml.org,2002:int", "tag:yaml.org,2002:float"}
    ]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def _add_json_scalars(loader: type[yaml.SafeLoader]) -> None:
    loader.add_implicit_resolver(
        "tag:yaml.org,2002:bool", re.compile(r"^(?:true|false)$"), list("tf")
    )
    loader.add_implicit_resolver(
        "tag:yaml.org,2002:int", re.compile(r"^[-+]?(?:0|[1-9][0-9]*)$"), list("-+0123456789")
    )
    loader.add_implicit_resolver(
        "tag:yaml.org,2002:float",
        re.compile(r"^[-+]?(?:[0-9]+\.[0-9]*|\.[0-9]+)(?:[eE][-+]?[0-9]+)?$"),
        list("-+0123456789."),
    )


_add_json_scalars(_StrictLoader)


def _mapping_without_doubles(
    loader: yaml.SafeLoader, node: yaml.MappingNode
) -> dict[Hashable, Any]:
    seen: set[Hashable] = set()
    for key_node, _ in node.value:
        key = loader.construct_object(key_node)
        if key in seen:
            raise yaml.MarkedYAMLError(
                problem=f"the key {key!r} stands twice", problem_mark=key_node.start_mark
            )
        seen.add(key)
    return loader.construct_mapping(node, deep=True)


_StrictLoader.add_constructor(
    yaml.resolver.BaseResolver.DEFAULT_MAPPING_TAG, _mapping_without_doubles
)


def read_yaml(path: Path) -> Any:
    """Return the value of a YAML file, read strictly.

    Raises:
        ConfigError: the file is absent, is not UTF-8 or is not valid strict YAML.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(
            f"the file cannot be read: {error}", str(path), "name an existing UTF-8 file"
        ) from error
    try:
        # The loader derives from SafeLoader: it builds plain values only.
        return yaml.load(text, Loader=_StrictLoader)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise ConfigError(
            f"the YAML is not valid: {error.problem}", f"{path}, line {line}", "mend that line"
        ) from error


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
            "; ".join(_sentence(fault) for fault in error.errors()),
            str(path),
            "correct the values; config.yml of the project lists every option",
        ) from error


def _sentence(fault: Any) -> str:
    key = ".".join(str(part) for part in fault["loc"])
    if fault["type"] == "extra_forbidden":
        return f"unknown key {key}"
    if fault["type"] == SECRET:
        return f"{key} {fault['msg']}"
    return f"{key}: {fault['msg'][:1].lower()}{fault['msg'][1:]}, got {fault['input']!r}"
