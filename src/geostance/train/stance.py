"""Train the embedded stance scorer: ``python -m geostance.train.stance --data D --output F``.

A small language model reads unlabelled press and translations. A large multilingual encoder,
the teacher, learns portrayal, relevance, voice and evidence from labelled passages, their names
hidden, and judges unlabelled ones. A reader that starts from the language model learns from
these judgements and the labels, and so does a linear model over n-grams. An eighth of the press
rows is set apart: probabilities are calibrated on it.
"""

import argparse
from collections.abc import Sequence
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np

from geostance.files import replacing, write_bytes, write_json
from geostance.log import logger, set_up
from geostance.stance.embedded import (
    FORMAT,
    GRAPH,
    LINEAR,
    SETTINGS,
    TOKENIZER,
    VOICE,
    EmbeddedScorer,
    Tokens,
    blended,
    sentence_inputs,
    tokenized,
    voice_inputs,
)
from geostance.stance.passages import Passage, masked
from geostance.train import pretraining, stance_corpus
from geostance.train import stance_data as data
from geostance.train.calibration import platt, temperature
from geostance.train.network import LanguageModel, Reader, torch
from geostance.train.stance_graph import input_ranges, write_graph
from geostance.train.stance_learning import Example, batched, fit, predict
from geostance.train.stance_linear import Linear, fit_linear
from geostance.train.stance_teacher import fit_teacher

SEED = 20240105
SIZES = {"width": 256, "blocks": 3, "heads": 3, "head": 64, "inner": 512, "length": 128}
# Tokens of text read by the language model: 50 minutes on one core.
READ = 26e6
# How often each kind of text is read in one pass: hidden names first, then as printed.
PASSES = {"hidden": 1.0, "fr": 0.6, "ru": 2.0, "en": 0.5, "pairs": 0.5}
# Passes over judged and labelled passages, press rows that often in each.
EPOCHS, PRESS_PASSES = 7, 2
# Share of a label's certainty that goes to the prior of its set: labels are read fourteen times.
SMOOTHED = 0.08
# Unlabelled passages of each language that the language model reads, and those of them that
# the teacher judges.
PASSAGES, JUDGED = 150_000, {"fr": 34_000, "ru": 16_000, "en": 10_000}
# 0 keeps the classes at their prior, 1 makes them equal: rare praise must be findable, and
# the published class is the largest probability.
BALANCE = 0.6
# What a row about a person or another entity counts against a press row.
OUTSIDE_WEIGHT = 0.7
# Shares of the sets of such rows that the teacher and the reader learn: MAD-TSC says the same
# in eight languages. The linear model, which does not carry over from one to another, learns all.
TEACHER_SHARES = {"mad-tsc": 0.17, "news-mtsc": 0.75, "gerntsa": 0.4}
READER_SHARES = {"mad-tsc": 0.35, "gerntsa": 0.5}
MEASURED = ["en", "fr", "ru"]
UNLABELLED = {"tr", "de", "es", "it", "az", "hi", "uk", "ar", "fa", "pl"}
# Passages on which the scale of the 8-bit numbers is measured.
RANGED = 2_000


def read_rows(folder: Path) -> tuple[list[data.Row], list[data.Row], list[data.Row]]:
    """Return the press rows to learn from, those set apart, and the rows of the other sets."""
    press = list(data.press(folder / "press" / "train.jsonl"))
    other = [row for code in data.MAD_TSC_LANGUAGES for row in data.mad_tsc(folder, code, "train")]
    other += data.news_mtsc(folder, "train")
    other += data.rusentne(folder, "train")
    other += data.ruopinionne(folder)
    other += data.gerntsa(folder)
    learnt = [row for row in press if not data.unlearnt(row)]
    return learnt, [row for row in press if data.unlearnt(row)], other


def drawn(rows: Sequence[data.Row], shares: dict[str, float]) -> list[data.Row]:
    """Return the share of each set's ``rows`` that ``shares`` names, or all of them."""
    draw = np.random.default_rng(SEED)
    return [row for row in rows if draw.random() < shares.get(row.source, 1.0)]


def examples(rows: Sequence[data.Row], tokenizer: Any, weight: float) -> list[Example]:
    """Return what ``rows`` teach; each set's classes moved from their prior toward equality."""
    priors = {}
    for source in {row.source for row in rows}:
        stances = [row.stance + 1 for row in rows if row.source == source]
        priors[source] = np.bincount(stances, minlength=3) / len(stances)
    found = []
    tokens = tokenized([row.passage for row in rows], tokenizer)
    for row, token in zip(rows, tokens, strict=True):
        spans = np.zeros(len(token.ids), bool)
        for start, end in row.evidence:
            spans |= (token.origins >= start) & (token.origins < end)
        prior = priors[row.source]
        rarity = 1 / (np.count_nonzero(prior) * prior[row.stance + 1])
        found.append(
            Example(
                token,
                (1 - SMOOTHED) * np.eye(3)[row.stance + 1] + SMOOTHED * prior,
                np.nan if row.relevant is None else float(row.relevant),
                np.nan if row.quoted is None else float(row.quoted),
                spans,
                float(weight * rarity**BALANCE),
            )
        )
    return found


