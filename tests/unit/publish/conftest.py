"""An invented study of any size, as the frames that the stages would write."""

from datetime import date, timedelta
from itertools import pairwise

import numpy as np
import polars as pl
import pytest

from geostance import description
from geostance.schema import empty_table
from geostance.topics.trends import topic_trends

LONG_OUTLET = "The Extremely Long-Winded Morning and Evening Gazette of the Northern Provinces"
OUTLETS = ("Le Phare", "Нева сегодня", "Bakı səsi", "आज का समाचार", "صوت المدينة", LONG_OUTLET)
WORDS = ("gas", "port", "vote", "дело", "wheat", "summit", "नदी", "border", "حدود", "film")
BODY = (
    ("Moscow broke its word again, the minister said.", "russia", -0.7),
    ("The alliance kept its promise to the villagers.", "nato", 0.6),
    ("India bought wheat at the usual price.", "india", 0.0),
    ("Observers praised Russia for the new bridge.", "russia", 0.5),
    ("NATO convoys blocked the road for hours.", "nato", -0.5),
)
ABOUT = {target for _, target, _ in BODY}


def _make_study(
    documents: int = 160,
    *,
    topics: int = 6,
    outlets: int = 6,
    months: int = 14,
    languages: tuple[str, ...] = ("fr", "ru", "en", "hi", "ar", "az"),
    targets: tuple[str, ...] = ("russia", "nato", "india"),
    dated: bool = True,
    seed: int = 3,
) -> dict[str, pl.DataFrame]:
    """Return every table of a study, by name."""
    draw = np.random.default_rng(seed)
    ids = [f"{n:016x}" for n in range(documents)]
    names = [OUTLETS[n % len(OUTLETS)] + ("" if n < 6 else f" {n}") for n in range(outlets)]
    outlet = [names[int(n)] for n in draw.integers(0, outlets, documents)]
    tongue = [languages[int(n)] for n in draw.integers(0, len(languages), documents)]
    days = draw.integers(0, months * 30, documents)
    text = "\n".join(sentence for sentence, _, _ in BODY)
    tables = {
        "documents": pl.DataFrame(
            {
                "doc_id": ids,
                "source": "invented.csv",
                "position": range(documents),
                "outlet": outlet,
                "title": [f"Report number {n}" for n in range(documents)],
                "date": [date(2023, 1, 5) + timedelta(int(n)) if dated else None for n in days],
                "date_precision": "day" if dated else None,
                "url": [f"https://example.org/{n}" for n in range(documents)],
                "language": tongue,
                "text": "Subscribe now!\n" + text,
            },
            schema_overrides={"date": pl.Date, "date_precision": pl.String},
        ),
        "rejected": pl.DataFrame(
            {
                "source": "invented.csv",
                "position": range(documents // 20),
                "reason": ["undated" if n == 2 else "no_text" for n in range(documents // 20)],
                "excerpt": None,
            },
            schema_overrides={"excerpt": pl.String, "reason": pl.String},
        ),
        "cleaned": pl.DataFrame(
            {
                "doc_id": ids,
                "title": [f"Report number {n}" for n in range(documents)],
                "text": text,
                "language": tongue,
                "language_confidence": 0.98,
                "dropped_reason": [
                    "too_short" if n % 29 == 28 else "paywall" if n % 41 == 40 else None
                    for n in range(documents)
                ],
                "blocks": [[_block("Subscribe now!", 0, "advertising"), _block(text, 15, None)]]
                * documents,
            },
            schema_overrides={"dropped_reason": pl.String},
        ),
    }
    tables["dropped"] = tables["documents"].select(
        "doc_id",
        "outlet",
        start=pl.lit(0, dtype=pl.Int64),
        end=pl.lit(14, dtype=pl.Int64),
        text=pl.lit("Subscribe now!"),
        reason=pl.lit("paywall"),
        rule=pl.lit("whole_line"),
        outlet_share=pl.lit(None, dtype=pl.Float64),
    )
    kept = tables["cleaned"].filter(pl.col("dropped_reason").is_null())["doc_id"].to_list()
    copy = [n % 9 == 8 for n in range(len(kept))]
    tables["unique"] = pl.DataFrame(
        {
            "doc_id": kept,
            "cluster_id": [kept[n - 1] if copy[n] else kept[n] for n in range(len(kept))],
            "cluster_size": 1,
            "is_representative": [not c for c in copy],
            "relation": ["near" if c else "representative" for c in copy],
            "similarity": [0.7 if c else 1.0 for c in copy],
            "containment": [0.9 if c else 1.0 for c in copy],
        },
        schema=empty_table("unique").schema,
    )
    lengths = description.measure([tables["cleaned"]])
    found = description.describe(tables["documents"], tables["rejected"], lengths, tables["unique"])
    tables |= {"description": found.groups, "missing": found.missing, "losses": found.losses}
    tables |= _topics(kept, topics, draw)
    tables |= {
        "topic_trends": _trends(tables),
        "topic_hierarchy": _hierarchy(tables["topic_info"]),
        "topic_documents": pl.DataFrame(
            [(n, "fr", 1, kept[n % len(kept)], "central", 0.9) for n in range(topics)],
            schema=empty_table("topic_documents").schema,
            orient="row",
        ),
    }
    tables |= _quality(tables)
    tables |= _stance(kept, text, targets, draw)
    tables |= _labels(tables["stance"], targets)
    tables["comparison"] = _comparison(languages, targets)
    tables["estimates"] = _estimates(tables)
    tables["sensitivity"] = _sensitivity(targets)
    tables |= _other_fits(tables["topic_info"], len(kept), targets)
    tables |= {"syndication": _syndication(kept, names), "events": _events(months, targets)}
    return tables


def _syndication(kept: list[str], names: list[str]) -> pl.DataFrame:
    """Every outlet reprints some of those before it; the first also from the last."""
    day = date(2023, 2, 1)
    rows = [
        (doc_id, doc_id, day, day, 0, 3, 3, [names[n % at], names[at], names[(at + n) % at]], "A")
        for at in range(1, len(names))
        for n, doc_id in enumerate(kept[: 1 + at % 4])
    ]
    rows = [(*row[:7], list(dict.fromkeys(row[7])), row[8]) for row in rows]
    return pl.DataFrame(rows, schema=empty_table("syndication").schema, orient="row")


def _events(months: int, targets: tuple[str, ...]) -> pl.DataFrame:
    rows = [
        (date(2023, 1, 1) + timedelta(days=40 * n), f"Event number {n} of them all", target)
        for n, target in enumerate((None, targets[0], None, targets[-1]))
        if 40 * n < months * 30
    ]
    schema = {"date": pl.Date, "label": pl.String, "target": pl.String}
    return pl.DataFrame(rows, schema=schema, orient="row")


def _block(text: str, start: int, reason: str | None) -> dict[str, object]:
    end = start + len(text)
    kept = reason is None
    return {"text": text, "start": start, "end": end, "kept": kept, "reason": reason}


def _topics(kept: list[str], topics: int, draw: np.random.Generator) -> dict[str, pl.DataFrame]:
    weights = 1 / np.arange(1, topics + 2) ** 0.7
    topic = draw.choice(topics + 1, len(kept), p=weights / weights.sum()) - 1
    centres = draw.normal(0, 6, (topics + 1, 2))
    points = centres[topic + 1] + draw.normal(0, 0.8, (len(kept), 2))
    labels = [
        ", ".join(WORDS[(n * 3 + k) % len(WORDS)] for k in range(4)) + f" {n}"
        for n in range(topics)
    ]
    rows = [
        (n, language, rank, *[WORDS[(n + rank) % len(WORDS)]] * 2, 1 / rank)
        for n in range(topics)
        for language in ("mul", "fr", "ru")
        for rank in range(1, 6)
    ]
    return {
        "topics": pl.DataFrame(
            {
                "doc_id": kept,
                "topic": topic.astype(np.int64),
                "probability": 0.9,
                "x": points[:, 0],
                "y": points[:, 1],
                "topic_found": topic.astype(np.int64),
            },
            schema=empty_table("topics").schema,
        ),
        "topic_words": pl.DataFrame(rows, schema=empty_table("topic_words").schema, orient="row"),
        "topic_info": pl.DataFrame(
            {
                "topic": range(topics),
                "label": labels,
                "n_documents": [int((topic == n).sum()) for n in range(topics)],
                "representative_doc_ids": [kept[:2]] * topics,
            },
            schema=empty_table("topic_info").schema,
        ),
    }


def _trends(tables: dict[str, pl.DataFrame]) -> pl.DataFrame:
    date = pl.col("date")
    groups = tables["unique"].join(
        tables["documents"].join(
            tables["cleaned"].select("doc_id", tongue="language"), on="doc_id"
        ),
        on="doc_id",
    )
    return topic_trends(
        tables["topics"],
        groups.select(
            "doc_id",
            "cluster_id",
            "outlet",
            language="tongue",
            month=date.dt.strftime("%Y-%m"),
            quarter=pl.format("{}-Q{}", date.dt.year(), date.dt.quarter()),
            year=date.dt.strftime("%Y"),
        ),
        groups.filter("is_representative").select("doc_id"),
    )


def _hierarchy(info: pl.DataFrame) -> pl.DataFrame:
    """Topics joined one after the other, each at a larger distance."""
    sizes = info["n_documents"].to_list()
    words = ["gaz", "élections", "чемпионат"]
    rows = [(n, n, None, None, 0.0, 1, size, words) for n, size in enumerate(sizes)]
    for n in range(1, len(sizes)):
        left = 0 if n == 1 else len(sizes) + n - 2
        node = len(sizes) + n - 1
        rows.append((node, None, left, n, n / len(sizes), n + 1, sum(sizes[: n + 1]), words))
    return pl.DataFrame(rows, schema=empty_table("topic_hierarchy").schema, orient="row")


def _quality(tables: dict[str, pl.DataFrame]) -> dict[str, pl.DataFrame]:
    found = tables["topics"].filter(pl.col("topic") >= 0)
    sizes = dict(found.group_by("topic").len("n").sort("topic").iter_rows())
    rows = []
    for topic, n in sizes.items():
        rows += [
            (topic, None, "distinct", "corpus_share", n / len(found), None, None, n),
            (topic, None, None, "npmi", 0.3 - 0.05 * (topic % 9), None, None, 50),
            (topic, None, None, "npmi_of_strangers", -0.05, None, None, 50),
            (topic, None, "distinct", "separation", 0.2, None, None, n),
            (topic, None, "printed", "copies_share", 0.1, None, None, n),
        ]
    if rows:
        whole = {
            "npmi": (0.12, None, None, 50),
            "npmi_of_strangers": (-0.05, None, None, 50),
            "c_v": (0.5, None, None, 50),
            "diversity": (0.9, None, None, 60),
            "leakage": (0.11, None, None, 90),
            "leakage_baseline": (0.2, None, None, 90),
            "leakage_excess": (-0.09, None, None, 90),
            "pairs_together": (0.8, 0.7, 0.9, 60),
            "pairs_chance": (0.2, None, None, 60),
            "pairs_outlier_share": (0.1, None, None, 66),
        }
        rows += [(None, None, None, measure, *values) for measure, values in whole.items()]
    flags = [
        (0, "mostly_copies", None, 0.62, 0.5),
        (0, "one_story", tables["documents"]["doc_id"][0], 0.55, 0.5),
        (1, "one_language", "ru", 0.95, 0.9),
        (2, "one_outlet", LONG_OUTLET, 0.93, 0.9),
        (3, "incoherent", None, -0.1, -0.05),
        (3, "scattered", None, -0.02, 0.0),
    ]
    shares = [(topic, "fr", n, 1.0, 0.4, 0.2) for topic, n in sizes.items()]
    made = {
        "topic_quality": rows,
        "topic_flags": [flag for flag in flags if flag[0] in sizes],
        "topic_languages": shares,
    }
    return {
        name: pl.DataFrame(values, schema=empty_table(name).schema, orient="row")
        for name, values in made.items()
    }


def _headline(doc_id: str) -> str:
    return f"Report number {int(doc_id, 16)}"


def _stance(
    kept: list[str], text: str, targets: tuple[str, ...], draw: np.random.Generator
) -> dict[str, pl.DataFrame]:
    mentions, stances = [], []
    for number, doc_id in enumerate(kept):
        title = _headline(doc_id) + "\n\n"
        for place, target in enumerate(targets):
            if draw.random() < 0.25:
                continue
            value = float(np.clip(draw.normal(0.3 - 0.3 * place, 0.4), -1, 1))
            quoted = float(draw.random() < 0.4)
            up, down = max(value, 0), max(-value, 0)
            evidence = []
            for at, (sentence, about, _) in enumerate(BODY):
                # Any other target is spoken of in every sentence.
                if about != target and target in ABOUT:
                    continue
                start = len(title) + text.index(sentence)
                sentence_id = f"{doc_id}-{at + 1:04d}"
                evidence.append(sentence_id)
                mentions.append(
                    (
                        *(doc_id, sentence_id, target, start, start + 6, sentence[:6], 0.9, True),
                        *(down, 1 - up - down, up, quoted, "quoted" if quoted else "author"),
                        *([{"sentence_id": sentence_id, "share": 1.0}], "toy"),
                    )
                )
            stances.append(
                (
                    *(doc_id, target, value, 0.1, None if quoted else value, 2),
                    *(down, 1 - up - down, up, quoted, evidence, number % 7 != 0, False, "toy"),
                )
            )
    return {
        "mentions": pl.DataFrame(mentions, schema=empty_table("mentions").schema, orient="row"),
        "stance": pl.DataFrame(stances, schema=empty_table("stance").schema, orient="row"),
        "sentences": pl.DataFrame(
            [
                (doc_id, f"{doc_id}-{n + 1:04d}", start, start + len(sentence), sentence)
                for doc_id in kept
                for n, (sentence, _, _) in enumerate(BODY)
                for start in [len(_headline(doc_id)) + 2 + text.index(sentence)]
            ],
            schema=empty_table("sentences").schema,
            orient="row",
        ),
    }


def _labels(stance: pl.DataFrame, targets: tuple[str, ...]) -> dict[str, pl.DataFrame]:
    value = pl.col("stance")
    sign = pl.when(value > 0.2).then(1).when(value < -0.2).then(-1).otherwise(0)
    labelled = stance.head(120).select(
        "doc_id",
        "target",
        label=sign.cast(pl.Int64),
        predicted=sign.shift(3).fill_null(0).cast(pl.Int64),
        stance="stance",
        coder=pl.lit("A"),
    )
    return {"labelled": labelled} | _judged(stance, targets)


def _judged(stance: pl.DataFrame, targets: tuple[str, ...]) -> dict[str, pl.DataFrame]:
    """Two coders, and a scorer that nobody can judge on texts in Russian."""
    groups = [("all", "all"), *(("target", one) for one in targets)]
    groups += [("language", "fr"), ("language", "ru"), ("words", "128"), ("words", "64")]
    measures = ("macro_f1", "accuracy", "alpha_ordinal", "detection_recall", "correlation")
    measures += ("rank_correlation", "brier", "calibration_error")
    quality = [
        (*group, measure, None, None, None, 9, 9, True, "too few labels: 9 of 30", 0.95)
        if group[1] == "ru"
        else (*group, measure, 0.6 + 0.03 * n, 0.5 + 0.03 * n, 0.7, 40, 38, True, None, 0.95)
        for n, group in enumerate(groups)
        for measure in measures
    ]
    bins = [
        ("toy", *group, low / 10, low / 10 + 0.1, low / 10 + 0.04, low / 12, *bounds, n)
        for group in groups
        if group[1] != "ru"
        for low, n, bounds in ((4, 3, (None, None)), (6, 20, (0.3, 0.7)), (9, 17, (0.6, 0.9)))
    ]
    coders = [
        (variable, "nominal", target, *pair, 0.7, 0.5, 0.8, 0.9, 40, 80, None, 0.95)
        for variable in ("relevance", "portrayal", "voice")
        for target in ("all", *targets)
        for pair in ((None, None), ("ana", "ben"))
    ]
    texts = stance.head(4)["doc_id"].to_list()
    answers = [
        {"coder": "ana", "relevant": True, "stance": -1, "voice": "quoted"},
        {"coder": "ben", "relevant": False, "stance": None, "voice": None},
    ]
    errors = [
        (doc_id, targets[0], "Le Phare", None if n else "A title", "ana", kind, label, predicted,
         score, 0.1, 1.2, "author", 0.0, None if n else "Moscow broke its word again.")
        for n, (doc_id, kind, label, predicted, score) in enumerate(
            zip(texts, ("opposite", "class", "missed", "invented"), (-1, 0, 1, None),
                (1, 1, 0, 1), (0.4, 0.5, None, 0.6), strict=False)
        )
    ]  # fmt: skip
    made = {
        "scorer_quality": quality,
        "reliability": bins,
        "agreement": coders,
        "disagreements": [
            (doc_id, targets[0], "Le Phare", "A title", ["relevance"], None, answers, n > 1, 0.5)
            for n, doc_id in enumerate(texts)
        ],
        "scorer_errors": errors,
    }
    return {
        name: pl.DataFrame(rows, schema=empty_table(name).schema, orient="row")
        for name, rows in made.items()
    }


def _comparison(languages: tuple[str, ...], targets: tuple[str, ...]) -> pl.DataFrame:
    groups = [("all", "all"), *(("language", one) for one in languages)]
    groups += [("target", one) for one in targets]
    rows = []
    for at, scorer in enumerate(("embedded", "a model of inference", "a service")):
        for n, (grouping, group) in enumerate(groups):
            value = 0.4 + 0.1 * at + 0.02 * (n % 4)
            # The last of each are too few for an interval.
            sure = group not in (languages[-1], targets[-1]) or n == 0
            apart = (0.1 * at, 0.1 * at - 0.08, 0.1 * at + 0.08) if at else (None, None, None)
            bounds = (value - 0.1, value + 0.1) if sure else (None, None)
            apart = apart if sure else (apart[0], None, None)
            for measure in ("macro_f1", "accuracy"):
                rows.append(
                    (
                        scorer,
                        None,
                        grouping,
                        group,
                        measure,
                        value,
                        *bounds,
                        *apart,
                        60 - n,
                        50,
                        0.95,
                    )
                )
    return pl.DataFrame(rows, schema=empty_table("comparison").schema, orient="row")


def _other_fits(
    info: pl.DataFrame, n_documents: int, targets: tuple[str, ...]
) -> dict[str, pl.DataFrame]:
    """Tables of stability over four fits and of a multiverse of six, one of them not run."""
    stability = [
        (topic, label, 10, fits, n, n - topic % 2, (n - topic % 2) / n, 0.2, 1.0, 0.7, 0.4, 0.5,
         0.5, 0.95)
        for fits, n in (("all", 4), ("seed", 2), ("subsample", 2))
        for topic, label in info.select("topic", "label").iter_rows()
    ]  # fmt: skip
    fits = [
        (at, kind, 7 + at, n_documents, 3, 0.2, 0.6, 0.7, *(0.6, 0.5, 0.7) * 2, identical)
        for at, (kind, identical) in enumerate(
            [("seed", None), ("subsample", None)] * 2 + [("again", True), ("shuffled", True)]
        )
    ]
    labels = dict(info.select("topic", "label").iter_rows())
    conclusions = [("exists", topic, None) for topic in labels]
    conclusions += [("words", topic, None) for topic in labels]
    conclusions += [("outlet", topic, "Le Matin − Le Soir") for topic in labels]
    conclusions += [("stance", min(labels), target) for target in targets] if labels else []
    conclusions += [("larger", min(labels), str(min(labels)))] if labels else []
    universes = []
    for number in range(1, 7):
        run = number < 6
        choices = ("embedded" if run else "a/b", "distinct", str(5 * number), "5", "1", "1", "none")
        for n, (kind, topic, other) in enumerate(conclusions):
            value = (0.1, None, -0.1, 0.2)[(n * number) % 4] if run else None
            holds = value is not None and value > 0 if run else None
            universes.append(
                (number, "run" if run else "the model is not there", *choices, n_documents, 3, 0.2,
                 kind, topic, labels[topic], other, 0.1, value, None, None, holds, holds)
            )  # fmt: skip
    return {
        name: pl.DataFrame(rows, schema=empty_table(name).schema, orient="row")
        for name, rows in (
            ("topic_stability", stability),
            ("topic_fits", fits),
            ("multiverse", universes),
        )
    }


def _sensitivity(targets: tuple[str, ...]) -> pl.DataFrame:
    """Claims of every kind: all but the first choice leave each as it is, or nearly."""
    claims = [("mean", target, None, None, None, None) for target in targets]
    claims += [("order", *pair, None, None, None) for pair in pairwise(targets)]
    claims += [("difference", targets[0], None, "outlet", "Le Matin", LONG_OUTLET)]
    own = ("embedded", "distinct", "all", 0.2, "kept", "ppi")
    others = {
        "scorer": ("a model of inference", "reversed"),
        "unit": ("printed", "holds"),
        "voice": ("author", "unknown"),
        "threshold": (0.4, "holds"),
        "outliers": ("left_out", "unclear"),
        "correction": ("model", "reversed"),
    }
    middle = {"holds": -0.3, "reversed": 0.3, "unclear": -0.05}
    rows = []
    for claim in claims:
        sets = [(own, [], "holds")]
        for at, (name, (value, state)) in enumerate(others.items()):
            sets.append(((*own[:at], value, *own[at + 1 :]), [name], state))
        sets.append(((*own[:4], "left_out", "model"), ["outliers", "correction"], "reversed"))
        for n, (choices, changed, state) in enumerate(sets):
            at = middle.get(state)
            found = (at, at - 0.1, at + 0.1) if at is not None else (None, None, None)
            reason = None if at is not None else "too few labels: 3 of 30"
            rows.append(
                (*claim, *choices, changed, *found, 40, 30, reason, state, n == len(sets) - 1)
            )
    return pl.DataFrame(rows, schema=empty_table("sensitivity").schema, orient="row")


def _estimates(tables: dict[str, pl.DataFrame]) -> pl.DataFrame:
    joined = (
        tables["stance"]
        .join(tables["documents"].select("doc_id", "outlet", "date"), on="doc_id")
        .join(tables["topics"].select("doc_id", "topic"), on="doc_id")
        .join(tables["topic_info"].select("topic", "label"), on="topic", how="left")
    )
    groupings = {
        "all": pl.lit("all"),
        "outlet": pl.col("outlet"),
        "month": pl.col("date").dt.strftime("%Y-%m"),
        "quarter": pl.format("{}-Q{}", pl.col("date").dt.year(), pl.col("date").dt.quarter()),
        "year": pl.col("date").dt.strftime("%Y"),
        "topic": pl.col("label"),
    }
    parts = []
    for grouping, group in groupings.items():
        mean = (
            joined.with_columns(group=group)
            .drop_nulls("group")
            .group_by("target", "group", maintain_order=True)
            .agg(estimate=pl.col("stance").mean(), sd=pl.col("stance").std(), n=pl.len())
        )
        half = 1.96 * pl.col("sd") / pl.col("n").sqrt()
        small = pl.col("n") < 5
        for method in ("model", "ppi") if grouping == "all" else ("model",):
            parts.append(
                mean.select(
                    "target",
                    grouping=pl.lit(grouping),
                    group="group",
                    unit=pl.lit("distinct"),
                    quantity=pl.lit("stance"),
                    method=pl.lit(method),
                    estimate="estimate",
                    low=pl.when(~small).then(pl.col("estimate") - half),
                    high=pl.when(~small).then(pl.col("estimate") + half),
                    n_documents=pl.col("n").cast(pl.Int64),
                    n_labels=pl.lit(40, dtype=pl.Int64),
                )
            )
    return pl.concat(parts).sort("target", "grouping", "group", "method")


@pytest.fixture(scope="session")
def make_study():
    return _make_study


@pytest.fixture(scope="session")
def study_without():
    """A small study where the named tables have no rows."""
    return lambda *names: _make_study(40) | {name: empty_table(name) for name in names}


@pytest.fixture(scope="session")
def study():
    return _make_study()


@pytest.fixture(scope="session")
def crowded():
    """Sixty topics, 34 outlets, 40 months, five targets, eleven languages, long names."""
    return _make_study(
        2200,
        topics=60,
        outlets=34,
        months=40,
        targets=("russia", "nato", "india", "turkey", "north-korea"),
        languages=("fr", "ru", "en", "hi", "ar", "az", "tr", "hy", "ka", "kk", "de"),
    )


@pytest.fixture(scope="session")
def lone():
    """One document, one topic, one outlet, one language, one target."""
    return _make_study(1, topics=1, outlets=1, months=1, languages=("fr",), targets=("russia",))
