"""Agreement of the stance scorer with coders, its calibration, name-swap bias and speed.

Press: 637 French, Russian and English items that two machine coders labelled alike under
the codebook, through the public path: targets found, passages scored, the document's largest
probability; a row without output counts as neutral. Evidence: the training rows that no model
has learnt from. Persons and entities, by the given offsets: MAD-TSC in eight languages (all
1,000 test rows, and those whose sentence is in no training or validation row), NewsMTSC
(devtest_rw), RuSentNE (validation, and its sentences that are not in the training part).
"""

import argparse
import json
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from time import perf_counter

import numpy as np
import polars as pl
from sklearn.metrics import f1_score

from benchmarks.result import reference_folder, write_result
from geostance.schema import PORTRAYAL
from geostance.sentences import split_sentences
from geostance.stance import Passage, Scorer, load_scorer, make_passage, score_stance
from geostance.targets import find_any
from geostance.train import stance_data as data
from geostance.train.figures import calibration_error

# Plain names, that a name may take another's place in most sentences.
NAMES = {
    "fr": ("Russie", "Chine", "Turquie", "France", "Ukraine", "Inde"),
    "en": ("Russia", "China", "Turkey", "France", "Ukraine", "India"),
    "ru": ("Россия", "Турция", "Индия", "Франция", "Украина", "Армения"),
}


def macro_f1(labels: Sequence[int], predicted: Sequence[int]) -> float:
    """Return F1 averaged over the classes −1, 0, 1."""
    return float(f1_score(labels, predicted, labels=[-1, 0, 1], average="macro", zero_division=0))


def press(rows: list[dict]) -> dict[str, float]:
    """Return macro-F1 over all rows, by class, language and target; calibration; evidence."""
    wanted = sorted(set(data.TARGETS.values()))
    scored = score_stance([row["text"] for row in rows], wanted, [row["lang"] for row in rows])
    found = {(row["document"], row["target"]): row for row in scored.iter_rows(named=True)}
    outputs = [found.get((n, data.TARGETS[row["target"]])) for n, row in enumerate(rows)]
    labels = np.array([row["stance"] for row in rows])
    predicted = np.array(
        [
            0 if output is None else int(np.argmax([output[p] for p in PORTRAYAL])) - 1
            for output in outputs
        ]
    )
    figures = {"press_macro_f1": macro_f1(labels, predicted)}
    by_class = f1_score(labels, predicted, labels=[-1, 0, 1], average=None)
    figures |= {f"press_f1_{n}": float(f) for n, f in zip(PORTRAYAL, by_class, strict=True)}
    for key, names in (("lang", {}), ("target", data.TARGETS)):
        for value in sorted({row[key] for row in rows}):
            own = np.array([row[key] == value for row in rows])
            name = names.get(value, value)
            figures[f"press_macro_f1_{name}"] = macro_f1(labels[own], predicted[own])
            figures[f"press_rows_{name}"] = int(own.sum())
    kept = [n for n, output in enumerate(outputs) if output is not None]
    probabilities = np.array([[outputs[n][p] for p in PORTRAYAL] for n in kept])
    figures["press_calibration_error"] = calibration_error(probabilities, labels[kept] + 1)
    voiced = [n for n in kept if rows[n]["stance"]]
    figures["press_voice_accuracy"] = float(
        np.mean(
            [(outputs[n]["quoted_share"] >= 0.5) == (rows[n]["voice"] == "quoted") for n in voiced]
        )
    )
    about = [n for n, row in enumerate(rows) if row["relevant"] is not None]
    figures["press_relevance_f1"] = float(
        f1_score([rows[n]["relevant"] for n in about], [outputs[n] is not None for n in about])
    )
    return figures


def evidence(rows: Sequence[data.Row], scorer: Scorer) -> dict[str, float]:
    """Return how often the sentence with the largest share holds most of the coder's span.

    Over evaluative rows of more than one sentence; beside it, the sentence of the mention.
    """
    told = [row for row in rows if row.evidence and len(row.passage.sentences) > 1]
    judged = scorer.score([row.passage for row in told])
    gold = [data.gold_sentence(row) for row in told]
    starts = [[start for start, _ in row.passage.sentences] for row in told]
    own = [
        bisect_right(each, row.passage.start) - 1 for each, row in zip(starts, told, strict=True)
    ]
    first = [int(np.argmax(shares)) for shares in judged.evidence]
    return {
        "evidence_first": float(np.mean(np.array(first) == gold)),
        "evidence_mention_sentence": float(np.mean(np.array(own) == gold)),
        "evidence_rows": len(told),
    }


def persons(folder: Path, scorer: Scorer) -> dict[str, float]:
    """Return macro-F1 on the sets of persons and entities: all rows, and new sentences alone."""
    figures = {}
    for language in data.MAD_TSC_LANGUAGES:
        learnt = [data.mad_tsc(folder, language, split) for split in ("train", "validation")]
        test = list(data.mad_tsc(folder, language, "test"))
        for name, value in _both(test, _texts(*learnt), scorer).items():
            figures[f"mad_tsc_{language}{name}"] = value
    for name in ("", "_clean"):
        each = [figures[f"mad_tsc_{language}{name}"] for language in data.MAD_TSC_LANGUAGES]
        figures[f"mad_tsc_mean{name}"] = float(np.mean(each))
    figures["news_mtsc_rw"] = macro_f1(*_labels(list(data.news_mtsc(folder, "devtest_rw")), scorer))
    learnt = _texts(data.rusentne(folder, "train", whole=True))
    rows = list(data.rusentne(folder, "validation"))
    for name, kept in (("", rows), ("_clean", [r for r in rows if r.passage.text not in learnt])):
        labels, predicted = _labels(kept, scorer)
        figures[f"rusentne_f1_pn{name}"] = float(
            f1_score(labels, predicted, labels=[-1, 1], average="macro")
        )
        figures[f"rusentne_rows{name}"] = len(kept)
    return figures


