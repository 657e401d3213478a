"""Agreement of the stance scorer with coders, its calibration, name-swap bias and speed.

Press: 637 French, Russian and English items that two machine coders labelled alike under
the codebook, through the public path: targets found, passages scored, the document's largest
probability; a row without output counts as neutral. MAD-TSC (Dufraisse et al. 2023): sentiment
toward persons, by the given offsets, on all 1,000 test rows and on those whose sentence is in
no training or validation row.
"""

import argparse
import json
from collections.abc import Sequence
from pathlib import Path
from time import perf_counter

import numpy as np
import polars as pl
from sklearn.metrics import f1_score

from benchmarks.result import reference_folder, write_result
from geostance.schema import PORTRAYAL
from geostance.stance import Passage, Scorer, load_scorer, score_stance
from geostance.targets import find_any
from geostance.train.stance_data import TARGETS, mad_tsc

# Plain names, that a name may take another's place in most sentences.
NAMES = {
    "fr": ("Russie", "Chine", "Turquie", "France", "Ukraine", "Inde"),
    "en": ("Russia", "China", "Turkey", "France", "Ukraine", "India"),
    "ru": ("Россия", "Турция", "Индия", "Франция", "Украина", "Армения"),
}
MAD_TSC = ("fr", "en", "de", "es", "it")
BINS = 10


def macro_f1(labels: Sequence[int], predicted: Sequence[int]) -> float:
    """Return F1 averaged over the classes −1, 0, 1."""
    return float(f1_score(labels, predicted, labels=[-1, 0, 1], average="macro", zero_division=0))


def calibration_error(probabilities: np.ndarray, labels: np.ndarray) -> float:
    """Return the expected calibration error of the largest probability, in ten equal bins.

    Source: Guo et al. 2017, arXiv:1706.04599, equation 3.
    """
    confidence, hit = probabilities.max(axis=1), probabilities.argmax(axis=1) == labels
    bins = np.minimum((confidence * BINS).astype(int), BINS - 1)
    gaps = [
        (bins == n).mean() * abs(confidence[bins == n].mean() - hit[bins == n].mean())
        for n in range(BINS)
        if (bins == n).any()
    ]
    return float(sum(gaps))


def press(rows: list[dict]) -> dict[str, float]:
    """Return macro-F1 over all rows, by class, language and target; calibration; evidence."""
    wanted = sorted(set(TARGETS.values()))
    scored = score_stance([row["text"] for row in rows], wanted, [row["lang"] for row in rows])
    found = {(row["document"], row["target"]): row for row in scored.iter_rows(named=True)}
    outputs = [found.get((n, TARGETS[row["target"]])) for n, row in enumerate(rows)]
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
    for key, names in (("lang", {}), ("target", TARGETS)):
        for value in sorted({row[key] for row in rows}):
            own = np.array([row[key] == value for row in rows])
            name = names.get(value, value)
            figures[f"press_macro_f1_{name}"] = macro_f1(labels[own], predicted[own])
            figures[f"press_rows_{name}"] = int(own.sum())
    kept = [n for n, output in enumerate(outputs) if output is not None]
    probabilities = np.array([[outputs[n][p] for p in PORTRAYAL] for n in kept])
    figures["press_calibration_error"] = calibration_error(probabilities, labels[kept] + 1)
    evident = [(rows[n]["evidence"], outputs[n]["evidence"]) for n in kept if rows[n]["evidence"]]
    evident = [(gold, given) for gold, given in evident if len(given) > 1]
    figures["press_evidence_first"] = float(
        np.mean([any(span in given[0] for span in gold) for gold, given in evident])
    )
    voiced = [n for n in kept if rows[n]["stance"]]
    figures["press_voice_accuracy"] = float(
        np.mean(
            [(outputs[n]["quoted_share"] >= 0.5) == (rows[n]["voice"] == "quoted") for n in voiced]
        )
    )
    return figures


def persons(folder: Path, scorer: Scorer) -> dict[str, float]:
    """Return macro-F1 on MAD-TSC test: all rows, and those whose sentence is new."""
    figures = {}
    for language in MAD_TSC:
        seen = {
            row.passage.text
            for split in ("train", "validation")
            for row in mad_tsc(folder, language, split)
        }
        rows = list(mad_tsc(folder, language, "test"))
        judged = scorer.score([row.passage for row in rows])
        predicted = judged.portrayal.argmax(axis=1) - 1
        labels = np.array([row.stance for row in rows])
        clean = np.array([row.passage.text not in seen for row in rows])
        figures[f"mad_tsc_{language}"] = macro_f1(labels, predicted)
        figures[f"mad_tsc_{language}_clean"] = macro_f1(labels[clean], predicted[clean])
        figures[f"mad_tsc_{language}_clean_rows"] = int(clean.sum())
    return figures


def name_swap(rows: list[dict]) -> dict[str, float]:
    """Return how far p_favourable − p_unfavourable moves when one state's name takes another's.

    Names are swapped as written, without mending articles: part of the change is grammar.
    """
    changes = []
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
                changes += [b - a for a, b in zip(before, after, strict=True)]
    sizes = np.abs(changes)
    return {
        "swap_mean_change": float(sizes.mean()),
        "swap_95th_change": float(np.quantile(sizes, 0.95)),
        "swap_pairs": len(changes),
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
    passages = [Passage(text, 0, 1, "fr") for text in texts]
    start = perf_counter()
    load_scorer().score(passages)
    return {
        "items_per_second": len(texts) / seconds,
        "documents_with_a_target": int(scored["document"].n_unique()),
        "passages_per_second": len(passages) / (perf_counter() - start),
    }


def main() -> None:
    """Measure the shipped scorer: ``python -m benchmarks.stance --json FILE``."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("--json", type=Path, default=None)
    options = parser.parse_args()
    reference = reference_folder()
    figures: dict[str, float | int] = {}
    data = "no reference data on this machine (GEOSTANCE_DATA): nothing measured"
    if reference is not None:
        dev = reference / "stance" / "press" / "dev.jsonl"
        rows = [json.loads(line) for line in dev.read_text(encoding="utf-8").splitlines()]
        figures |= press(rows)
        figures |= persons(reference / "stance", load_scorer())
        figures |= name_swap(rows)
        figures |= speed(reference)
        data = (
            "press dev, 637 items where two machine coders agreed; MAD-TSC test in five "
            "languages; name swaps on press dev; 20,000 French press items for speed"
        )
    write_result("stance", figures, data, "python -m benchmarks.stance", options.json)


if __name__ == "__main__":
    main()
