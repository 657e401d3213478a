"""The words by which people and programs write a judgement, and what they mean."""

# In the tables of the project a judgement is a number; people are given words.
RELEVANCE = {1: "relevant", 0: "not relevant"}
PORTRAYALS = {-1: "unfavourable", 0: "neutral", 1: "favourable"}
VOICES = ("author", "quoted", "none")
SKIP = "skip"
EVIDENCE = "evidence"

# As sheets show them, by language.
SHEET_WORDS = {
    "en": {
        "relevant": {1: "yes", 0: "no"},
        "stance": PORTRAYALS,
        "voice": dict(zip(VOICES, VOICES, strict=True)),
    },
    "fr": {
        "relevant": {1: "oui", 0: "non"},
        "stance": {-1: "défavorable", 0: "neutre", 1: "favorable"},
        "voice": {"author": "auteur", "quoted": "cité", "none": "aucune"},
    },
}

_NUMBERS = {
    "relevant": {
        **{"true": 1, "false": 0, "relevant": 1, "not relevant": 0, "irrelevant": 0},
        **{"pertinent": 1, "non pertinent": 0},
    },
    "stance": {"unfavorable": -1, "negative": -1, "positive": 1},
}


def meaning(column: str, text: str) -> str:
    """Return what a word in ``column`` stands for, as it would be typed; others come back as is."""
    word = text.strip().casefold()
    for words in SHEET_WORDS.values():
        for value, written in words.get(column, {}).items():
            if word == written:
                return str(value)
    return str(_NUMBERS.get(column, {}).get(word, text))
