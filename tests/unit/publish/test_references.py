import re
from pathlib import Path

import pytest

from geostance.publish.references import apa, bibtex, cited_keys, in_text, listed_keys, references
from geostance.strict_yaml import read_yaml

ROOT = Path(__file__).parents[3]
NEEDED = {
    "article": {"journal", "volume", "pages"},
    "inproceedings": {"booktitle"},
    "book": {"publisher"},
    "misc": {"eprint"},
    "software": {"version"},
}


@pytest.mark.parametrize("key", list(references()))
def test_every_work_has_the_fields_of_its_kind(key):
    work = references()[key]
    assert NEEDED[work["type"]] | {"author", "title", "year"} <= work.keys()
    assert key in {"geostance"} or key.startswith(re.sub(r"\W", "", in_text(work).split()[0].lower())[:4]) or "ö" in in_text(work) or "ä" in in_text(work) or "Ř" in in_text(work)  # fmt: skip
    assert str(work["year"]) in key or key == "geostance"
    assert re.fullmatch(r"10\.\d{4,}/\S+", work.get("doi", "10.1000/none"))


def test_geostance_is_cited_as_its_own_citation_file_says():
    stated = read_yaml(ROOT / "CITATION.cff")
    own = references()["geostance"]
    assert own["title"].replace("{", "").replace("}", "").lower() == stated["title"].lower()
    assert own["author"] == [f"{{{author['name']}}}" for author in stated["authors"]]
    assert str(own["year"]) == str(stated["date-released"])[:4]
    assert own["version"] == stated["version"]


def test_bibtex_closes_every_brace_and_escapes_what_tex_would_read():
    entries = bibtex(references())
    assert listed_keys(entries) == sorted(references())
    assert entries.count("{") == entries.count("}")
    assert "Statistics \\& Data" in entries and "10.1162/tacl_a_00325" in entries


def test_cited_keys_are_found_wherever_a_citation_has_them():
    text = "One [@a2020], two [see @b2021; @c-d], one again [@a2020], a mail x@y.z, a link [x](@e)."
    assert cited_keys(text) == ["a2020", "b2021", "c-d"]


@pytest.mark.parametrize(
    ("key", "line"),
    [
        ("hennig2007", "Hennig, C. (2007). Cluster-wise assessment of cluster stability. Computational Statistics & Data Analysis, 52(1), 258–271. https://doi.org/10.1016/j.csda.2006.11.025"),
        ("reimers2019", "Reimers, N., & Gurevych, I. (2019). Sentence-BERT: Sentence embeddings using Siamese BERT-networks. In Proceedings of the 2019 Conference on Empirical Methods in Natural Language Processing (pp. 3982–3992). https://doi.org/10.18653/v1/D19-1410"),
        ("mcinnes2018", "McInnes, L., Healy, J., & Melville, J. (2018). UMAP: Uniform manifold approximation and projection for dimension reduction (arXiv:1802.03426). https://arxiv.org/abs/1802.03426"),
        ("sarndal1992", "Särndal, C.-E., Swensson, B., & Wretman, J. (1992). Model assisted survey sampling. Springer."),
        ("geostance", "The geostance team. (2026). geostance: Topics and stance toward states and alliances in multilingual press corpora (Version 0.1.0) [Computer software]."),
    ],
)  # fmt: skip
def test_works_are_listed_as_apa_has_them(key, line):
    assert apa([references()[key]]) == f"{line}\n"


def test_the_list_is_in_the_order_of_names_whatever_their_accents():
    lines = apa(references().values()).split("\n")
    names = [line.split(",")[0] for line in lines if line]
    assert names.index("Röder") < names.index("Rousseeuw") < names.index("Särndal")


def test_works_are_named_in_running_text_by_authors_and_year():
    known = references()
    assert in_text(known["broder1997"]) == "Broder, 1997"
    assert in_text(known["bell2002"]) == "Bell & McCaffrey, 2002"
    assert in_text(known["gebru2021"]) == "Gebru et al., 2021"
