"""The columns that are kept of a file."""

from collections import Counter
from collections.abc import Sequence

from stages.core.errors import ErrorList, suggest
from stages.download.params.file_params import TableOptions


def choose_columns(found: Sequence[str], params: TableOptions) -> list[str]:
    """The columns to read, in the requested order, after a check that each occurs exactly once."""
    columns = list(found) if params.columns is None else params.columns
    errors, counts = ErrorList(), Counter(found)
    for name in dict.fromkeys([*columns, *params.required_columns]):
        if name not in counts:  # a suggestion takes a while, and tables may have thousands of columns
            errors.add(f"no column {name!r}; {suggest(name, found)}")
        errors.check(counts[name] < 2, f"column {name!r} occurs {counts[name]} times; rename all but one")
    errors.raise_if_any()
    return columns
