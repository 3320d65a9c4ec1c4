"""Who imports whom, read from the code without running it."""

import ast
from functools import cache
from pathlib import Path

from tests.repository.dvc_file import ROOT


@cache
def imported_by(module: str) -> frozenset[str]:
    """Modules of ours that this one names, wherever in its code."""
    file = file_of(module)
    tree = ast.parse(file.read_text(encoding="utf-8"))
    named: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            named |= {alias.name for alias in node.names}
        if isinstance(node, ast.ImportFrom) and node.module:
            named |= {node.module} | {f"{node.module}.{alias.name}" for alias in node.names}
    return frozenset(n for n in named if n.split(".")[0] == "stages" and exists(n))


def closure(module: str) -> set[str]:
    """The module, what it imports, what that imports, and the packages they lie in."""
    found: set[str] = set()
    waiting = [module]
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            waiting += imported_by(name) | ({name.rpartition(".")[0]} - {""})
    return found


def exists(module: str) -> bool:
    return package(module).is_file() or plain(module).is_file()


def file_of(module: str) -> Path:
    return package(module) if package(module).is_file() else plain(module)


def package(module: str) -> Path:
    return ROOT / module.replace(".", "/") / "__init__.py"


def plain(module: str) -> Path:
    return ROOT / f"{module.replace('.', '/')}.py"
