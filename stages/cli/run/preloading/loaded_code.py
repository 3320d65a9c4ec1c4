"""Our modules in a fork server: loaded before a stage asks for a fork, forgotten in a fork if the code has changed."""

import sys
import time
from collections.abc import Iterable
from importlib import import_module
from pathlib import Path

import stages
from stages.core.files.file_states import FileStates, file_states

PACKAGE = Path(stages.__file__).parent
_ENTRIES = (".__main__", ".summary_stage")


def load_code(modules: Iterable[str]) -> None:
    """Import modules anew, and all that they import. What a stage runs as `__main__` is left to the fork."""
    forget_code()
    for name in modules:
        import_module(name)
    for name in [name for name in sys.modules if name.startswith("stages.") and name.endswith(_ENTRIES)]:
        del sys.modules[name]


def forget_code() -> None:
    for name in [name for name in sys.modules if name.startswith("stages.")]:
        del sys.modules[name]


def use_code_on_disk(loaded: FileStates) -> None:
    """Call it in a fork; `loaded` is the state before the code was loaded.

    A stage refuses code that changed after its process began to load it. What changed before the comparison is loaded
    anew here, so for a fork this moment is that of the comparison.
    """
    now = time.time_ns()
    if file_states(PACKAGE) != loaded:
        forget_code()
    from stages.core.runtime import bootstrap

    bootstrap.PROCESS_START = now
