"""The modules of stages/ that code imports, read from the code without running it.

Imports inside functions count: what a command needs is imported when it runs. Imports for type checkers do not.
"""

import ast
from collections.abc import Iterable, Iterator
from pathlib import Path

import stages

PACKAGE = stages.__name__
ROOT = Path(stages.__file__).parents[1]


def needed_modules(entries: Iterable[str], left_out: Iterable[str] = ()) -> list[str]:
    """These modules, all that they import directly and indirectly, and their packages, sorted.

    `left_out` are packages that are not followed.
    """
    ignored, found, waiting = tuple(left_out), set[str](), list(entries)
    while waiting:
        name = waiting.pop()
        if name not in found and not _is_below(name, ignored):
            found.add(name)
            parent = name.rpartition(".")[0]
            waiting += [parent] if parent else []
            waiting += [module for module in imported_names(name) if module_file(module) is not None]
    return sorted(found)


def imported_libraries(modules: Iterable[str]) -> set[str]:
    """The top-level names that these modules import from elsewhere, the standard library's among them."""
    names = {name.partition(".")[0] for module in modules for name in imported_names(module)}
    return names - {PACKAGE}


def imported_names(module: str) -> list[str]:
    """The modules that a module imports; of `from a import b` both `a` and `a.b`, which may be no module."""
    file = module_file(module)
    assert file is not None, f"{module}: no such module"
    return list(_imports(ast.parse(file.read_text(encoding="utf-8"))))


def module_file(module: str) -> Path | None:
    """None if there is no such module in this repository."""
    if module.partition(".")[0] != PACKAGE:
        return None
    path = ROOT.joinpath(*module.split("."))
    file = path / "__init__.py" if path.is_dir() else path.with_suffix(".py")
    return file if file.is_file() else None


def _imports(node: ast.AST) -> Iterator[str]:
    match node:
        case ast.Import(names=names):
            yield from (alias.name for alias in names)
        case ast.ImportFrom(module=str(module), names=names):
            yield module
            yield from (f"{module}.{alias.name}" for alias in names)
        case ast.If(test=ast.Name(id="TYPE_CHECKING"), orelse=orelse):
            for statement in orelse:
                yield from _imports(statement)
        case _:
            for child in ast.iter_child_nodes(node):
                yield from _imports(child)


def _is_below(module: str, packages: tuple[str, ...]) -> bool:
    return any(module == package or module.startswith(f"{package}.") for package in packages)
