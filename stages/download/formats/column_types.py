"""Which columns of a file are kept, and in which plain types."""

from collections.abc import Sequence

import pandas as pd
import pyarrow as pa

from stages.core.errors import ErrorList, suggest
from stages.download.params import Files


def chosen(found: Sequence[str], params: Files) -> list[str]:
    """The columns to read, in the order asked for; each of them is there exactly once."""
    kept = list(found) if params.columns is None else params.columns
    errors = ErrorList()
    for name in dict.fromkeys([*kept, *params.mentioned]):
        times = found.count(name)
        errors.check(times > 0, f"no column {name!r}; {suggest(name, found)}")
        errors.check(times < 2, f"column {name!r} is there {times} times; rename all but one")
    errors.raise_if_any()
    return kept


def plain_frame(table: pa.Table, classes: Sequence[str]) -> pd.DataFrame:
    """Numbers, text, truth values and times; the names of classes are text however they are written."""
    errors = ErrorList()
    for field in table.schema:
        nested = pa.types.is_nested(field.type) or pa.types.is_binary(field.type)
        errors.check(not nested, f"column {field.name!r} holds {field.type}; leave it out of `columns`")
    errors.raise_if_any()
    types = [(f.name, pa.string() if f.name in classes else _plain(f.type)) for f in table.schema]
    return table.replace_schema_metadata(None).cast(pa.schema(types)).to_pandas()


def _plain(kind: pa.DataType) -> pa.DataType:
    if pa.types.is_dictionary(kind):
        return _plain(kind.value_type)
    if pa.types.is_null(kind) or pa.types.is_decimal(kind):
        return pa.float64()
    return pa.timestamp("us") if pa.types.is_date(kind) else kind
