"""Imports go down only, and each heavy package has one importer."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[2] / "src" / "geostance"

LAYERS = [
    {"errors"},
    {"optional"},
    {"settings", "strict_yaml"},
    {
        *("bootstrap", "compute", "config", "digests", "log", "files", "proportions", "schema"),
        *("responses", "service", "sheets", "workers"),
    },
    {"ingest", "clean", "sentences", "targets", "encoders", "groups"},
    {"coding"},
    {"topics", "stance", "validate", "description"},
    {"publish"},
    {"published", "train", "fingerprints", "reproduction", "stages"},
    {"lab"},
    {"cli"},
    {"__main__", "__init__"},
]
# Within a layer these stand side by side with a reason: files checks what it writes, answers are
# written as files are, and both say in the log what the user waits for. Dask is loaded when used.
SIDEWAYS = {
    *(("files", "schema"), ("responses", "files"), ("responses", "log"), ("service", "log")),
    *(("compute", "workers"), ("workers", "log")),
}
HEAVY = {
    "bertopic": {"topics"},
    "umap": {"topics"},
    "hdbscan": {"topics"},
    "gensim": {"topics"},
    "matplotlib": {"publish"},
    "torch": {"train", "encoders", "stance"},
    "sentence_transformers": {"encoders", "train"},
    "model2vec": {"encoders"},
    "py3langid": {"clean"},
    "trafilatura": {"ingest"},
    "sentencex": {"sentences"},
    "httpx": {"service"},
    "ipywidgets": {"lab"},
    "anywidget": {"lab"},
    "xlsxwriter": {"coding"},
    "dask": {"workers"},
    "distributed": {"workers"},
    "dask_jobqueue": {"workers"},
}


def modules():
    for path in sorted(PACKAGE.rglob("*.py")):
        yield path.relative_to(PACKAGE), ast.parse(path.read_text(encoding="utf-8"))


def unit(path: Path) -> str:
    """Return the module or package of a file, one below geostance."""
    return path.parts[0].removesuffix(".py")


def imports(tree, *, top_level=False):
    nodes = tree.body if top_level else ast.walk(tree)
    for node in nodes:
        if isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
        elif isinstance(node, ast.Import):
            yield from (name.name for name in node.names)


def layer(name: str) -> int:
    return next(n for n, names in enumerate(LAYERS) if name in names)


def test_every_module_has_its_layer():
    known = set().union(*LAYERS)
    assert {unit(path) for path, _ in modules()} <= known


def test_imports_go_down_only():
    upward = [
        f"{path}: {imported}"
        for path, tree in modules()
        for imported in imports(tree)
        if imported.startswith("geostance.")
        for own, other in [(unit(path), imported.split(".")[1])]
        if own != other and own not in {"__init__"}
        if layer(other) > layer(own)
        or (layer(other) == layer(own) and (own, other) not in SIDEWAYS)
    ]
    assert upward == []


@pytest.mark.parametrize("package", sorted(HEAVY))
def test_each_heavy_package_has_one_importer(package):
    importers = {
        unit(path)
        for path, tree in modules()
        for imported in imports(tree)
        if imported.split(".")[0] == package
    }
    assert importers <= HEAVY[package]


def test_the_command_line_loads_no_heavy_package():
    """Help and fingerprints stay quick only while these wait until they are used."""
    code = "import sys, geostance.cli, geostance.fingerprints; print(*sys.modules)"
    loaded = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    ).stdout.split()
    assert not set(HEAVY) & set(loaded)
    assert not {"sklearn", "scipy", "numba", "pandas", "lxml"} & set(loaded)


def test_nothing_is_pickled():
    found = [
        str(path)
        for path, tree in modules()
        for imported in imports(tree)
        if imported.split(".")[0] in {"pickle", "joblib", "dill", "cloudpickle", "shelve"}
    ]
    assert found == []


# What would run code or load a pickle, and the one keyword that makes it safe.
DANGEROUS = {
    "np.load": ("allow_pickle", "False"),
    "numpy.load": ("allow_pickle", "False"),
    "np.save": ("allow_pickle", "False"),
    "torch.load": ("weights_only", "True"),
    "yaml.load": ("Loader", "_StrictLoader"),
    "yaml.dump": ("Dumper", "_StrictDumper"),
    "from_pretrained": ("trust_remote_code", "False"),
    "SentenceTransformer": ("trust_remote_code", "False"),
    **dict.fromkeys(("eval", "exec", "os.system", "os.popen", "pickle.loads", "torch.save")),
}
# model2vec's own reader takes safetensors and JSON only, and has no such keyword.
SAFE_READERS = {"StaticModel.from_pretrained"}


def called(node):
    """Return the dotted name that a call has in its module, and its last part."""
    whole = ast.unparse(node.func)
    return whole, whole.rsplit(".", 1)[-1]


def test_nothing_is_loaded_that_could_run_code():
    found = []
    for path, tree in modules():
        for node in ast.walk(tree):
            if not isinstance(node, ast.Call):
                continue
            whole, last = called(node)
            # A method called eval, of a network or of a list of Polars, is no builtin.
            known = whole if whole in DANGEROUS or last in ("eval", "exec") else last
            if known not in DANGEROUS or whole in SAFE_READERS:
                continue
            safe = DANGEROUS[known]
            given = {word.arg: ast.unparse(word.value) for word in node.keywords}
            if safe is None or given.get(safe[0]) != safe[1]:
                found.append(f"{path}:{node.lineno} {whole}")
    assert found == []


def test_tables_for_people_go_through_one_helper():
    """A cell of a CSV that begins with = would be computed by whoever opens it."""
    found = [
        f"{path}:{node.lineno}"
        for path, tree in modules()
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and called(node)[1] in {"write_csv", "to_csv", "write_excel", "to_excel", "writerow"}
        and "without_formulas(" not in ast.unparse(node.func)
    ]
    assert found == []


def test_only_the_stages_and_files_write():
    """Layers 2 to 4 take and return values; a write outside files or stages would not be atomic."""
    writers = {"write_text", "write_bytes", "write_parquet", "write_csv", "to_csv", "savez"}
    found = [
        f"{path}:{node.lineno}"
        for path, tree in modules()
        # Sheets are text, which the stages write.
        if unit(path) not in {"files", "sheets", "stages", "train"}
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in writers
        # Without an argument these give text back instead of writing it.
        and (node.args or node.keywords)
    ]
    assert found == []
