"""The command ``geostance``: one subcommand a stage, and a few to look after a study."""

import argparse
import inspect
import json
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from time import monotonic
from typing import Any, Literal, NoReturn, get_args, get_origin, get_type_hints

from geostance.errors import ConfigError, GeostanceError, InputError
from geostance.log import logger, set_up
from geostance.stages import STAGES, load_stage, summary

INTERRUPTED = 130
# Commands of two words, as "corpus describe": the first, and what it is about.
GROUPS = {
    "annotate": "Draw what coders are to label, plan how much is enough, give it out, take it in.",
    "corpus": "Look into the corpus as a whole.",
    "topics": "Find topics, and judge whether they hold.",
}


def main(arguments: Sequence[str] | None = None) -> None:
    """Run one subcommand; an error prints three lines and exits with its own code."""
    set_up()
    given = sys.argv[1:] if arguments is None else arguments
    options = vars(_parser(given).parse_args(given))
    options.pop("command")
    run = options.pop("run")
    try:
        run(**options)
    except GeostanceError as error:
        _stop(error)
    except KeyboardInterrupt:
        logger.error("interrupted: nothing half-written was kept, the next run goes on from here")
        sys.exit(INTERRUPTED)
    except BrokenPipeError:
        # The reader of our output went away (as head does); that is no fault of the run.
        sys.stderr.close()
        sys.exit(0)
    except OSError as error:
        # A read-only folder, a full disk: the system says what, and no stage could mend it.
        _stop(
            InputError(
                f"the system refuses: {error.strerror or error}",
                str(error.filename or Path.cwd()),
                "make room, or give yourself the right to read and write there; then make again",
            )
        )


def _stop(error: GeostanceError) -> NoReturn:
    logger.error(str(error))
    sys.exit(error.exit_code)


def _parser(arguments: Sequence[str]) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="geostance", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    groups = {
        name: commands.add_parser(name, help=about, description=about).add_subparsers(
            required=True, metavar="COMMAND"
        )
        for name, about in GROUPS.items()
    }
    n_words = 2 if arguments and arguments[0] in GROUPS else 1
    asked = "-".join(arguments[:n_words])
    for name in STAGES:
        if name == "clean" and "--explain" in arguments:
            _add(commands, name, explain_clean, explain_clean)
            continue
        if name == "figure" and "--list" in arguments:
            _add(commands, name, list_figures, list_figures)
            continue
        group, _, rest = name.partition("-")
        place = (groups[group], rest) if group in groups else (commands, name)
        if name == asked:
            stage = load_stage(name)
            _add(*place, stage, lambda stage=stage, **options: run_stage(stage, **options))
        else:
            place[0].add_parser(place[1], help=summary(name))
    for function in (fingerprint, status, reproduce, price):
        _add(commands, function.__name__, function, function)
    _add(commands, "verify", verify, verify, positional="folder")
    _add(commands, "cite", cite, cite, positional="figure")
    _add(groups["annotate"], "plan", annotate_plan, annotate_plan)
    trainings = commands.add_parser("train", help="Train a model on labelled data.")
    models = trainings.add_subparsers(required=True, metavar="MODEL")
    _add(models, "stance", train_stance, train_stance)
    return parser


def _add(
    commands: Any,
    name: str,
    function: Callable[..., Any],
    run: Callable[..., Any],
    positional: str | None = None,
) -> None:
    said = inspect.getdoc(function) or ""
    command = commands.add_parser(name, help=said.split("\n")[0], description=said)
    hints = get_type_hints(function)
    for parameter in inspect.signature(function).parameters.values():
        if parameter.name == positional:
            command.add_argument(
                positional,
                nargs="?",
                type=get_args(hints[positional])[0],
                default=parameter.default,
            )
            continue
        # A stage takes the configuration; the command line names its file.
        hint = Path if parameter.name == "config" else hints[parameter.name]
        if hint is bool:
            command.add_argument(f"--{parameter.name.replace('_', '-')}", action="store_true")
            continue
        if get_origin(hint) is Literal:
            command.add_argument(
                f"--{parameter.name}", choices=get_args(hint), default=parameter.default
            )
            continue
        required = parameter.default is parameter.empty
        command.add_argument(
            f"--{parameter.name.replace('_', '-')}",
            type=get_args(hint)[0] if get_args(hint) else hint,
            nargs="+" if get_origin(hint) is list else None,
            required=required,
            default=None if required else parameter.default,
            help=None if required else f"default: {parameter.default}",
        )
    command.set_defaults(run=run)


