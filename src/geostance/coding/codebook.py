"""The codebook of a study: what coders are asked, in the languages they read, and its hash."""

import hashlib
import unicodedata
from dataclasses import dataclass
from pathlib import Path

from geostance.errors import ConfigError
from geostance.strict_yaml import read_yaml

SHIPPED = Path(__file__).with_name("codebook.yml")
_HASH_DIGITS = 12
_EVERY_LANGUAGE = "en"


@dataclass(frozen=True)
class Codebook:
    """Its texts in Markdown by language, which are one codebook and have one ``hash``."""

    texts: dict[str, str]

    @property
    def hash(self) -> str:
        """The version: the first 12 hexadecimal digits of a SHA-256 over all its words.

        Spaces at the ends of lines and the form in which accents are written change nothing.
        """
        lines = [
            line.rstrip()
            for language in sorted(self.texts)
            for line in (language, *self.texts[language].strip().split("\n"))
        ]
        whole = unicodedata.normalize("NFC", "\n".join(lines))
        return hashlib.sha256(whole.encode()).hexdigest()[:_HASH_DIGITS]

    def language(self, wanted: str) -> str:
        """Return the language to show: the one ``wanted``, else English, else the first."""
        return next(
            (one for one in (wanted, _EVERY_LANGUAGE) if one in self.texts), next(iter(self.texts))
        )

    def html(self, language: str) -> str:
        """Return the text in ``language`` as HTML in which nothing of its own is markup."""
        import mistune

        return str(mistune.create_markdown(escape=True, plugins=["table"])(self.texts[language]))


def read_codebook(path: Path | None = None) -> Codebook:
    """Return the codebook in ``path``, or the one of the package.

    Raises:
        ConfigError: the file is not YAML, or not a text for each language.
    """
    path = path or SHIPPED
    texts = read_yaml(path)
    named = isinstance(texts, dict) and all(
        isinstance(part, str) and part.strip() for pair in texts.items() for part in pair
    )
    if not named or not texts:
        raise ConfigError(
            "the codebook is not a text for each language",
            str(path),
            "write one block of Markdown for each: en: | and below it, indented, the text",
        )
    return Codebook(dict(texts))


def shipped_text() -> str:
    """Return the file of the package's codebook, to be made a study's own."""
    return SHIPPED.read_text(encoding="utf-8")
