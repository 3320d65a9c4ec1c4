"""From the body of a request to blocks of rows."""

import base64
import io
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import parse_qsl

from stages.core.errors import UserError
from stages.inference.input_schema import InputColumn, InputSchema
from stages.inference.read.build_block import BlockBuilder, RowCheck
from stages.inference.read.formats.file_formats import GZIP_SIGNATURE
from stages.inference.read.formats.records import RecordRows
from stages.inference.read.open_input import STREAM_NAME
from stages.inference.read.read_checked_rows import join_blocks
from stages.inference.read.read_rows import read_rows
from stages.inference.read.row_block import RowBlock
from stages.inference.read.values.read_numbers import MAX_DIGITS
from stages.inference.serve.open_api import is_pixels
from stages.inference.serve.options import ServeOptions
from stages.inference.serve.requests.content_types import BodyFormat
from stages.inference.serve.requests.parse_json import parse_json
from stages.inference.serve.requests.request_errors import RequestError

# As a browser writes the value of <input type="number">, whatever notation the data have.
HTML_NUMBER = re.compile(r"-?[0-9]+(\.[0-9]+)?([eE][-+]?[0-9]+)?")
KINDS = {bool: "a truth value", int: "a number", float: "a number", str: "a text", list: "an array", type(None): "null"}
ROWS = "rows"
MAX_FIELDS = 10_000
# The alphabet of base64 that is safe in a form, and the usual one.
USUAL_BASE64 = str.maketrans("-_", "+/")


class BodyRows:
    """Reads rows by the schema of a model. `check` finds what is wrong in rows whose values were read.

    With `together` all rows are one block, and are checked together.
    """

    def __init__(
        self, schema: InputSchema, options: ServeOptions, check: RowCheck | None = None, together: bool = False
    ) -> None:
        self.schema = limit_pixels(schema, options.pixels)
        self.options = options
        self._together = together
        self._check_together = check if together else None
        self._check = None if together else check
        self._builder = BlockBuilder(self.schema, schema.json_notation.missing, self._check)

    def read(self, body: bytes, body_format: BodyFormat) -> list[RowBlock]:
        """Raises RequestError for a body that has no rows, or too many."""
        try:
            blocks = list(self._blocks(body, body_format))
        except UserError as error:
            raise RequestError(422, *error.messages) from None
        return [join_blocks(blocks, self._check_together)] if self._together else blocks

    def _blocks(self, body: bytes, body_format: BodyFormat) -> Iterator[RowBlock]:
        match body_format:
            case "csv":
                yield from self._csv_blocks(body, in_utf8(self.schema))
            case "json":
                yield self._block_of_records(json_records(parse_json(body), self.schema))
            case "form":
                yield from self._form_blocks(form_fields(body))
            case "picture":
                yield self._block_of_records([{self.schema.names[0]: base64.b64encode(body).decode()}])

    def _csv_blocks(self, body: bytes, schema: InputSchema) -> Iterator[RowBlock]:
        if pictures := picture_columns(schema):
            raise RequestError(415, f"CSV has no pictures; send JSON, with {', '.join(pictures)} as base64")
        if body.startswith(GZIP_SIGNATURE):
            raise RequestError(415, "the CSV is compressed; send it as it is")
        count = 0
        try:
            for block in read_rows(io.BytesIO(body), schema, "csv", self._check):
                count += len(block) + len(block.left_out)
                self._check_count(count)
                yield block
        except UserError as error:
            raise UserError(*(text.removeprefix(f"{STREAM_NAME}: ") for text in error.messages)) from None

    def _block_of_records(self, records: Sequence[Mapping[str, Any]]) -> RowBlock:
        self._check_count(len(records))
        if not records:
            raise RequestError(422, "there is no row")
        return self._builder.build(RecordRows(self.schema).written(dict(enumerate(records, 1))))

    def _check_count(self, count: int) -> None:
        if count > self.options.rows:
            raise RequestError(413, f"there are more than {self.options.rows:,} rows; send them in several requests")

    def _form_blocks(self, fields: Mapping[str, str]) -> Iterator[RowBlock]:
        """One row, or the rows of a series, which are in one field as CSV."""
        if self.schema.kind != "series":
            yield self._block_of_records([form_record(fields, self.schema)])
            return
        if list(fields) != [ROWS]:
            raise RequestError(422, f"the form of a series has one field, {ROWS}, with the rows as CSV")
        yield from self._csv_blocks(fields[ROWS].encode(), pasted_notation(fields[ROWS], self.schema))


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


def limit_pixels(schema: InputSchema, pixels: int) -> InputSchema:
    """The schema with pictures of at most so many pixels, or of fewer if it says so."""

    def limited(column: InputColumn) -> InputColumn:
        if column.decoding is None:
            return column
        smaller = min(column.decoding.max_pixels, pixels)
        return column.model_copy(update={"decoding": column.decoding.model_copy(update={"max_pixels": smaller})})

    return schema.model_copy(update={"columns": [limited(column) for column in schema.columns]})


def picture_columns(schema: InputSchema) -> list[str]:
    return [column.name for column in schema.columns if column.type == "picture"]


def form_fields(body: bytes) -> dict[str, str]:
    """The fields of a form. Raises RequestError unless it is the form of a page in UTF-8."""
    try:
        text = body.decode("ascii")
        pairs = parse_qsl(text, keep_blank_values=True, strict_parsing=True, errors="strict", max_num_fields=MAX_FIELDS)
    except ValueError:
        raise RequestError(
            400, "the body is not the form of a page; for JSON, send Content-Type: application/json"
        ) from None
    fields = dict(pairs)
    if len(fields) < len(pairs):
        raise RequestError(400, "the form has a field twice")
    return fields


def form_record(fields: Mapping[str, str], schema: InputSchema) -> dict[str, Any]:
    """An empty field is a missing value. Fields that the model does not need stay."""
    known = {column.name: _form_value(column, fields.get(column.name, "")) for column in schema.columns}
    return dict(fields) | known


def _form_value(column: InputColumn, text: str) -> Any:
    """A browser writes numbers with a decimal point; any other text is read as the data write it."""
    if not text:
        return None
    if is_pixels(column):
        return parse_json(text.encode())
    if column.type == "picture":
        return text.translate(USUAL_BASE64)
    if column.type != "number" or not HTML_NUMBER.fullmatch(text):
        return text
    return int(text) if text.lstrip("-").isdigit() and len(text) <= MAX_DIGITS else float(text)


def pasted_notation(text: str, schema: InputSchema) -> InputSchema:
    """Rows from a spreadsheet have tabs between the values."""
    header = text.lstrip().partition("\n")[0]
    separator = "\t" if "\t" in header and schema.notation.separator not in header else schema.notation.separator
    return in_utf8(schema.model_copy(update={"notation": schema.notation.model_copy(update={"separator": separator})}))


def in_utf8(schema: InputSchema) -> InputSchema:
    """Rows that are sent are UTF-8, whatever encoding the file of the data has."""
    return schema.model_copy(update={"notation": schema.notation.model_copy(update={"encoding": "utf-8"})})
