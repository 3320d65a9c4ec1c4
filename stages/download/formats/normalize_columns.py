"""The columns that are kept of a file, and their types."""

from collections.abc import Sequence

import pandas as pd
import pyarrow as pa

from stages.core.errors import ErrorList, suggest
from stages.download.params.file_params import Files


def choose_columns(found: Sequence[str], params: Files) -> list[str]:
    """The columns to read, in the requested order, after a check that each occurs exactly once."""
    columns = list(found) if params.columns is None else params.columns
    errors = ErrorList()
    for name in dict.fromkeys([*columns, *params.required_columns]):
        count = found.count(name)
        errors.check(count > 0, f"no column {name!r}; {suggest(name, found)}")
        errors.check(count < 2, f"column {name!r} occurs {count} times; rename all but one")
    errors.raise_if_any()
    return columns


def plain_frame(table: pa.Table, class_columns: Sequence[str]) -> pd.DataFrame:
    """Columns of numbers, text, truth values and times. Columns of classes are text, also if they look like numbers."""
    errors = ErrorList()
    for field in table.schema:
        nested = pa.types.is_nested(field.type) or pa.types.is_binary(field.type)
        errors.check(not nested, f"column {field.name!r} holds {field.type}; leave it out of `columns`")
    errors.raise_if_any()
    types = [(f.name, pa.string() if f.name in class_columns else _plain_type(f.type)) for f in table.schema]
    return table.replace_schema_metadata(None).cast(pa.schema(types)).to_pandas()


def _plain_type(arrow_type: pa.DataType) -> pa.DataType:
    if pa.types.is_dictionary(arrow_type):
        return _plain_type(arrow_type.value_type)
    if pa.types.is_null(arrow_type) or pa.types.is_decimal(arrow_type):
        return pa.float64()
    return pa.timestamp("us") if pa.types.is_date(arrow_type) else arrow_type
