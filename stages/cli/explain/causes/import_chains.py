"""By which imports a stage reaches a module."""

from functools import cache
from pathlib import PurePosixPath

from stages.cli.lock.stage_imports import PACKAGE, entry_module, import_graph
from stages.core.errors import UserError


def module_name(file: str) -> str | None:
    """
    >>> module_name("stages/core/rounding.py"), module_name("stages/core/__init__.py"), module_name("conf/a.yaml")
    ('stages.core.rounding', 'stages.core', None)
    """
    path = PurePosixPath(file)
    if path.suffix != ".py" or path.parts[0] != PACKAGE:
        return None
    return ".".join(path.parent.parts if path.stem == "__init__" else (*path.parent.parts, path.stem))


@cache
def import_chain(command: str, file: str) -> tuple[str, ...] | None:
    """The shortest chain, from the module that the stage's command runs to the file; None if there is none.

    Raises UserError if grimp, which reads the imports, is not installed.
    """
    imported, run = module_name(file), run_module(command)
    if imported is None or run is None:
        return None
    graph, entry = import_graph(), entry_module(run)
    if imported == entry:
        return (entry,)
    if not {imported, entry} <= graph.modules:
        return None
    chain = graph.find_shortest_chain(importer=entry, imported=imported)
    return None if chain is None else tuple(chain)


def run_module(command: str) -> str | None:
    """
    >>> run_module("exec python3 -m stages.train iris"), run_module("cat a")
    ('stages.train', None)
    """
    words = command.split()
    index = words.index("-m") + 1 if "-m" in words else len(words)
    return words[index] if index < len(words) and words[index].partition(".")[0] == PACKAGE else None


def imports_are_known() -> bool:
    try:
        import_graph()
    except UserError:
        return False
    return True