def _texts(*rows: Iterable[data.Row]) -> set[str]:
    return {row.passage.text for part in rows for row in part}


def _both(rows: list[data.Row], learnt: set[str], scorer: Scorer) -> dict[str, float]:
    labels, predicted = _labels(rows, scorer)
    clean = np.array([row.passage.text not in learnt for row in rows])
    return {
        "": macro_f1(labels, predicted),
        "_clean": macro_f1(labels[clean], predicted[clean]),
        "_clean_rows": int(clean.sum()),
    }


def _labels(rows: Sequence[data.Row], scorer: Scorer) -> tuple[np.ndarray, np.ndarray]:
    judged = scorer.score([row.passage for row in rows])
    return np.array([row.stance for row in rows]), judged.portrayal.argmax(axis=1) - 1


def name_swap(rows: list[dict]) -> dict[str, float]:
    """Return how far p_favourable − p_unfavourable moves when one state's name takes another's.

    Names are swapped as written, without mending articles: part of the change is grammar.
    """
    changes: dict[str, list[float]] = {}
    for language, names in NAMES.items():
        texts = [row["text"] for row in rows if row["lang"] == language]
        for name in names:
            for other in names:
                # The other name must not stand in the text: two states would become one.
                fit = [
                    text for text in texts if name in text and other not in text and other != name
                ]
                before = _plain(fit, name, language)
                after = _plain([text.replace(name, other) for text in fit], other, language)
                moved = [b - a for a, b in zip(before, after, strict=True)]
                changes.setdefault(f"{language}:{other}", []).extend(moved)
    sizes = np.abs(np.concatenate(list(changes.values())))
    return {
        "swap_mean_change": float(sizes.mean()),
        "swap_95th_change": float(np.quantile(sizes, 0.95)),
        "swap_largest_shift_of_a_target": float(
            max(abs(np.mean(moved)) for moved in changes.values() if moved)
        ),
        "swap_pairs": len(sizes),
    }


def _plain(texts: Sequence[str], name: str, language: str) -> np.ndarray:
    """Return p_favourable − p_unfavourable of the first ``name`` in each text."""
    passages = []
    for text in texts:
        at = text.index(name)
        more = [n for n in range(at + 1, len(text)) if text.startswith(name, n)]
        same = tuple((n, n + len(name)) for n in more)
        passages.append(
            Passage(text, at, at + len(name), language, same, tuple(find_any(text, language)))
        )
    portrayal = load_scorer().score(passages).portrayal
    return portrayal[:, 2] - portrayal[:, 0]


def speed(folder: Path) -> dict[str, float]:
    """Return French press items and passages scored a second, reading aside."""
    items = pl.read_parquet(folder / "press" / "rss_fr.parquet").head(20_000)
    texts = (items["title"].fill_null("") + "\n\n" + items["text"].fill_null("")).to_list()
    start = perf_counter()
    scored = score_stance(texts, languages=["fr"] * len(texts))
    seconds = perf_counter() - start
    mentions = [passage for text in texts for passage in _passages(text)]
    scorer = load_scorer()
    start = perf_counter()
    scorer.score(mentions)
    return {
        "items_per_second": len(texts) / seconds,
        "documents_with_a_target": int(scored["document"].n_unique()),
        "mentions": len(mentions),
        "mentions_per_second": len(mentions) / (perf_counter() - start),
    }


def _passages(text: str) -> Iterator[Passage]:
    """Yield a passage for every state or alliance that ``text`` names."""
    found, sentences = find_any(text, "fr"), split_sentences(text, "fr")
    for span in found:
        yield make_passage(text, span, sentences, language="fr", others=found)


def main() -> None:
    """Measure the shipped scorer: ``python -m benchmarks.stance --json FILE``."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("--json", type=Path, default=None)
    options = parser.parse_args()
    reference = reference_folder()
    figures: dict[str, float | int] = {}
    source = "no reference data on this machine (GEOSTANCE_DATA): nothing measured"
    if reference is not None:
        dev = reference / "stance" / "press" / "dev.jsonl"
        rows = [json.loads(line) for line in dev.read_text(encoding="utf-8").splitlines()]
        figures |= press(rows)
        learnt = data.press(reference / "stance" / "press" / "train.jsonl")
        figures |= evidence([row for row in learnt if data.unlearnt(row)], load_scorer())
        figures |= persons(reference / "stance", load_scorer())
        figures |= name_swap(rows)
        figures |= speed(reference)
        source = (
            "press dev, 637 items where two machine coders agreed; press train rows set apart; "
            "MAD-TSC test in eight languages; NewsMTSC devtest_rw; RuSentNE validation; name "
            "swaps on press dev; 20,000 French press items for speed"
        )
    write_result("stance", figures, source, "python -m benchmarks.stance", options.json)


if __name__ == "__main__":
    main()