def run_stage(stage: Callable[..., Any], config: Path, output: Path, **options: Any) -> None:
    """Run one stage under the lock of its output; leave its record and one line in the log."""
    from geostance.config import read_config
    from geostance.files import data_lock, sweep, write_json

    settings = read_config(config)
    start = monotonic()
    with data_lock(output.parent, output.name):
        sweep(output.parent)
        record = stage(settings, output=output, **options)
    seconds = round(monotonic() - start, 1)
    name = stage.__name__.replace("_", "-")
    # Where other programs run too, what the processors did says more than the clock.
    used = round(sum(os.times()[:4]), 1)
    write_json(
        output.with_name(f"{output.name}.run.json"),
        {"stage": name, **record, "seconds": seconds, "processor_seconds": used},
    )
    logger.info("%-10s %s (%.1f s)", name, _counts(record), seconds)


def _counts(record: dict[str, Any]) -> str:
    return ", ".join(
        f"{key} {_short(value)}" for key, value in record.items() if value or value == 0
    )


def _short(value: Any) -> str:
    if isinstance(value, dict):
        return "; ".join(f"{key} {n:,}" for key, n in value.items())
    if isinstance(value, list):
        return "; ".join(map(str, value))
    return f"{value:,}" if isinstance(value, int) else str(value)


def fingerprint(
    config: Path,
    corpus: Path,
    annotations: Path,
    notebooks: Path,
    figures: list[str],
    output: Path,
    edits: Path | None = None,
    parallel: Path | None = None,
    events: Path | None = None,
) -> None:
    """Bring the fingerprints of a study up to date, so that Make sees what changed."""
    from geostance.config import read_config
    from geostance.fingerprints import write_fingerprints
    from geostance.targets import check_targets, load_targets

    settings = read_config(config)
    check_targets(settings.stance.targets, load_targets(settings.stance.targets_file))
    if unknown := sorted(set(settings.publish.figures) - set(figures)):
        raise ConfigError(
            f"there is no figure {', '.join(unknown)}",
            f"{config}, publish.figures",
            f"the figures are {', '.join(figures)}",
        )
    write_fingerprints(
        output,
        settings,
        corpus=corpus,
        annotations=annotations,
        notebooks=notebooks,
        figures=figures,
        edits=edits,
        parallel=parallel,
        events=events,
    )
    sys.stdout.write("ready\n")


def train_stance(
    base: str,
    data: Path,
    output: Path,
    revision: str | None = None,
    epochs: int = 4,
    batch: int = 32,
    learning_rate: float = 3e-5,
    length: int = 192,
    precision: str = "full",
    seed: int = 20240105,
) -> None:
    """Fine-tune an encoder into a stance scorer; needs the extra transformers.

    BASE is a folder of transformers, or a hub name with its --revision and a copy on disk; DATA
    the folder of the labelled sets, of which press/train.jsonl must be there. Interrupted, it
    goes on behind its last epoch when run again. --precision half computes in bfloat16.
    """
    from geostance.files import data_lock
    from geostance.train.learning import Recipe
    from geostance.train.transformer import train

    recipe = Recipe(epochs, batch, learning_rate, length, seed, precision)
    with data_lock(output.parent, output.name):
        settings = train(base, data, output, recipe, revision)
    for part, found in settings["figures"].items():
        logger.info("%-12s %s", part, _counts(found))


def explain_clean(explain: Path, record: int = 1, config: Path | None = None) -> None:
    """Show what cleaning keeps and drops of one file, line by line, each with reason and rule.

    EXPLAIN is any file that can be in a corpus; of one with several articles --record says
    which, and of a table --config names the columns. In colour on a terminal, unless NO_COLOR
    is set.
    """
    from geostance.clean import clean_text
    from geostance.clean.explanation import explain as explain_blocks
    from geostance.config import Config, read_config
    from geostance.ingest import read_corpus

    settings = (read_config(config) if config else Config()).ingest
    # One article is looked at; how many others cannot be read is the study's concern.
    documents, _ = read_corpus(explain, settings.model_copy(update={"max_rejected_share": 1.0}))
    if not 1 <= record <= len(documents):
        raise InputError(
            f"there is no record {record}",
            f"{explain}, which has {len(documents)}",
            f"give --record from 1 to {len(documents)}",
        )
    text, title, language = documents.select("text", "title", "language").row(record - 1)
    colour = sys.stdout.isatty() and not os.environ.get("NO_COLOR")
    for line in explain_blocks(clean_text(text or "", title, language), colour=colour):
        sys.stdout.write(f"{line}\n")


def list_figures(list: bool) -> None:
    """List the figures: each with its name, its title, and the tables it is drawn from."""
    from geostance.publish.figures import APART, FIGURES
    from geostance.publish.words import Words

    say = Words("en")
    for name, spec in (FIGURES | APART).items():
        tables = ", ".join((*spec.tables, *(f"[{table}]" for table in spec.optional)))
        title = say(f"title_{name.replace('-', '_')}")
        sys.stdout.write(f"{name:28} {title:38} {tables}\n")


