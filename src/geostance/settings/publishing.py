"""Settings of what is published."""

from typing import Annotated, Literal

from pydantic import Field

from geostance.settings.basis import Settings

# That are published in.
LANGUAGES = ("en", "fr")


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
    # Who is cited for the study, as "Family, Given".
    authors: tuple[Annotated[str, Field(min_length=1)], ...] = ()
    # SPDX identifier under which the data are deposited; null: still to be decided.
    licence: str | None = None
    figures: dict[str, FigureSettings] = Field(default_factory=dict)
