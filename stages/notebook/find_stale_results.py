"""Whether the results in the working tree are those of its parameters and data."""

import sys
import warnings
from pathlib import Path

from stages.core.errors import UserError
from stages.notebook.notebook_errors import StaleResultsWarning

_ROOT = Path(__file__).parents[2]
_RESTAGE = (str(_ROOT / "stages"), str(_ROOT / "restage.py"))


def describe_stale_results(key: str) -> str | None:
    """A sentence with the command that helps; None if a run would give the same results.

    The current folder must be the root of the repository.
    """
    from stages.cli.predict.last_run import check_last_run, describe_conf_changes  # imports Hydra

    try:
        entries = check_last_run(key)
    except UserError as error:
        return error.messages[0]
    changes = describe_conf_changes(key, entries)
    return None if changes is None else f"{key}: {changes}"


def warn_of_stale_results(sentence: str) -> None:
    """The place of the warning is the line outside Restage that called it."""
    warnings.warn(sentence, StaleResultsWarning, stacklevel=_level_of_caller())


def _level_of_caller() -> int:
    """How many calls the first one outside Restage is away from `warn_of_stale_results`."""
    level, frame = 1, sys._getframe(1)
    while frame.f_code.co_filename.startswith(_RESTAGE) and frame.f_back is not None:
        level, frame = level + 1, frame.f_back
    return level