def labelled_sentences(folder: Path) -> set[str]:
    """Return the sentences of the sets about persons and entities, as their letters."""
    parts = [
        data.mad_tsc(folder, code, split)
        for code in data.MAD_TSC_LANGUAGES
        for split in ("train", "validation", "test")
    ]
    parts += [data.news_mtsc(folder, name) for name in ("train", "devtest_mt", "devtest_rw")]
    parts += [data.rusentne(folder, name, whole=True) for name in ("train", "validation")]
    parts += [data.gerntsa(folder)]
    return {data.letters(row.passage.text) for part in parts for row in part}


def language_model(
    texts: dict[str, list[str]], unlabelled: dict[str, list[Passage]], pairs: Path, work: Path
) -> tuple[Any, Any]:
    """Return the tokenizer and the language model; they are kept in ``work`` for another run.

    ``texts`` of the press by language are read, and their ``unlabelled`` passages with hidden
    names.
    """
    from safetensors.torch import load_file, save
    from tokenizers import Tokenizer

    tokenizer_file, weights = work / TOKENIZER, work / "language_model.safetensors"
    if tokenizer_file.exists() and weights.exists():
        tokenizer = Tokenizer.from_file(str(tokenizer_file))
        model = LanguageModel(tokenizer.get_vocab_size(), **SIZES)
        model.load_state_dict(load_file(weights))
        return tokenizer, model
    translated = stance_corpus.translations(pairs)
    printed = {language: list(map(stance_corpus.tidy, each)) for language, each in texts.items()}
    tokenizer = pretraining.train_tokenizer(
        text for each in (*printed.values(), *zip(*translated, strict=True)) for text in each
    )
    with replacing(tokenizer_file) as temporary:
        tokenizer.save(str(temporary))
    hidden = [masked(passage) for each in unlabelled.values() for passage in each]
    kinds = {
        "hidden": pretraining.token_numbers(tokenizer, hidden),
        "pairs": pretraining.side_by_side(tokenizer, translated),
        **{
            language: pretraining.token_numbers(tokenizer, each)
            for language, each in printed.items()
        },
    }
    model = LanguageModel(tokenizer.get_vocab_size(), **SIZES)
    vectors = pretraining.first_vectors(tokenizer, SEED)
    model.pieces.weight.data.copy_(torch.from_numpy(vectors))
    read = [(kinds[name], passes) for name, passes in PASSES.items()]
    pretraining.pretrain(model, read, READ, SEED)
    write_bytes(weights, save(model.state_dict()))
    return tokenizer, model


def unlabelled_passages(texts: dict[str, list[str]]) -> dict[str, list[Passage]]:
    """Return ``PASSAGES`` of each language that name a state, in a fixed random order."""
    draw = np.random.default_rng(SEED)
    found = {}
    for language, each in sorted(texts.items()):
        shuffled = (each[n] for n in draw.permutation(len(each)))
        found[language] = list(islice(stance_corpus.passages(shuffled, language), PASSAGES))
    return found


def calibration(
    reader: Reader, linear: Linear, rows: Sequence[data.Row], tokenizer: Any
) -> dict[str, Any]:
    """Return what brings the outputs to probabilities, fitted to ``rows`` set apart."""
    from sklearn.metrics import f1_score

    passages = [row.passage for row in rows]
    tokens = tokenized(passages, tokenizer)
    outputs, shares = predict(reader, tokens)
    portrayal = blended(outputs[:, :3], linear.outputs(tokens))
    stance = np.array([row.stance + 1 for row in rows])
    relevant = np.array([bool(row.relevant) for row in rows]).astype(int)
    slope, shift = platt(outputs[:, 3], relevant)
    voices = voice_inputs(outputs[:, 4], passages, tokens, shares)
    told = np.flatnonzero([row.quoted is not None for row in rows])
    quoted = np.array([bool(rows[n].quoted) for n in told]).astype(int)
    score = f1_score(stance, portrayal.argmax(axis=1), average="macro")
    logger.info("set apart: macro-F1 %.3f", score)
    return {
        # The balance of the classes stays: only the sharpness is fitted.
        "temperature": temperature(portrayal, stance, np.ones(len(rows))),
        "relevance": {"slope": slope, "shift": shift},
        "quoted": logistic(voices[told], quoted).tolist(),
        "evidence": evidence_weights(rows, tokens, shares),
    }


def evidence_weights(
    rows: Sequence[data.Row], tokens: Sequence[Tokens], shares: Sequence[np.ndarray]
) -> list[float]:
    """Return what a sentence's inputs count in telling whether it holds the coder's span."""
    inputs, held = [], []
    for row, token, share in zip(rows, tokens, shares, strict=True):
        if row.evidence and len(row.passage.sentences) > 1:
            inputs.append(sentence_inputs(row.passage, token, share))
            held.append(np.arange(len(inputs[-1])) == data.gold_sentence(row))
    constant = np.ones((sum(map(len, inputs)), 1))
    weights = logistic(np.hstack([np.vstack(inputs), constant]), np.concatenate(held))
    return weights[:-1].tolist()


