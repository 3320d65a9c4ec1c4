"""The same bytes read by download and read as new rows."""

import io
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from stages.core.artefacts.raw.column_values import column_values
from stages.core.artefacts.raw.raw_files import TableMeta
from stages.download.finish_table import finish_frame
from stages.download.params.file_params import File
from stages.download.params.format_params import TableFormat
from stages.inference.input_schema import InputColumn, InputSchema
from stages.inference.read.formats.file_formats import FileFormat
from stages.inference.read.read_rows import read_rows
from stages.inference.read.row_block import RowBlock, concatenate_blocks
from stages.inference.schema.column_types import ColumnUse, column_type
from stages.inference.schema.source_options import source_options
from tests.download.sample_files import ZERO_HASH, read_frame


def download_params(table_format: Mapping[str, Any], **options: Any) -> dict[str, Any]:
    return {
        "source": "file",
        "files": {"all": {"path": "x", "sha256": ZERO_HASH}},
        "format": dict(table_format),
        **options,
    }


def downloaded(content: bytes, params: dict[str, Any]) -> pd.DataFrame:
    """The raw frame that download makes of the file."""
    options = File.model_validate(params)
    assert isinstance(options.format, TableFormat)
    return finish_frame(read_frame(content, options.format, options), options).frame


def schema_of_frame(frame: pd.DataFrame, params: dict[str, Any]) -> InputSchema:
    """A schema in which the model needs every column."""
    options = source_options(params)
    columns = []
    for name, dtype in frame.dtypes.items():
        has_truths = str(dtype) == "object" and set(frame[name].dropna()) <= {True, False}
        raw_type = "bool" if has_truths else str(dtype)
        columns.append(
            InputColumn(
                name=str(name),
                type=column_type(raw_type, ColumnUse()),
                whole="int" in raw_type,
                single_precision=raw_type == "float32",
                source_name=options.source_names.get(str(name)),
                optional=str(name) in options.optional,
            )
        )
    time = params.get("time")
    renamed = params.get("rename", {})
    return InputSchema(
        key="key",
        kind="series" if time else "table",
        columns=columns,
        notation=options.notation,
        json_notation=options.json_notation,
        time=renamed.get(time, time),
        time_format=options.time_format,
    )


def read_again(
    content: bytes | Path, schema: InputSchema, file_format: FileFormat | None = None, **options: Any
) -> RowBlock:
    source = content if isinstance(content, Path) else io.BytesIO(content)
    return concatenate_blocks(read_rows(source, schema, file_format, **options))


def assert_same_values(block: RowBlock, frame: pd.DataFrame) -> int:
    """Every value is the one that preprocess gets of the raw frame. Returns the number of values."""
    assert not block.problems, block.problems[:3]
    assert list(block.numbers) == list(range(1, len(frame) + 1))
    for name in frame:
        expected, found = column_values(frame[name]), np.asarray(block.rows.columns[str(name)])
        assert_same_column(found, expected, str(name))
    return frame.size


def assert_same_column(found: NDArray[Any], expected: NDArray[Any], name: str) -> None:
    assert found.dtype == expected.dtype, (name, found.dtype, expected.dtype)
    if expected.dtype == object:
        assert found.tolist() == expected.tolist(), name
    else:
        assert found.tobytes() == expected.tobytes(), name


def meta_of_frame(frame: pd.DataFrame, **options: Any) -> TableMeta:
    columns = {str(name): str(dtype) for name, dtype in frame.dtypes.items()}
    common = {"source": {}, "splits": [("all", len(frame))], "files": {}}
    return TableMeta(kind="table", columns=columns, classes={}, time=None, **common, **options)
