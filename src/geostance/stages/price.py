"""What the stage ``mentions`` would cost, said before anything is spent."""

from pathlib import Path

from geostance.config import Config
from geostance.errors import ConfigError
from geostance.files import read_table
from geostance.stages.basis import Record, kept_documents


def price(config: Config, *, cleaned: Path, sentences: Path, responses: Path) -> Record:
    """Return the requests, tokens and price of scoring the mentions; nothing is sent or written.

    Raises:
        ConfigError: the scorer of the configuration asks no service.
    """
    from geostance.stance import score_mentions
    from geostance.stance.llm import LlmScorer
    from geostance.stance.price import Estimate
    from geostance.stance.scorer import load_scorer

    scorer = load_scorer(config.stance, responses=responses)
    if not isinstance(scorer, LlmScorer):
        raise ConfigError(
            f"the scorer {config.stance.scorer} asks no service: there is nothing to pay",
            "stance.scorer",
            "set stance.scorer: llm to see what a service would take",
        )
    estimate = Estimate(scorer, config.stance.llm)
    # The workflow's own code looks for the mentions, so that exactly its requests are counted.
    kept = kept_documents(cleaned)
    score_mentions(read_table(sentences, "sentences"), kept, config.stance, estimate)
    return estimate.bill()