def logistic(inputs: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """Return weights that make ``inputs`` (n, k), the last of them 1, tell ``labels``."""
    from sklearn.linear_model import LogisticRegression

    return LogisticRegression(fit_intercept=False).fit(inputs, labels).coef_[0]


def train(
    labelled: Path,
    press: Path,
    pairs: Path,
    teacher: tuple[str, str | None],
    work: Path,
    output: Path,
) -> None:
    """Train, and write the model's four files to ``output``.

    ``teacher`` is an encoder of transformers and its revision.
    """
    learnt, apart, other = read_rows(labelled)
    logger.info("rows: %d press, %d set apart, %d other", len(learnt), len(apart), len(other))
    measured = data.json_lines(labelled / "press" / "dev.jsonl")
    held_out = {
        data.letters(text)
        for text in (*(record["text"] for record in measured), *(row.passage.text for row in apart))
    }
    texts = stance_corpus.press_items(press, held_out)
    unlabelled = unlabelled_passages(texts)
    tokenizer, model = language_model(texts, unlabelled, pairs, work)
    passages = [p for code, each in unlabelled.items() for p in each[: JUDGED[code]]]
    passages += stance_corpus.persons(pairs, texts, labelled_sentences(labelled), SEED)
    judge = fit_teacher(*teacher, learnt, drawn(other, TEACHER_SHARES), apart, work / "teacher")
    judged = judge.judged(passages, tokenized(passages, tokenizer))
    taught = examples(learnt, tokenizer, 1.0)
    linear = fit_linear([*judged, *taught, *examples(other, tokenizer, OUTSIDE_WEIGHT)])
    beside = examples(drawn(other, READER_SHARES), tokenizer, OUTSIDE_WEIGHT)
    reader = Reader(model)
    fit(reader, [*judged, *taught * PRESS_PASSES, *beside], EPOCHS, SEED)
    publish(reader, linear, tokenizer, learnt, apart, pairs, output)


def publish(
    reader: Reader,
    linear: Linear,
    tokenizer: Any,
    learnt: Sequence[data.Row],
    apart: Sequence[data.Row],
    pairs: Path,
    output: Path,
) -> None:
    """Calibrate both models on the rows set ``apart`` and write their files."""
    from safetensors.numpy import save

    settings = {
        "format": FORMAT,
        "name": "embedded",
        "voice": list(VOICE),
        **calibration(reader, linear, apart, tokenizer),
        "relevance_shifts": {},
        "measured_languages": MEASURED,
        "calibrated_languages": MEASURED,
        "seed": SEED,
    }
    sample = tokenized([row.passage for row in learnt[:RANGED]], tokenizer)
    batches = [batched(sample[first : first + 64]) for first in range(0, len(sample), 64)]
    write_graph(reader, input_ranges(reader, batches), output / GRAPH)
    # save_file would leave a file that only its owner may read.
    write_bytes(output / LINEAR, save(linear._asdict()))
    with replacing(output / TOKENIZER) as temporary:
        tokenizer.save(str(temporary), pretty=False)
    write_json(output / SETTINGS, settings)
    shifts = relevance_shifts(EmbeddedScorer(output), pairs)
    write_json(output / SETTINGS, {**settings, "relevance_shifts": shifts})


def relevance_shifts(scorer: EmbeddedScorer, pairs: Path) -> dict[str, float]:
    """Return, per language without labels, what its log-odds of relevance lack.

    With it, as large a share of translated sentences is relevant as of their English originals.
    """
    shifts = {}
    for language, passages in data.translated(pairs, UNLABELLED).items():
        english, other = (scorer.score(side).relevance for side in zip(*passages, strict=True))
        level = np.clip(np.quantile(other, (english < 0.5).mean()), 1e-3, 1 - 1e-3)
        shifts[language] = round(float(np.log((1 - level) / level)), 3)
    return shifts


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the training from the command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, required=True, help="folder of the labelled sets")
    parser.add_argument("--press", type=Path, help="unlabelled press; default ../press of --data")
    parser.add_argument("--pairs", type=Path, help="translated pairs, Parquet; default beside it")
    parser.add_argument("--teacher", required=True, help="encoder: a folder, or owner/model")
    parser.add_argument("--revision", help="revision of the teacher, where it is owner/model")
    parser.add_argument("--work", type=Path, required=True, help="folder of what a rerun can keep")
    parser.add_argument("--output", type=Path, required=True, help="folder of the model")
    options = parser.parse_args(arguments)
    set_up()
    beside = options.data.resolve().parent
    train(
        options.data,
        options.press or beside / "press",
        options.pairs or beside / "encoder" / "train" / "pairs.parquet",
        (options.teacher, options.revision),
        options.work,
        options.output,
    )


if __name__ == "__main__":
    main()
