"""The types that the columns of a split have in its raw data: those of pandas for the rows of all its files."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pandas as pd
import pyarrow as pa
from pyarrow import compute

from stages.core.errors import ErrorList, format_examples
from stages.download.formats.tables.typed_rows import FoundColumn


@dataclass(frozen=True)
class RawType:
    """The type in the Parquet file, and pandas' name of it."""

    arrow: pa.DataType
    name: str


def raw_types(files: Mapping[str, Mapping[str, FoundColumn]]) -> dict[str, RawType]:
    """The type of each column of several files by their names. A column of whole numbers with gaps is floats.

    Raises UserError for columns that are, for example, numbers in one file and text in another.
    """
    errors, types = ErrorList(), {}
    for column in next(iter(files.values())):
        parts = {file: found[column] for file, found in files.items()}
        kinds = {file: _kind(part.type) for file, part in parts.items() if part.has_values}
        if len(set(kinds.values())) > 1:
            examples = format_examples(f"{kind} in {file}" for file, kind in kinds.items())
            errors.add(f"column {column!r} has {examples}; correct them, or set format.types: {{{column}: text}}")
        else:
            types[column] = raw_type(list(parts.values()))
    errors.raise_if_any()
    return types


def _kind(found: pa.DataType) -> str:
    if pa.types.is_integer(found) or pa.types.is_floating(found):
        return "numbers"
    if pa.types.is_boolean(found):
        return "truth values"
    return "times" if pa.types.is_temporal(found) else "text"


def raw_type(parts: Sequence[FoundColumn]) -> RawType:
    """The type that pandas gives to the values of all parts, which is found with an example of each."""
    series = [_example(part).to_pandas() for part in parts]
    joined = series[0] if len(series) == 1 else pd.concat(series, ignore_index=True)
    return RawType(pa.Array.from_pandas(joined).type, str(joined.dtype))


def _example(part: FoundColumn) -> pa.ChunkedArray:
    """A value if the column has any, and a gap if it has any. The values of a type are as good as each other."""
    values: list[object] = [1] * part.has_values
    if pa.types.is_string(part.type) or pa.types.is_large_string(part.type) or pa.types.is_string_view(part.type):
        typed = pa.array(["text"] * part.has_values, part.type)
    elif pa.types.is_temporal(part.type):
        typed = pa.array(values, pa.int32() if part.type.bit_width == 32 else pa.int64()).cast(part.type)
    else:
        typed = pa.array(values, pa.int64()).cast(part.type)
    return pa.chunked_array([typed, *([pa.nulls(1, part.type)] if part.has_gaps else [])])


def as_raw(values: pa.ChunkedArray, raw: RawType) -> pa.ChunkedArray:
    """The values as pandas stores them: whole numbers as floats in a column with gaps, and NaN as a gap."""
    if values.null_count == len(values):  # those of any type
        return pa.chunked_array([pa.nulls(len(values), raw.arrow)])
    converted = values.cast(raw.arrow, safe=False)
    if pa.types.is_floating(raw.arrow):
        return compute.if_else(compute.is_nan(converted), pa.scalar(None, raw.arrow), converted)
    return converted
