"""What a stage's result follows from in our own code: digests without comments and docstrings.

A module counts whole, with those it imports. The configuration counts by what is taken from it,
so that a new option of one section leaves the stages of the others alone.
"""

import ast
import hashlib
import json
import sys
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

PACKAGE = Path(__file__).parent
STAGE_FILES = PACKAGE / "stages"

# Modules that count by the definitions taken from them, with those these rest on.
_PIECEWISE = ("geostance.config", "geostance.settings.")
# Where the stages keep what several of them use.
_SHARED = ("geostance.stages.",)


def code_digest(modules: Iterable[str]) -> str:
    """Return the digest of modules and of those of ours they import.

    A name is that of a module, or of a definition in one that counts piecewise.
    """
    seen: dict[str, str] = {}
    waiting = list(modules)
    while waiting:
        module = waiting.pop()
        if module in seen:
            continue
        owner, _, name = module.rpartition(".")
        if owner.startswith(_PIECEWISE):
            piece = _pieces(_path(owner)).get(name)
            if piece is not None:
                seen[module] = piece.code
                waiting += [*piece.imports, *(f"{owner}.{other}" for other in piece.names)]
        elif (path := _path(module)) is not None:
            seen[module], imports = _parse(path)
            waiting += imports
    return digest(sorted(seen.items()))


def stage_code(name: str) -> tuple[str, tuple[str, ...]]:
    """Return the digest of a stage's function and its helpers beside it, and what they import."""
    for path in sorted(STAGE_FILES.glob("*.py")):
        functions = _functions(path)
        if (function := name.replace("-", "_")) in functions:
            used = [function]
            for one in used:
                # The list grows while it is read: a helper may call a helper.
                used += sorted((functions[one].helpers & functions.keys()) - set(used))
            parts = [functions[one] for one in used]
            return digest([p.code for p in parts]), tuple(m for p in parts for m in p.imports)
    raise KeyError(name)


def digest(value: Any) -> str:
    """Return the SHA-256 of a JSON value."""
    # Escaped, because a file name need not be text that UTF-8 can write.
    return hashlib.sha256(json.dumps(value).encode()).hexdigest()


def _path(module: str) -> Path | None:
    base = PACKAGE.joinpath(*module.split(".")[1:])
    return next(
        (path for path in (base.with_suffix(".py"), base / "__init__.py") if path.is_file()), None
    )


# What was found in a source, by the digest of its text: parsing takes most of the time.
_found: dict[str, Any] = {}
_used: dict[str, Any] = {}


def remember(found: dict[str, Any]) -> None:
    """Take over what :func:`remembered` returned in an earlier run."""
    _found.update(found)


def remembered() -> dict[str, Any]:
    """Return what was found in the sources that were read, as a JSON object."""
    return dict(_used)


def _looked_up(path: Path, read: Callable[[str], Any]) -> Any:
    """Return what ``read`` finds in a source, a JSON value, without parsing it a second time."""
    source = path.read_text(encoding="utf-8")
    # The same source says something else to another Python, or to another version of this module.
    key = digest([read.__name__, source, list(sys.version_info), _own_source()])
    if key not in _used:
        _used[key] = _found[key] if key in _found else read(source)
    return _used[key]


@cache
def _own_source() -> str:
    return Path(__file__).read_text(encoding="utf-8")


@dataclass(frozen=True)
class _Piece:
    """A name defined at the top of a module: its statements, the names they use, imports.

    Of the imports at the top of the module only those of other pieces count.
    """

    code: str
    names: frozenset[str]
    imports: tuple[str, ...]


@cache
def _pieces(path: Path) -> dict[str, _Piece]:
    return {
        name: _Piece(code, frozenset(names), tuple(imports))
        for name, (code, names, imports) in _looked_up(path, _read_pieces).items()
    }


def _read_pieces(source: str) -> dict[str, tuple[str, list[str], list[str]]]:
    body = ast.parse(source).body
    others = _imported(body, _PIECEWISE)
    made: dict[str, list[ast.stmt]] = {}
    for node in body:
        for name in _defined(node):
            made.setdefault(name, []).append(node)
    for node in body:
        # What only acts (adds a constructor to a loader) belongs to every name it speaks of.
        if not _defined(node) and not isinstance(node, ast.Import | ast.ImportFrom):
            for name in _named(node) & made.keys():
                made[name].append(node)
    return {
        name: (
            digest([_bare(node) for node in nodes]),
            sorted((used := frozenset().union(*map(_named, nodes))) & made.keys() - {name}),
            [
                *(imported for node in nodes for imported in _imports(node)),
                *(others[other] for other in sorted(used & others.keys())),
            ],
        )
        for name, nodes in made.items()
    }


def _defined(node: ast.stmt) -> list[str]:
    match node:
        case ast.FunctionDef(name=name) | ast.ClassDef(name=name):
            return [name]
        case ast.Assign(targets=targets):
            return [target.id for target in targets if isinstance(target, ast.Name)]
        case ast.AnnAssign(target=ast.Name(id=name)):
            return [name]
    return []


def _named(node: ast.AST) -> frozenset[str]:
    return frozenset(part.id for part in ast.walk(node) if isinstance(part, ast.Name))


@dataclass(frozen=True)
class _Function:
    code: str
    imports: tuple[str, ...]
    helpers: frozenset[str]


@cache
def _functions(path: Path) -> dict[str, _Function]:
    return {
        name: _Function(code, tuple(imports), frozenset(helpers))
        for name, (code, imports, helpers) in _looked_up(path, _read_functions).items()
    }


def _read_functions(source: str) -> dict[str, tuple[str, list[str], list[str]]]:
    body = ast.parse(source).body
    # What the stages share counts, unlike files and log, which leave the results as they are.
    shared = {name: whole.rpartition(".")[0] for name, whole in _imported(body, _SHARED).items()}
    return {
        node.name: (
            digest(_bare(node)),
            [*_imports(node), *(shared[name] for name in sorted(_named(node) & shared.keys()))],
            sorted(name for name in _named(node) if name.startswith("_")),
        )
        for node in body
        if isinstance(node, ast.FunctionDef)
    }


def _imported(body: list[ast.stmt], modules: tuple[str, ...]) -> dict[str, str]:
    """Return the names that ``body`` imports from modules with these beginnings, whole."""
    return {
        name.asname or name.name: f"{node.module}.{name.name}"
        for node in body
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith(modules)
        for name in node.names
    }


@cache
def _parse(path: Path) -> tuple[str, tuple[str, ...]]:
    code, imports = _looked_up(path, _read_module)
    return code, tuple(imports)


def _read_module(source: str) -> tuple[str, list[str]]:
    tree = ast.parse(source)
    return digest(_bare(tree)), list(_imports(tree))


def _imports(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("geostance"):
            if not str(node.module).startswith(_PIECEWISE):
                yield str(node.module)
            # "from geostance.clean import blocks" may name a module as well as a value.
            yield from (f"{node.module}.{name.name}" for name in node.names)
        elif isinstance(node, ast.Import):
            yield from (name.name for name in node.names if name.name.startswith("geostance"))


def _bare(tree: ast.AST) -> str:
    for node in ast.walk(tree):
        body = getattr(node, "body", None)
        if (
            isinstance(body, list)
            and body
            and isinstance(body[0], ast.Expr)
            and isinstance(body[0].value, ast.Constant)
            and isinstance(body[0].value.value, str)
        ):
            node.body = body[1:]
    return ast.dump(tree)