def status(data: Path) -> None:
    """Show each stage's last run; standard input is what ``make -n all`` would run."""
    planned = {
        word.split("/")[-1]
        for line in sys.stdin
        if "--output" in line
        for word in [line.split("--output", 1)[1].split()[0]]
    }
    records = sorted(data.rglob("*.run.json"), key=lambda path: path.stat().st_mtime_ns)
    done = set()
    for path in records:
        record = json.loads(path.read_text(encoding="utf-8"))
        output = path.name.removesuffix(".run.json")
        done.add(output)
        state = "stale" if output in planned else "ready"
        seconds = record.pop("seconds")
        for apart in ("stage", "processor_seconds"):
            record.pop(apart, None)
        sys.stdout.write(f"{state:6} {output:28} {seconds:>7} s  {_counts(record)}\n")
    for output in sorted(planned - done):
        sys.stdout.write(f"{'to do':6} {output}\n")


def verify(folder: Path | None = None, published: Path | None = None) -> None:
    """Check every file of a deposit, or of a published folder, against its hashes.

    FOLDER is a deposit made here or elsewhere: each missing, changed and unlisted file is named.
    """
    from geostance import published as study
    from geostance.publish.checksums import SUMS, verify_checksums
    from geostance.publish.manifest import verify_manifest

    place = folder or published or study.folder()
    if (place / SUMS).exists():
        sys.stdout.write(f"{verify_checksums(place)} files are as {SUMS} says\n")
    else:
        sys.stdout.write(f"{verify_manifest(place)} files are as the manifest says\n")


def cite(
    figure: str | None = None,
    published: Path | None = None,
    format: Literal["text", "apa", "bibtex"] = "text",
) -> None:
    """Show how to cite what a study rests on: software, models and papers; or one FIGURE of it.

    PUBLISHED is the folder, that of the study here where it is not named.
    """
    from geostance.publish.citation import cite_figure, cite_study
    from geostance.published import folder

    study = published or folder()
    sys.stdout.write(cite_figure(study, figure, format) if figure else cite_study(study, format))


def reproduce(
    manifest: Path,
    corpus: Path,
    annotations: Path,
    output: Path,
    parallel: Path | None = None,
    edits: Path | None = None,
    events: Path | None = None,
    responses: Path | None = None,
    frame: Path | None = None,
    compared: Path | None = None,
) -> None:
    """Run a published manifest again and say of each artefact whether the same came out.

    OUTPUT is a folder of its own, in which the study is made. Each table and artefact is same (to
    the byte), equal (numbers within a tolerance) or different, which is an error. PARALLEL, EDITS,
    EVENTS, RESPONSES, FRAME and COMPARED are what the study had of these.
    """
    from geostance.reproduction import refuse_differences, report, reproduce_study

    given = {
        **{"CORPUS": corpus, "ANNOTATIONS": annotations, "PARALLEL": parallel, "EDITS": edits},
        **{"EVENTS": events, "RESPONSES": responses, "DRAWN": frame, "COMPARED": compared},
    }
    inputs = {name: path for name, path in given.items() if path is not None}
    held, notes = reproduce_study(manifest, inputs, output)
    for line in report(held, notes):
        sys.stdout.write(f"{line}\n")
    refuse_differences(held, manifest)


def price(config: Path, cleaned: Path, sentences: Path, responses: Path) -> None:
    """Show what a service would be asked and paid for the mentions, before anything is sent."""
    from geostance.config import read_config
    from geostance.stages import price as stage

    own = read_config(config)
    bill = stage.price(own, cleaned=cleaned, sentences=sentences, responses=responses)
    rates = own.stance.llm.price_in, own.stance.llm.price_out
    lines = {
        "passages": f"{bill['passages']:,}",
        "answered": f"{bill['cached']:,}  kept from before, not paid again",
        "requests": f"{bill['requests']:,}",
        "tokens in": f"{bill['tokens_in']:,}  estimate: 3 bytes of UTF-8 a token",
        "tokens out": f"{bill['tokens_out']:,}  estimate: answers as long as the longest example",
        "price": f"{bill['price']:,.2f}  estimate: {rates[0]:g} and {rates[1]:g} a million tokens"
        if any(rates)
        else "not known: set stance.llm.price_in and price_out",
    }
    for name, value in lines.items():
        sys.stdout.write(f"{name:11} {value}\n")


def annotate_plan(config: Path, unique: Path, stance: Path, quality: Path) -> None:
    """Show how wide the intervals of corrected means will be, by the number of labels."""
    from geostance.config import read_config
    from geostance.stages.annotation import plan

    sys.stdout.write("target      r     labels  width  by labels alone\n")
    table = plan(read_config(config), unique=unique, stance=stance, quality=quality)
    for target, correlation, n, width, alone, _ in table.iter_rows():
        sys.stdout.write(f"{target:10} {correlation:5.2f} {n:7,} {width:6.2f} {alone:6.2f}\n")
