import re
import shutil
import subprocess
from dataclasses import replace
from datetime import date
from pathlib import Path

import docx
import polars as pl
import pytest

from geostance.config import Config
from geostance.publish.cards import ModelCard
from geostance.publish.methods import NEEDED, OPTIONAL, SECTIONS, Study, bibliography, methods_text
from geostance.publish.references import cited_keys, listed_keys
from geostance.schema import TABLES, empty_table
from geostance.settings.topics import TopicSettings

TEMPLATES = Path(__file__).parents[3] / "src/geostance/publish/templates/methods"


def table(name, *rows):
    """Rows of a table, each a dict; what they do not name is null."""
    return pl.DataFrame(
        [dict.fromkeys(TABLES[name]) | row for row in rows], schema=TABLES[name], orient="row"
    )


def model(k=1, **settings):
    return {
        "parameters": {"components": 5 + k, "neighbours": 15 + k, "min_topic_size": 80 + k, "min_samples": 20 + k, "max_topic_size": 320 + k},
        "unit": "distinct", "seed": 7000 + k, "messages": [], "consensus": None,
        "settings": TopicSettings(**settings).model_dump(mode="json"),
        "number": {"found": 90 + k, "kept": 90 + k}, "outliers": {"before": 40 + k, "after": 12 + k},
    }  # fmt: skip


def cards(k=1):
    encoder = ModelCard("encoder", "embedded", "embedded", f"aaa{k}", "mit", (f"base-{k}",))
    return encoder, replace(encoder, role="scorer", version=f"bbb{k}", base=(f"other-{k}",))


def study(**changed):
    """A study of three articles, none of which speaks of a target."""
    one = {"grouping": "all", "group": "all", "n_documents": 3, "n_distinct": 3, "n_outlets": 1, "n_undated": 0, "n_untitled": 0, "n_words": 90, "median_words": 30.0}  # fmt: skip
    languages = [("tr", 2), ("en", 1)]
    tables = {name: empty_table(name) for name in NEEDED}
    tables["description"] = table(
        "description", one, *({"grouping": "language", "group": g, "n_documents": n} for g, n in languages)
    )  # fmt: skip
    names = {language: {"russia": "Russia"} for language in ("en", "fr")}
    versions = dict.fromkeys(
        (*("geostance", "python", "bertopic", "umap-learn", "hdbscan", "scikit-learn", "gensim"),
         *("scipy", "numpy", "polars", "sentencex", "py3langid", "matplotlib")), "0.0.0")  # fmt: skip
    own = {"config": Config(), "topic_model": model(), "cards": cards(), "names": names, "versions": versions}  # fmt: skip
    return Study(**(own | changed | {"tables": tables | changed.get("tables", {})}))


