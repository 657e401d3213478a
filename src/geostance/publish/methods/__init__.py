"""The methods a paper needs, written from the tables of a study.

A section is a function that takes what it tells from the :class:`Study`, and a template for each
language, ``templates/methods/SECTION.LANGUAGE.md``. A template holds no number of its own.
"""

import re

from geostance.publish.cards import hub_works
from geostance.publish.methods import corpus, estimates, labels, software, stability, stance, topics
from geostance.publish.methods.study import Section, Study
from geostance.publish.references import bibtex, cited_keys, references
from geostance.publish.templating import render
from geostance.publish.words import Words

# In the order of the text.
SECTIONS: tuple[Section, ...] = (
    corpus.CORPUS,
    corpus.CLEANING,
    topics.ENCODER,
    topics.TOPICS,
    topics.ASSESSMENT,
    stability.STABILITY,
    stability.MULTIVERSE,
    stability.INTRUSION,
    stance.STANCE,
    labels.LABELS,
    labels.AGREEMENT,
    estimates.ESTIMATES,
    estimates.SENSITIVITY,
    software.SOFTWARE,
)
NEEDED = frozenset(table for section in SECTIONS for table in section.tables)
# Tables of goals of their own; a study need not have them.
OPTIONAL = frozenset(table for section in SECTIONS for table in section.optional)


def methods_text(study: Study, language: str) -> str:
    """Return the methods as Markdown for pandoc, with [@keys] of the bibliography."""
    say = Words(language, study.names[language])
    parts = [
        render(f"methods/{section.name}.{language}.md", say=say, seed=study.config.seed, **facts)
        for section in SECTIONS
        if (facts := section.facts(study)) is not None
    ]
    head = f"---\nlang: {language}\nbibliography: references.bib\n---"
    first, last = f"# {say('methods_title')}", f"# {say('methods_references')}"
    return "\n\n".join([head, first, *map(_paragraphs, parts), last, "::: {#refs}\n:::\n"])


def bibliography(texts: list[str], study: Study) -> str:
    """Return the BibTeX entries of all that ``texts`` cite."""
    works = references() | hub_works(study.cards)
    return bibtex({key: works[key] for text in texts for key in cited_keys(text)})


def _paragraphs(text: str) -> str:
    """Put each paragraph in one line: templates have their sentences in lines of their own."""
    # Only plain spaces: the narrow ones of French belong where they are.
    parts = (re.sub(r"[ \n]+", " ", part).strip() for part in re.split(r"\n[ \n]*\n", text))
    return "\n\n".join(re.sub(r" (?=[,.;)\u202f])", "", part) for part in parts if part)


__all__ = ["NEEDED", "OPTIONAL", "SECTIONS", "Study", "bibliography", "methods_text"]
