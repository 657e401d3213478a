"""py3langid's identifier that reads many texts at once: all of them byte by byte, side by side.

It walks an automaton over the bytes of a text, which in Python takes most of its time.
"""

from collections import Counter
from collections.abc import Iterable
from functools import cached_property

import numpy as np
from py3langid.langid import MODEL_FILE, LanguageIdentifier

model_file = MODEL_FILE


class Identifier(LanguageIdentifier):
    """Answers as its parent does; what was read ahead it need not read again."""

    def read_ahead(self, texts: Iterable[str]) -> None:
        """Count the features of these texts, and forget those of others."""
        encoded = list({self._encode(text) for text in texts})
        self._known = dict(zip(encoded, self._counts(encoded), strict=True))

    def _raw_score(self, text: bytes) -> np.ndarray:
        """Return the score of each language; overrides the parent's walk where it was made."""
        counts = getattr(self, "_known", {}).get(text)
        return self._sparse_score(counts, self.nb_ptc) if counts else super()._raw_score(text)

    @cached_property
    def _automaton(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """The next state by row and byte, the row where a state's moves begin, its feature."""
        return (
            np.frombuffer(self.tk_nextmove, dtype=self.tk_nextmove.typecode),
            np.asarray(self._rowbase, dtype=np.intp),
            np.asarray(self.tk_output, dtype=np.intp),
        )

    def _counts(self, encoded: list[bytes]) -> list[Counter[int]]:
        """Return how often each feature is in each text, in the order they are met."""
        if not encoded:
            return []
        longest = max(map(len, encoded))
        letters = np.zeros((longest, len(encoded)), dtype=np.intp)
        for n, text in enumerate(encoded):
            letters[: len(text), n] = np.frombuffer(text, dtype=np.uint8)
        moves, rows, output = self._automaton
        features = np.empty_like(letters)
        states = np.zeros(len(encoded), dtype=np.intp)
        for place, column in enumerate(letters):
            states = moves[rows[states] + column]
            features[place] = output[states]
        return [
            Counter(found[found >= 0].tolist())
            for n, text in enumerate(encoded)
            for found in [features[: len(text), n]]
        ]
