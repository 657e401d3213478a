"""The columns that each figure needs of its tables: what a frame of one's own must have."""

_COPIES = "doc_id is_representative"
_LABELS = "topic label"
_SCORES = "doc_id target measured_language calibrated"
_INTERVAL = "estimate low high"
_ESTIMATES = f"target grouping group unit quantity method {_INTERVAL} n_documents n_labels"
_QUALITY = f"grouping group measure {_INTERVAL} n_labels"
_TRENDS = "topic grouping group unit n n_group share low high"

COLUMNS: dict[str, dict[str, str]] = {
    "corpus-flow": {
        "documents": "doc_id",
        "rejected": "reason",
        "cleaned": "dropped_reason",
        "unique": "is_representative",
    },
    "corpus-description": {
        "description": "grouping group n_documents n_distinct n_undated",
        "missing": "field n_missing missing_share",
    },
    "documents-over-time": {
        "documents": "doc_id date date_precision",
        "cleaned": "doc_id language dropped_reason",
        "unique": _COPIES,
    },
    "topic-map": {
        "topics": "doc_id topic x y",
        "topic_info": _LABELS,
        "unique": _COPIES,
    },
    "topic-sizes": {
        "topics": "doc_id topic",
        "topic_info": _LABELS,
        "cleaned": "doc_id language",
        "unique": _COPIES,
    },
    "topic-hierarchy": {
        "topic_hierarchy": "node topic left right distance n_topics n_documents words",
        "topic_info": _LABELS,
    },
    "topics-over-time": {
        "topic_trends": _TRENDS,
        "topic_info": _LABELS,
    },
    "topics-by-outlet": {
        "topic_trends": _TRENDS,
        "topic_info": _LABELS,
    },
    "topic-quality": {
        "topic_quality": "topic language unit measure estimate n",
        "topic_flags": "topic flag",
        "topic_info": _LABELS,
    },
    "stance-over-time": {
        "estimates": _ESTIMATES,
        "stance": _SCORES,
        "unique": _COPIES,
    },
    "stance-by-outlet": {
        "estimates": _ESTIMATES,
        "stance": _SCORES,
        "unique": _COPIES,
    },
    "stance-by-topic": {
        "estimates": _ESTIMATES,
        "stance": _SCORES,
        "unique": _COPIES,
    },
    "stance-distribution": {
        "estimates": _ESTIMATES,
        "stance": "doc_id target stance quoted_share measured_language calibrated",
        "unique": _COPIES,
    },
    "stance-trajectories": {
        "estimates": _ESTIMATES,
        "stance": _SCORES,
        "unique": _COPIES,
        "events": "date label target",
    },
    "outlet-map": {
        "estimates": _ESTIMATES,
        "stance": _SCORES,
        "unique": _COPIES,
    },
    "stance-by-topic-and-outlet": {
        "stance": "doc_id target stance measured_language calibrated",
        "documents": "doc_id outlet",
        "topics": "doc_id topic",
        "topic_info": _LABELS,
        "unique": _COPIES,
    },
    "evidence-wall": {
        "mentions": "doc_id target relevant p_unfavourable p_favourable voice evidence",
        "sentences": "sentence_id text",
        "documents": "doc_id outlet date",
        "unique": _COPIES,
    },
    "syndication-network": {
        "syndication": "n_printed outlets",
    },
    "corrected-estimates": {
        "estimates": _ESTIMATES,
    },
    "label-agreement": {
        "labelled": "doc_id target label predicted",
        "scorer_quality": _QUALITY,
        "agreement": "variable target coder estimate low high n_answers",
    },
    "scorer-quality": {
        "scorer_quality": f"{_QUALITY} n_documents weighted reason confidence",
    },
    "reliability": {
        "reliability": "grouping group bin_low bin_high mean_probability right_share low high "
        "n_labels",
        "scorer_quality": f"{_QUALITY} n_documents",
    },
    "sensitivity": {
        "sensitivity": "kind target other grouping group against scorer unit voice threshold "
        "outliers correction changed estimate low high state worst",
        "stance": _SCORES,
        "unique": _COPIES,
    },
    "scorer-comparison": {
        "comparison": "scorer other grouping group measure estimate "
        "low high difference difference_low difference_high n_labels n_documents",
    },
    "topic-stability": {
        "topic_stability": "topic label n_documents fits recurrence low high overlap level",
        "topic_fits": "kind n_documents n_topics "
        "ari_others ari_others_min ari_others_max identical",
    },
    "multiverse": {
        "multiverse": "universe state encoder unit neighbours components size samples stopwords "
        "n_documents conclusion topic label other published value same_direction holds",
    },
}
