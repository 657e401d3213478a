"""Settings of the stance scorers, and of their comparison."""

import re
from typing import Annotated, Any, Literal

from pydantic import Field, field_validator
from pydantic_core import PydanticCustomError

from geostance.settings.basis import Settings, Share

# Faults of this kind are told without the value: someone may have pasted a key there.
SECRET = "secret"


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
    parameters: dict[str, Any] = Field(default_factory=dict)
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


class ComparedScorer(ScorerSettings):
    """One scorer of a comparison; what it does not set is as in the section ``stance``."""

    # In the table and the figure; without one, the kind of scorer.
    name: Annotated[str, Field(min_length=1)] | None = None


class CompareSettings(Settings):
    """Which scorers ``make compare-scorers`` holds against the labels."""

    # The others are held against the first.
    scorers: Annotated[tuple[ComparedScorer, ...], Field(min_length=1)] = (ComparedScorer(),)
