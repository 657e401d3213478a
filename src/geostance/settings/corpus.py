"""Settings of the stages that read and clean the corpus and encode its sentences."""

from datetime import date
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from geostance.settings.basis import Settings, Share


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
