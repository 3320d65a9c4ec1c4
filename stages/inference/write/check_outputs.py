"""Checks the files that predictions are written to."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from stages.core.errors import ErrorList


def check_outputs(source: Any, outputs: Iterable[Path | None]) -> None:
    """Raise UserError if an output is the input itself or a folder, which would be lost.

    An output can be None. `source` is a file if it is a path.
    """
    errors = ErrorList()
    for output in filter(None, outputs):
        if isinstance(source, Path) and output.resolve() == source.resolve():
            errors.add(f"{output}: is the input, and would be replaced; name another output with -o")
        elif output.is_dir():
            errors.add(f"{output}: is a folder; name a file with -o")
    errors.raise_if_any()
