"""Read the columns that a table is split by."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from numpy.typing import NDArray

from stages.core.artefacts.raw.raw_data import RawData, Table
from stages.core.columns.column_params import DateParams
from stages.core.errors import ErrorList, UserError, suggest
from stages.preprocess.params import Preprocess
from stages.preprocess.split.by_time import read_order_values
from stages.preprocess.split.row_keys import RowKeys, read_row_keys

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class SplitColumns:
    """What rows are split by, for the rows of all raw splits: values to order them by, their groups, their keys."""

    order_values: NDArray[Any] | None = None
    groups: RowKeys | None = None
    keys: RowKeys | None = None


def read_split_columns(raw: RawData, params: Preprocess) -> SplitColumns:
    """Raises a UserError with all columns that do not exist or that have rows without a usable value."""
    split, group = params.split, params.group
    if not isinstance(raw, Table):
        for setting, given in (("split.by", split.by), ("split.key", split.key), ("columns", params.columns)):
            if given:
                raise UserError(f"preprocess.{setting}: for tables only; take it out")
        return SplitColumns()
    check_split_columns(raw, params)
    errors = ErrorList()
    order_values, groups, keys = None, None, None
    with errors.collect():
        order_values = _order_values(raw, params) if split.by else None
    with errors.collect():
        groups = _keys(raw, [group], "preprocess.columns") if group else None
    with errors.collect():
        keys = _keys(raw, split.keys, "preprocess.split.key") if split.keys else None
    errors.raise_if_any()
    return SplitColumns(order_values, groups, keys)


def check_split_columns(table: Table, params: Preprocess) -> None:
    """Raise a UserError with all columns that do not exist."""
    split, errors = params.split, ErrorList()
    for setting, names in (("by", [split.by] if split.by else []), ("key", split.keys)):
        for name in names:
            hint = suggest(name, table.columns)
            errors.check(name in table.columns, f"preprocess.split.{setting}: no column {name!r}; {hint}")
    errors.raise_if_any()


def time_format(params: Preprocess) -> str | None:
    """Texts of dates to order by are in the format of their column."""
    kind = params.columns.get(str(params.split.by))
    return kind.format if isinstance(kind, DateParams) else None


def _order_values(raw: Table, params: Preprocess) -> NDArray[Any]:
    name = str(params.split.by)
    return read_order_values(_column(raw, name), name, time_format(params), name in raw.private)


def _keys(raw: Table, names: list[str], setting: str) -> RowKeys:
    return read_row_keys({name: _column(raw, name) for name in names}, setting, not set(names).isdisjoint(raw.private))


def _column(raw: Table, name: str) -> "pd.Series":
    """A column over the rows of all raw splits."""
    import pandas as pd

    parts = [frame[name] for frame in raw.frames.values()]
    return parts[0] if len(parts) == 1 else pd.concat(parts, ignore_index=True)
