"""Checks the files that predictions are written to."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from stages.core.errors import ErrorList


def check_outputs(source: Any, outputs: Iterable[Path | None]) -> None:
    """Raise UserError if an output is the input itself, which would be lost. None and streams are no files."""
    errors = ErrorList()
    for output in outputs:
        if output is not None and isinstance(source, Path) and output.resolve() == source.resolve():
            errors.add(f"{output}: is the input, and would be replaced; name another output with -o")
    errors.raise_if_any()
