"""From the body of a request to blocks of rows."""

import base64
import binascii
import io
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Protocol
from urllib.parse import parse_qsl

from stages.core.errors import UserError
from stages.inference.input_schema import InputColumn, InputSchema
from stages.inference.predictor import Predictions
from stages.inference.read.row_block import RowBlock
from stages.inference.serve.options import ServeOptions
from stages.inference.serve.requests.content_types import BodyFormat
from stages.inference.serve.requests.errors import RequestError
from stages.inference.serve.requests.parse_json import parse_json

Records = Sequence[Mapping[str, Any]]

# As a browser writes the value of <input type="number">, whatever notation the data have.
HTML_NUMBER = re.compile(r"-?[0-9]+(\.[0-9]+)?([eE][-+]?[0-9]+)?")
KINDS = {bool: "a truth value", int: "a number", float: "a number", str: "a text", list: "an array", type(None): "null"}
ROWS = "rows"
MAX_FIELDS = 10_000


class RowFormats(Protocol):
    """How rows are read, by the schema of the model, and predictions written."""

    def rows_from_records(self, records: Records, schema: InputSchema) -> RowBlock: ...

    def rows_from_csv(self, content: io.BytesIO, schema: InputSchema) -> Iterable[RowBlock]: ...

    def prediction_records(self, block: RowBlock, predictions: Predictions) -> list[dict[str, Any]]: ...

    def prediction_csv(self, parts: Sequence[tuple[RowBlock, Predictions]]) -> str: ...


def read_blocks(
    body: bytes, body_format: BodyFormat, schema: InputSchema, options: ServeOptions, formats: RowFormats
) -> list[RowBlock]:
    """Raises RequestError for a body that has no rows, or too many."""
    try:
        blocks = list(_blocks(body, body_format, schema, options, formats))
    except UserError as error:
        raise RequestError(422, *error.messages) from None
    if not any(len(block.rows) or block.problems for block in blocks):
        raise RequestError(422, "there is no row")
    return blocks


def _blocks(
    body: bytes, body_format: BodyFormat, schema: InputSchema, options: ServeOptions, formats: RowFormats
) -> Iterator[RowBlock]:
    match body_format:
        case "csv":
            yield from _csv_blocks(body, schema, options, formats)
        case "json":
            records = json_records(parse_json(body), schema)
            _check_count(len(records), options)
            yield formats.rows_from_records(decode_pictures(records, schema), schema)
        case "form":
            yield from form_blocks(form_fields(body), schema, options, formats)
        case "picture":
            yield formats.rows_from_records([{schema.names[0]: body}], schema)


def _csv_blocks(body: bytes, schema: InputSchema, options: ServeOptions, formats: RowFormats) -> Iterator[RowBlock]:
    if pictures := picture_columns(schema):
        raise RequestError(415, f"a CSV file has no pictures; send JSON, with {', '.join(pictures)} as base64")
    count = 0
    for block in formats.rows_from_csv(io.BytesIO(body), schema):
        count += len(block.rows) + len({problem.row for problem in block.problems})
        _check_count(count, options)
        yield block


def _check_count(count: int, options: ServeOptions) -> None:
    if count > options.rows:
        raise RequestError(413, f"there are more than {options.rows:,} rows; send them in several requests")


def json_records(value: Any, schema: InputSchema) -> list[dict[str, Any]]:
    """The rows: one object, an array of objects, or an object with them as `rows`."""
    if isinstance(value, dict) and list(value) == [ROWS] and ROWS not in schema.names:
        value = value[ROWS]
        if not isinstance(value, list):
            raise RequestError(400, f"{ROWS}: should be an array of objects; received {_kind(value)}")
    rows = value if isinstance(value, list) else [value]
    for number, row in enumerate(rows, start=1):
        if not isinstance(row, dict):
            place = f"row {number}" if isinstance(value, list) else "the JSON"
            raise RequestError(400, f"{place}: should be an object with the columns as keys; received {_kind(row)}")
    return rows


def _kind(value: Any) -> str:
    return KINDS.get(type(value), "an object")


def picture_columns(schema: InputSchema) -> list[str]:
    return [column.name for column in schema.columns if column.type == "picture"]


def decode_pictures(records: Records, schema: InputSchema) -> Records:
    """The records with the bytes of each picture. A text is never a path: nothing of this machine is read."""
    names = picture_columns(schema)
    if not names:
        return records
    return [
        {**record, **{name: _picture(record[name], name, number) for name in names if record.get(name) is not None}}
        for number, record in enumerate(records, start=1)
    ]


def _picture(value: Any, name: str, row: int) -> bytes:
    if not isinstance(value, str):
        raise RequestError(422, f"row {row}: {name}: a picture is a text in base64; received {_kind(value)}")
    text = value.partition(",")[2] if value.startswith("data:") else value
    try:
        # A form sends the alphabet that is safe in addresses.
        return base64.b64decode(text.translate(str.maketrans("-_", "+/")), validate=True)
    except (binascii.Error, ValueError):
        raise RequestError(422, f"row {row}: {name}: the picture is not base64") from None


def form_fields(body: bytes) -> dict[str, str]:
    """The fields of a form. Raises RequestError unless it is the form of a page in UTF-8."""
    try:
        pairs = parse_qsl(
            body.decode("ascii"),
            keep_blank_values=True,
            strict_parsing=True,
            errors="strict",
            max_num_fields=MAX_FIELDS,
        )
    except ValueError:
        raise RequestError(
            400, "the body is not the form of a page; for JSON, send Content-Type: application/json"
        ) from None
    fields = dict(pairs)
    if len(fields) < len(pairs):
        raise RequestError(400, "the form has a field twice")
    return fields


def form_blocks(
    fields: Mapping[str, str], schema: InputSchema, options: ServeOptions, formats: RowFormats
) -> Iterator[RowBlock]:
    """One row, or the rows of a series, which are in one field as CSV."""
    if schema.kind == "series":
        if list(fields) != [ROWS]:
            raise RequestError(422, f"the form of a series has one field, {ROWS}, with the rows as CSV")
        yield from _csv_blocks(fields[ROWS].encode(), pasted_notation(fields[ROWS], schema), options, formats)
    else:
        record = {name: text for name, text in fields.items() if text}
        columns = {column.name: column for column in schema.columns}
        known = {name: _form_value(columns[name], text) if name in columns else text for name, text in record.items()}
        yield formats.rows_from_records(decode_pictures([known], schema), schema)


def _form_value(column: InputColumn, text: str) -> Any:
    """A browser writes numbers with a decimal point; any other text is read as the data write it."""
    if column.type != "number" or not HTML_NUMBER.fullmatch(text):
        return text
    return int(text) if text.lstrip("-").isdigit() else float(text)


def pasted_notation(text: str, schema: InputSchema) -> InputSchema:
    """Rows from a spreadsheet have tabs between the values. They come as UTF-8, whatever the file of the data has."""
    header = text.lstrip().partition("\n")[0]
    separator = "\t" if "\t" in header and schema.notation.separator not in header else schema.notation.separator
    notation = schema.notation.model_copy(update={"separator": separator, "encoding": "utf-8"})
    return schema.model_copy(update={"notation": notation})
