"""Ways by which the test, or the answer itself, gets into what a model learns from: near copies of rows and columns."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from stages.core.artefacts.raw import RawData, Table
from stages.core.errors import format_examples
from stages.validate.all_rows import Rows
from stages.validate.leakage import near_duplicates as near
from stages.validate.leakage.duplicates import Groups
from stages.validate.leakage.redundant_columns import Copy, copies
from stages.validate.params import Validate

_HOW = {"equal": "equals", "scaled": "is on another scale", "renamed": "is with other names"}


@dataclass(frozen=True)
class Leaks:
    record: dict[str, Any]
    messages: list[str]


def leaks(raw: RawData, rows: Rows, groups: Groups, params: Validate) -> Leaks:
    limit = params.offending_rows
    nearly = near.record(near.near(raw, rows, groups, params.near_duplicates), rows, limit)
    copied = copies(rows.frame) if isinstance(raw, Table) else []
    errors = []
    if nearly["across_splits"] and params.near_duplicates.across_splits == "fail":
        errors.append(near.fault(nearly))
    if copied and params.copied_columns == "fail":
        errors.append(f"copied_columns: {format_examples(map(_sentence, copied))}; leave one of each pair out")
    return Leaks({"near_duplicates": nearly, "copied_columns": _record(copied, limit)}, errors)


def _record(copied: Sequence[Copy], limit: int) -> dict[str, Any]:
    shown = [{"columns": [c.first, c.second], "how": c.how} for c in copied[:limit]]
    return {"pairs": len(copied), "examples": shown}


def _sentence(copy: Copy) -> str:
    """
    >>> _sentence(Copy("celsius", "fahrenheit", "scaled"))
    "'fahrenheit' is 'celsius' on another scale"
    """
    verb, _, rest = _HOW[copy.how].partition(" ")
    return " ".join(filter(None, [repr(copy.second), verb, repr(copy.first), rest]))
