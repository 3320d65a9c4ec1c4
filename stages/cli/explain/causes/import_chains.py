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


def import_chain(command: str, file: str) -> tuple[str, ...] | None:
    """The shortest chain, from the module that the stage's command runs to the file; None if there is none.

    Raises UserError if grimp, which reads the imports, is not installed.
    """
    imported, run = module_name(file), run_module(command)
    if imported is None or run is None:
        return None
    importers, chain = _importers(entry_module(run)), [imported]
    if imported not in importers:
        return None
    while (importer := importers[chain[-1]]) is not None:
        chain.append(importer)
    return tuple(reversed(chain))


@cache
def _importers(entry: str) -> dict[str, str | None]:
    """Of each module that is reached from the entry, one that imports it; modules nearer to the entry come first.

    Grimp's own search returns now one, now another of several chains of the same length.
    """
    graph, found, waiting = import_graph(), dict[str, str | None]({entry: None}), [entry]
    for importer in waiting:
        modules = graph.find_modules_directly_imported_by(importer) if importer in graph.modules else ()
        new = sorted(module for module in modules if module not in found)
        found |= dict.fromkeys(new, importer)
        waiting += new
    return found


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
