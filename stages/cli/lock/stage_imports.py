"""The modules and libraries that a stage imports, read from the code without running it."""

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import stages
from stages.core.errors import UserError

if TYPE_CHECKING:
    from grimp import ImportGraph

ROOT = Path(stages.__file__).parents[1]
PACKAGE = stages.__name__


@cache
def import_graph() -> "ImportGraph":
    """Libraries are in the graph by their top-level name, without what they import themselves."""
    try:
        import grimp
    except ModuleNotFoundError:
        raise UserError("grimp is not installed, and imports are read with it; run `make setup`") from None
    return grimp.build_graph(PACKAGE, include_external_packages=True, cache_dir=None)


def imported_modules(module: str) -> set[str]:
    """The modules of stages/ that `python3 -m module` loads: direct and indirect imports, and their packages."""
    graph, found = import_graph(), set[str]()
    waiting = [entry_module(module)]
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            parent = name.rpartition(".")[0]
            waiting += [m for m in graph.find_modules_directly_imported_by(name) if _is_ours(m)]
            waiting += [parent] if parent else []
    return found


def imported_libraries(module: str) -> set[str]:
    """The top-level names, the standard library's among them, that these modules import."""
    graph = import_graph()
    imported = (graph.find_modules_directly_imported_by(ours) for ours in imported_modules(module))
    return {name for names in imported for name in names if not _is_ours(name)}


def entry_module(module: str) -> str:
    """What `python3 -m module` runs.

    >>> entry_module("stages.train"), entry_module("stages.report.summary_stage")
    ('stages.train.__main__', 'stages.report.summary_stage')
    """
    main = f"{module}.__main__"
    return main if main in import_graph().modules else module


def module_file(module: str) -> Path:
    path = ROOT.joinpath(*module.split("."))
    return path / "__init__.py" if path.is_dir() else path.with_suffix(".py")


def _is_ours(module: str) -> bool:
    return module.partition(".")[0] == PACKAGE
