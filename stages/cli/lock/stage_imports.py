"""Who imports whom, read from the code without running it."""

import ast
from functools import cache
from pathlib import Path

import stages

ROOT = Path(stages.__file__).parents[1]


@cache
def named_by(module: str) -> frozenset[str]:
    """Whatever a module of ours imports, wherever in its code."""
    named: set[str] = set()
    for node in ast.walk(ast.parse(file_of(module).read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            named |= {alias.name for alias in node.names}
        if isinstance(node, ast.ImportFrom) and node.module:
            named |= {node.module} | {f"{node.module}.{alias.name}" for alias in node.names}
    return frozenset(named)


def imported_by(module: str) -> frozenset[str]:
    """Modules of ours among them."""
    return frozenset(name for name in named_by(module) if name.split(".")[0] == "stages" and exists(name))


def entry(module: str) -> str:
    """What `python3 -m` runs.

    >>> entry("stages.train"), entry("stages.report.suite_summary")
    ('stages.train.__main__', 'stages.report.suite_summary')
    """
    return f"{module}.__main__" if package(module).is_file() else module


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
