"""Settings of what is published."""

from typing import Annotated, Any, Literal

from pydantic import Field, model_validator

from geostance.settings.basis import Settings

# That are published in.
LANGUAGES = ("en", "fr")
# Whose page a figure is made for; the millimetres are in geostance.publish.pages.
Preset = Literal["nature", "elsevier", "springer", "pnas", "plos", "slides"]


class FigureSettings(Settings):
    """What one figure may change."""

    # Page that it is made for.
    preset: Preset = "nature"
    # On a dark ground.
    dark: bool = False
    # Columns of the page; a slide has one.
    width: Literal["single", "double"] = "double"
    # Millimetres; null: as high as the figure needs.
    height: Annotated[float, Field(gt=20, lt=400)] | None = None
    # Categories drawn at most (outlets, topics, languages); the caption counts the rest.
    limit: Annotated[int, Field(ge=1)] | None = None
    # Time step of figures over time.
    period: Literal["month", "quarter", "year"] | None = None
    # Copies of one text count once, or as often as they were printed. Unless it is set, documents
    # over time show both, and the other figures that count documents count distinct texts.
    unit: Literal["distinct", "printed"] | None = None

    @model_validator(mode="before")
    @classmethod
    def _one_width_on_slides(cls, given: Any) -> Any:
        if isinstance(given, dict) and given.get("preset") == "slides":
            return given | {"width": "single"}
        return given


class PublishSettings(Settings):
    """Titles, language and figures of what is published."""

    title: str = "Stance in the press"
    language: Literal["en", "fr"] = "en"
    # Who is cited for the study, as "Family, Given".
    authors: tuple[Annotated[str, Field(min_length=1)], ...] = ()
    # SPDX identifier under which the data are deposited; null: still to be decided.
    licence: str | None = None
    # Of every figure that does not say otherwise.
    preset: Preset = "nature"
    dark: bool = False
    figures: dict[str, FigureSettings] = Field(default_factory=dict)

    def figure(self, name: str) -> FigureSettings:
        """Return the settings of a figure: its own, else those of all."""
        own = self.figures.get(name, FigureSettings()).model_dump(exclude_unset=True)
        return FigureSettings(**{"preset": self.preset, "dark": self.dark} | own)