def full(k):
    """A study in which every table has rows, and every number hangs on ``k``."""
    config = Config.model_validate({
        "seed": 100 + k,
        "clean": {"min_words": 10 + k, "repeated_share": 0.3 + k / 100},
        "duplicates": {"threshold": 0.5 + k / 50, "containment": 0.8 + k / 50, "cover": 0.5 + k / 60, "shingle_words": 4 + k, "standing_days": 10 + k},
        "stance": {"relevance_threshold": 0.2 + k / 50},
        "validation": {"confidence": 0.9 + k / 100, "bootstrap_samples": 1000 + k, "min_labels": 30 + k, "min_group": 5 + k, "pooled_labels": 5 + k, "regressions": {"press": ["outlet"]}},
        "sensitivity": {"thresholds": [0.05 + k / 100, 0.6 + k / 100]},
        "topics": {"quality": {"permutations": 700 + k}, "stability": {"subsample_share": 0.7 + k / 50, "support": 0.8 + k / 50}},
    })  # fmt: skip
    whole = {
        "grouping": "all",
        "group": "all",
        "n_documents": 5000 + k,
        "n_distinct": 4000 + k,
        "n_outlets": 20 + k,
        "n_undated": 7 + k,
        "n_words": 700_000 + k,
        "median_words": 1234.0 + k,
        "first_date": date(2020 + k, 3 + k, 1 + k),
        "last_date": date(2025 + k, 3 + k, 12 + k),
    }
    estimate = {"estimate": 0.3 + k / 20, "low": 0.2 + k / 20, "high": 0.4 + k / 20}
    measures = (
        "npmi",
        "npmi_of_strangers",
        "c_v",
        "diversity",
        "separation",
        "leakage",
        "leakage_excess",
        "leakage_baseline",
        "pairs_together",
        "pairs_chance",
    )
    quality = ("macro_f1", "alpha_ordinal", "correlation", "detection_recall")
    variables = ("relevance", "portrayal", "voice")
    claim = {
        "target": "russia",
        "grouping": "all",
        "quantity": "stance",
        "method": "ppi",
        **estimate,
    }
    topics = [{"doc_id": f"d{n}", "topic": n - 1} for n in range(7 + 2 * k)]
    tables = {
        "description": table("description", whole, {"grouping": "language", "group": "fr", "n_documents": 3000 + k}),
        "documents": table("documents", *({"source": f"{n}.txt"} for n in range(50 + k))),
        "rejected": table("rejected", *({"reason": "empty"} for _ in range(3 + k))),
        "losses": table("losses", *({"step": step, "reason": "empty", "n": n + k} for step, n in (("rejected", 3), ("block", 900), ("set_aside", 30), ("copy", 800)))),
        "syndication": table("syndication", *({"cluster_id": str(n)} for n in range(40 + k))),
        "sentences": table("sentences", *({"doc_id": str(n)} for n in range(70 + k))),
        "topics": table("topics", *topics),
        "topic_edits": table("topic_edits", *({"status": "applied"} for _ in range(4 + k))),
        "topic_quality": table("topic_quality", *({"measure": name, **estimate, "n": 500 + k} for name in measures)),
        "topic_flags": table("topic_flags", *({"topic": n} for n in range(2 + k))),
        "topic_stability": table("topic_stability", *({"topic": n, "fits": "all", "recurrence": 0.7 + k / 9 + n / 100, "level": 0.5 + k / 10, "confidence": 0.9} for n in range(3 + k))),
        "topic_fits": table("topic_fits", *({"kind": kind, "ari_others": 0.5 + k / 20, "ari_others_min": 0.4 + k / 20, "ari_others_max": 0.6 + k / 20} for kind in ("seed", "subsample") for _ in range(8 + k))),
        "multiverse": table("multiverse", *({"universe": n, "state": "run", "conclusion": f"c{c}", "topic": 1, "other": "", "holds": c < 2 + k} for n in range(1, 12 + k) for c in range(4 + 3 * k))),
        "topic_intrusion": table("topic_intrusion", *({"kind": "words", "language": "mul", "measure": m, **estimate, "chance": 0.1 + k / 50, "n_answers": 80 + k, "n_tasks": 25 + k, "n_coders": 4 + k} for m in ("model_precision", "coder_alpha"))),
        "stance": table("stance", *({"doc_id": str(n), "target": "russia", "n_mentions": 2, "measured_language": n < 3} for n in range(90 + k))),
        "mentions": table("mentions", *({"doc_id": str(n), "relevant": n > 2 * k, "voice": "quoted" if n < 30 * k else "author"} for n in range(150 + k))),
        "labelled": table("labelled", *({"doc_id": str(n // 2), "target": "russia", "coder": str(n % (2 + k))} for n in range(120 + 2 * k))),
        "frame": table("frame", *({"target": "russia", "stratum": str(n % (3 + k)), "round": None if n > 70 + k else n % (1 + k), "inclusion_probability": 0.2 + k / 50 + n / 1000} for n in range(140 + k))),
        "agreement": table("agreement", *({"target": "russia", "variable": name, **estimate, "n_answers": 230 + k} for name in variables)),
        "disagreements": table("disagreements", *({"doc_id": str(n), "adjudicated": n < 8 + k} for n in range(17 + k))),
        "scorer_quality": table("scorer_quality", *({"grouping": "target", "group": "russia", "measure": name, **estimate, "n_labels": 110 + k, "weighted": True} for name in quality)),
        "estimates": table("estimates", *(claim for _ in range(11 + k)), *(claim | {"method": "pooled"} for _ in range(6 + k)), *({"target": "russia", "grouping": "outlet", "method": "ppi", "reason": "too few"} for _ in range(21 + k))),
        "sensitivity": table("sensitivity", *({"kind": "mean", "target": str(n), "changed": ["unit"] * c, "scorer": str(n % (2 + k)), "state": "reversed" if n < k and c > 1 else "unclear" if n < 3 * k else "holds"} for n in range(12 + k) for c in range(3 + k))),
        "differences": table("differences", *({"p_value": 0.1} for _ in range(31 + k))),
        "coefficients": table("coefficients", {"regression": "press"}),
    }  # fmt: skip
    versions = {name: f"{k}.{n}.0" for n, name in enumerate(study().versions)}
    return study(config=config, tables=tables, topic_model=model(k), cards=cards(k), versions=versions)  # fmt: skip


def numbers(text):
    prose = re.sub(
        r"\[[^\[\]]*@[^\[\]]*\]|SHA-256|^---.*?---$", "", text, flags=re.DOTALL | re.MULTILINE
    )
    return re.findall(r"(?<!\w)[−+]?\d(?:[\d,.\u202f]*\d)?", prose)


@pytest.mark.parametrize("language", ["en", "fr"])
def test_every_number_follows_the_tables_and_the_settings(language):
    first, second = (numbers(methods_text(full(k), language)) for k in (1, 2))
    assert len(first) == len(second) > 120
    # The ends of the scale and the percentile of chance are the measures' own.
    assert {a for a, b in zip(first, second, strict=True) if a == b} == {"−1", "+1", "99"}


@pytest.mark.parametrize("path", sorted(TEMPLATES.glob("*.md")), ids=lambda path: path.name)
def test_no_digit_stands_in_a_template(path):
    text = path.read_text(encoding="utf-8")
    assert not re.findall(
        r"(?<![a-z])\d", re.sub(r"\{\{.*?\}\}|\{%.*?%\}|\[[^\[\]]*@[^\[\]]*\]", "", text)
    )


def test_every_section_has_its_template_in_both_languages():
    named = {f"{section.name}.{language}.md" for section in SECTIONS for language in ("en", "fr")}
    assert {path.name for path in TEMPLATES.glob("*.md")} == named
    assert not NEEDED & OPTIONAL


@pytest.mark.parametrize("language", ["en", "fr"])
@pytest.mark.parametrize("whole", [study(), full(1)], ids=["bare", "full"])
def test_the_text_is_tidy(whole, language):
    text = methods_text(whole, language)
    assert "\n\n\n" not in text and "  " not in text and "None" not in text
    assert not re.search(r" [,.;)]|\( |\.\.|[\u202f\u00a0] ", text)
    assert text.startswith(f"---\nlang: {language}\nbibliography: references.bib\n---\n\n# ")


@pytest.mark.parametrize("language", ["en", "fr"])
def test_all_that_is_cited_is_in_the_bibliography(language):
    hub = ModelCard("encoder", "hub", "owner/model", "abc", None, ())
    whole = replace(full(1), cards=(hub, replace(hub, role="scorer", name="owner/nli")))
    text = methods_text(whole, language)
    keys = cited_keys(text)
    assert len(keys) > 25 and "model-encoder" in keys
    assert listed_keys(bibliography([text], whole)) == sorted(keys)


def test_numbers_stand_as_each_language_writes_them():
    whole = full(1)
    assert "5,001 press articles from 21 outlets" in methods_text(whole, "en")
    assert "published between 2 April 2021 and 13 April 2026" in methods_text(whole, "en")
    french = methods_text(whole, "fr")
    assert "5\u202f001 articles de presse, issus de 21 titres" in french
    assert "le 2 avril 2021 et le 13 avril 2026" in french
    assert "0,35 [0,25\u202f; 0,45]" in french and "91\u202f%" in french


def with_topics(**settings):
    return study(topic_model=model(**settings))


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({}, "This yielded 0 topics, and every article belongs to one."),
        ({"outliers": "nearest", "outlier_similarity": 0.25}, "cosine reaches 0.25 had been given to the topic with the nearest mean (outliers among the texts: 41 before, 13 after)."),
        ({"passage_words": 90}, "Passages of about 90 words were clustered;"),
        ({"number": 4}, "Of 91 topics found, the most alike were merged"),
        ({"number": "auto"}, "Of 91 topics found, those whose mean vectors form groups"),
        ({"zero_shot": {"gaz": {"fr": "le gaz"}, "vote": {"fr": "le vote"}}}, "a theme named beforehand (gaz, vote) reaches"),
        ({"guided": {"gaz": {"fr": ["gaz"]}}}, "Seed words guided the clusters toward gaz:"),
    ],
)  # fmt: skip
def test_the_methods_say_what_was_chosen(settings, said):
    text = methods_text(with_topics(**settings), "en")
    assert said in text
    assert "\n\n\n" not in text and "  " not in text


def test_topics_that_were_not_merged_are_not_said_to_be():
    assert "merged" not in methods_text(with_topics(number=91), "en")


def test_a_corpus_too_small_to_cluster_claims_no_model():
    small = model() | {"parameters": {}, "messages": ["they are one topic"]}
    text = methods_text(study(topic_model=small), "en")
    assert "No topic model was fitted. Note: they are one topic." in text
    assert "UMAP" not in text.partition("## Software")[0] and "[@campello2013" not in text


def test_what_was_not_done_is_not_told():
    text = methods_text(study(), "en")
    headings = re.findall(r"^## (.*)$", text, re.MULTILINE)
    assert headings == ["Corpus", "Cleaning and deduplication", "Representation of texts", "Topics", "Measurement of stance", "Human labels", "Software and reproducibility"]  # fmt: skip
    assert "No human labels were given" in text and "No article speaks of Russia, NATO, India." in text  # fmt: skip


def test_labels_of_unknown_chance_claim_no_correction():
    whole = full(1)
    tables = dict(whole.tables)
    del tables["frame"]
    tables["estimates"] = tables["estimates"].filter(pl.col("method") != "ppi").vstack(
        table("estimates", {"target": "russia", "grouping": "all", "method": "labels", "estimate": 0.1})
    )  # fmt: skip
    text = methods_text(replace(whole, tables=tables), "en")
    assert "The chance with which the articles were drawn is not known" in text
    assert "No estimate is corrected by human labels" in text and "prediction-powered" not in text


@pytest.mark.parametrize(
    ("scorer", "said"),
    [
        ({"scorer": "llm", "llm": {"model": "m", "seed": 3}}, "by the language model m, asked through a service"),
        ({"scorer": "nli", "nli": {"model": "m"}}, "natural-language inference m (hash of its files bbb1, licence not stated in its model card)"),
    ],
)  # fmt: skip
def test_other_scorers_are_named_with_what_is_known_of_them(scorer, said):
    kind = "service" if scorer["scorer"] == "llm" else "folder"
    card = replace(cards()[1], kind=kind, name="m", licence=None)
    config = Config.model_validate({"stance": scorer})
    assert said in methods_text(study(config=config, cards=(cards()[0], card)), "en")


@pytest.fixture(scope="session")
def pandoc():
    if found := shutil.which("pandoc"):
        return found
    return pytest.importorskip("pypandoc", reason="pandoc is not installed").get_pandoc_path()


@pytest.mark.parametrize("language", ["en", "fr"])
def test_pandoc_compiles_the_methods_with_every_citation_resolved(pandoc, tmp_path, language):
    hub = ModelCard("encoder", "hub", "owner/model", "abc", None, ())
    whole = replace(full(1), cards=(hub, replace(hub, role="scorer", name="owner/nli")))
    text = methods_text(whole, language)
    (tmp_path / "methods.md").write_text(text, encoding="utf-8")
    (tmp_path / "references.bib").write_text(bibliography([text], whole), encoding="utf-8")

    def compiled(*options):
        # An unresolved citation is a warning.
        command = [pandoc, "methods.md", "--citeproc", "--fail-if-warnings", *options]
        return subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=True)

    plain = compiled("--to=plain", "--wrap=none").stdout
    assert "???" not in plain and "@" not in plain
    assert "Broder 1997" in plain
    listed = plain.split("References\n" if language == "en" else "Références\n")[-1]
    assert len([line for line in listed.split("\n") if line.strip()]) == len(cited_keys(text))
    compiled("--output=methods.docx")
    document = docx.Document(tmp_path / "methods.docx")
    headings = [p.text for p in document.paragraphs if p.style.name == "Heading 2"]
    assert len(headings) == len(SECTIONS)
