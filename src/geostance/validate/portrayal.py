"""The class a document's portrayal falls into."""

import polars as pl

CLASSES = {-1: "unfavourable", 0: "neutral", 1: "favourable"}


def predicted_class() -> pl.Expr:
    """Return the class of the largest of the three probabilities; a tie at the top is neutral."""
    unfavourable, neutral, favourable = map(pl.col, ("p_unfavourable", "p_neutral", "p_favourable"))
    return (
        pl.when(favourable > pl.max_horizontal(neutral, unfavourable))
        .then(1)
        .when(unfavourable > pl.max_horizontal(neutral, favourable))
        .then(-1)
        .otherwise(0)
        .cast(pl.Int64)
    )
