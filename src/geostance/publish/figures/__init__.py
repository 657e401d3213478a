"""The figures, in publishing order. Each draws alone: ``FIGURES["topic-map"].draw(topics=…)``."""

from geostance.publish.figures.corpus import corpus_flow, documents_over_time
from geostance.publish.figures.correction import corrected_estimates
from geostance.publish.figures.crossing import stance_by_topic_and_outlet
from geostance.publish.figures.description import corpus_description
from geostance.publish.figures.distribution import stance_distribution
from geostance.publish.figures.evidence import evidence_wall
from geostance.publish.figures.multiverse import multiverse
from geostance.publish.figures.network import syndication_network
from geostance.publish.figures.outlet_map import outlet_map
from geostance.publish.figures.plot import FigureSpec, Plot
from geostance.publish.figures.portrayal import stance_by_topic
from geostance.publish.figures.quality import topic_quality
from geostance.publish.figures.reliability import reliability
from geostance.publish.figures.scorer_quality import scorer_quality
from geostance.publish.figures.scorers import scorer_comparison
from geostance.publish.figures.sensitivity import sensitivity
from geostance.publish.figures.stability import topic_stability
from geostance.publish.figures.stance import stance_by_outlet, stance_over_time
from geostance.publish.figures.topic_hierarchy import topic_hierarchy
from geostance.publish.figures.topic_map import topic_map
from geostance.publish.figures.topic_trends import topics_by_outlet, topics_over_time
from geostance.publish.figures.topics import topic_sizes
from geostance.publish.figures.trajectories import stance_trajectories
from geostance.publish.figures.validation import label_agreement

__all__ = ["APART", "FIGURES", "FigureSpec", "Plot"]

_STANCE = ("estimates", "stance", "unique")

FIGURES: dict[str, FigureSpec] = {
    "corpus-flow": FigureSpec(("documents", "rejected", "cleaned", "unique"), corpus_flow),
    "corpus-description": FigureSpec(("description", "missing"), corpus_description),
    "documents-over-time": FigureSpec(("documents", "cleaned", "unique"), documents_over_time),
    "topic-map": FigureSpec(("topics", "topic_info", "unique"), topic_map),
    "topic-sizes": FigureSpec(("topics", "topic_info", "cleaned", "unique"), topic_sizes),
    "topic-hierarchy": FigureSpec(("topic_hierarchy", "topic_info"), topic_hierarchy),
    "topics-over-time": FigureSpec(("topic_trends", "topic_info"), topics_over_time),
    "topics-by-outlet": FigureSpec(("topic_trends", "topic_info"), topics_by_outlet),
    "topic-quality": FigureSpec(("topic_quality", "topic_flags", "topic_info"), topic_quality),
    "stance-over-time": FigureSpec(_STANCE, stance_over_time, named=True),
    "stance-by-outlet": FigureSpec(_STANCE, stance_by_outlet, named=True),
    "stance-by-topic": FigureSpec(_STANCE, stance_by_topic, named=True),
    "stance-distribution": FigureSpec(_STANCE, stance_distribution, named=True),
    "stance-trajectories": FigureSpec(
        ("estimates",),
        stance_trajectories,
        named=True,
        optional=("stance", "unique", "events"),
    ),
    "outlet-map": FigureSpec(("estimates",), outlet_map, named=True, optional=("stance", "unique")),
    "stance-by-topic-and-outlet": FigureSpec(
        ("stance", "documents", "topics", "topic_info"),
        stance_by_topic_and_outlet,
        named=True,
        optional=("unique",),
    ),
    "evidence-wall": FigureSpec(
        ("mentions", "sentences", "documents"), evidence_wall, named=True, optional=("unique",)
    ),
    "syndication-network": FigureSpec(("syndication",), syndication_network),
    "corrected-estimates": FigureSpec(("estimates",), corrected_estimates, named=True),
    "label-agreement": FigureSpec(
        ("labelled", "scorer_quality", "agreement"), label_agreement, named=True
    ),
    "scorer-quality": FigureSpec(("scorer_quality",), scorer_quality, named=True),
    "reliability": FigureSpec(("reliability", "scorer_quality"), reliability, named=True),
    "sensitivity": FigureSpec(("sensitivity", "stance", "unique"), sensitivity, named=True),
}

# Drawn by goals of their own, and no part of what make all publishes.
APART: dict[str, FigureSpec] = {
    "scorer-comparison": FigureSpec(("comparison",), scorer_comparison, named=True),
    "topic-stability": FigureSpec(("topic_stability", "topic_fits"), topic_stability),
    "multiverse": FigureSpec(("multiverse",), multiverse, named=True),
}
