"""Collects the values of one column, block by block, and checks that they are of one kind."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from itertools import islice
from typing import Any

import pyarrow as pa
from pyarrow import compute

from stages.core.columns.private_values import PRIVATE
from stages.core.errors import MAX_EXAMPLES, UserError
from stages.core.validation_errors import format_value
from stages.download.formats.csv_text.column_types import LARGEST_EXACT_FLOAT
from stages.download.formats.typed_values.value_kinds import (
    COLUMN_KINDS,
    ERRORS,
    KINDS,
    LISTS,
    NUMBERS,
    OBJECTS,
    TEXTS,
    CellError,
    as_number,
    as_text,
)
from stages.download.params.excel_params import Excel
from stages.download.params.file_params import Files
from stages.download.params.json_lines_params import JsonLines

# Rows whose values are held as Python objects at once.
BLOCK_ROWS = 1 << 15
# Where a row is, for messages: line 7 or cell B7.
Locate = Callable[[int], str]


@dataclass(slots=True)
class Occurrences:
    """How many values there are, and the first of them with the numbers of their rows, from 0."""

    count: int = 0
    examples: list[tuple[int, Any]] = field(default_factory=list)

    def add(self, count: int, found: Iterable[tuple[int, Any]]) -> None:
        if count:
            self.count += count
            self.examples += islice(found, MAX_EXAMPLES - len(self.examples))

    def describe(self, locate: Locate, private: bool) -> str:
        values = (
            f"{locate(row)} {PRIVATE if private else format_value(_shown(value))}" for row, value in self.examples
        )
        more = self.count - len(self.examples)
        return ", ".join(values) + (f" and {more:,} more" if more else "")


class ColumnValues:
    """The values of a column by block of rows. `finish` gives the column, or raises UserError with what is wrong."""

    # A file may have thousands of columns.
    __slots__ = (
        "_chunks", "_forced", "_has_fractions", "_is_beyond_int64", "_kinds", "_missing", "_private", "_unusable",
        "name",
    )  # fmt: skip

    def __init__(self, name: str, table_format: JsonLines | Excel, files: Files) -> None:
        self.name = name
        self._private = name in files.private
        self._missing = frozenset(table_format.missing)
        # The labels of classes are texts, also if they look like numbers.
        self._forced = "text" if name in files.classes else table_format.types.get(name)
        self._kinds: dict[str, Occurrences] = {}
        self._unusable = Occurrences()
        self._has_fractions = self._is_beyond_int64 = False
        self._chunks: list[pa.Array] = []

    def add_missing(self, rows: int) -> None:
        """Rows without a value."""
        if rows:
            self._chunks.append(pa.nulls(rows))

    def add(self, values: Sequence[Any], first_row: int) -> None:
        if self._missing:
            values = [None if _text(v) in self._missing else v for v in values]
        if self._forced:
            values = self._converted(values, as_text if self._forced == "text" else as_number, first_row)
        types = set(map(type, values)) - {type(None)}
        self._count(types, values, first_row)
        self._chunks.append(self._chunk(types, values, first_row))

    def _converted(self, values: Sequence[Any], convert: Callable[[Any], Any], first_row: int) -> list[Any]:
        converted = [value if value is None or isinstance(value, CellError) else convert(value) for value in values]
        wrong = [
            (row, value)
            for row, (value, new) in enumerate(zip(values, converted, strict=True), start=first_row)
            if new is None is not value
        ]
        self._unusable.add(len(wrong), wrong)
        return converted

    def _count(self, types: set[type], values: Sequence[Any], first_row: int) -> None:
        counts = Counter(map(type, values))
        for kind in sorted({KINDS[t] for t in types}):
            found = ((row, v) for row, v in enumerate(values, start=first_row) if KINDS.get(type(v)) == kind)
            count = sum(n for t, n in counts.items() if KINDS.get(t) == kind)
            self._kinds.setdefault(kind, Occurrences()).add(count, found)

    def _chunk(self, types: set[type], values: Sequence[Any], first_row: int) -> pa.Array:
        """Values of several kinds are not kept: they were counted and will be reported."""
        if not types or len(self._kinds) > 1:
            return pa.nulls(len(values))
        if types == {int}:
            return self._whole_numbers(values)
        if types <= {int, float}:
            return self._fractions(values, first_row)
        if types == {str}:
            return self._texts(values, first_row)
        if types == {bool}:
            return pa.array(values, pa.bool_())
        if types <= {datetime, date}:
            return pa.array(values, pa.timestamp("us"))
        return pa.nulls(len(values))

    def _whole_numbers(self, values: Sequence[int | None]) -> pa.Array:
        try:
            return pa.array(values, pa.int64())
        except (OverflowError, pa.ArrowInvalid):
            self._is_beyond_int64 = True
            return pa.array([None if v is None else str(v) for v in values], pa.string())

    def _fractions(self, values: Sequence[float | None], first_row: int) -> pa.Array:
        self._has_fractions = True
        numbers = self._converted(values, as_float, first_row)
        return pa.array(numbers, pa.float64())

    def _texts(self, values: Sequence[str | None], first_row: int) -> pa.Array:
        try:
            return pa.array(values, pa.string())
        except UnicodeEncodeError:  # half of a surrogate pair, such as \ud800
            return pa.array(self._converted(values, _encodable, first_row), pa.string())

    def finish(self, locate: Locate) -> pa.ChunkedArray:
        self._check_kinds(locate)
        if self._unusable.count:
            reasons = {"number": "not readable as a number", "text": "not readable as text"}
            reason = reasons.get(self._forced or "", "beyond the largest number, or no Unicode")
            values = self._unusable.describe(locate, self._private)
            raise UserError(f"column {self.name!r}: {_counted(self._unusable.count, 'values')} {reason}: {values}")
        if self._forced == "number":
            return _in_one_type(self._chunks, self._has_fractions or self._is_beyond_int64)
        return _with_exact_digits(_in_one_type(self._chunks, self._has_fractions, self._is_beyond_int64))

    def _check_kinds(self, locate: Locate) -> None:
        by_count = sorted(self._kinds.items(), key=lambda item: (-item[1].count, item[0]))
        if ERRORS in self._kinds:
            found = self._kinds[ERRORS].describe(locate, private=False)
            raise UserError(f"column {self.name!r}: errors in place of values: {found}; {_ERROR_ADVICE}")
        nested = [kind for kind, _ in by_count if kind not in COLUMN_KINDS]
        if nested:
            found = "; ".join(f"{kind}: {self._kinds[kind].describe(locate, self._private)}" for kind in nested)
            raise UserError(f"column {self.name!r} holds {found}; {self._advice(nested[0])}")
        if len(by_count) > 1:
            (most, first), *others = by_count
            more = "; ".join(f"{_counted(o.count, kind)}: {o.describe(locate, self._private)}" for kind, o in others)
            raise UserError(
                f"column {self.name!r}: {_counted(first.count, most)}, but also {more}; correct them, list the texts "
                "for missing values in format.missing, or set format.types: "
                f"{{{self.name}: {_usual_type(self._kinds)}}}"
            )

    def _advice(self, kind: str) -> str:
        leave_out = "leave it out of `columns`"
        if kind == OBJECTS:
            path = f"{self.name}.{_scalar_key(self._kinds[OBJECTS].examples[0][1])}"
            return f"name values in them, such as fields: {{{path.replace('.', '_')}: {path}}}, or {leave_out}"
        if kind == LISTS:
            return leave_out
        return f"set format.types: {{{self.name}: text}}, or {leave_out}"


_ERROR_ADVICE = (
    "correct the formulas, or list the errors in format.missing; a workbook that Excel or LibreOffice saved has the "
    "results of its formulas"
)


def _counted(count: int, plural: str) -> str:
    """
    >>> _counted(1, "texts"), _counted(2000, "texts")
    ('1 text', '2,000 texts')
    """
    return f"{count:,} {plural.removesuffix('s') if count == 1 else plural}"


def as_float(value: float) -> float | None:
    """None for a number beyond the largest float."""
    try:
        number = float(value)
    except OverflowError:
        return None
    return number if abs(number) != float("inf") else None


def _encodable(text: str) -> str | None:
    try:
        text.encode()
    except UnicodeEncodeError:
        return None
    return text


def _text(value: Any) -> str | None:
    """The text that `missing` may list."""
    return value.text if isinstance(value, CellError) else value if isinstance(value, str) else None


def _shown(value: Any) -> Any:
    """Dates, times of day, durations and errors are shown as text."""
    if isinstance(value, CellError):
        return value.text
    return as_text(value) if isinstance(value, date | time | timedelta) else value


def _scalar_key(value: dict[str, Any]) -> str:
    """The first key of the object whose value is neither an object nor a list, as a path."""
    for key, inner in value.items():
        if not isinstance(inner, dict | list):
            return key
    key, inner = next(iter(value.items()), ("key", None))
    return f"{key}.{_scalar_key(inner)}" if isinstance(inner, dict) else key


def _usual_type(kinds: dict[str, Occurrences]) -> str:
    """`number` if all texts that are known are numbers."""
    texts = kinds[TEXTS].examples if kinds.keys() == {NUMBERS, TEXTS} else []
    return "number" if texts and all(as_number(text) is not None for _, text in texts) else "text"


def _in_one_type(chunks: Sequence[pa.Array], is_float: bool, is_text: bool = False) -> pa.ChunkedArray:
    """Blocks without a value fit every type, and blocks of digits every type of numbers."""
    types = {chunk.type for chunk in chunks} - {pa.null()}
    column_type = pa.float64() if is_float else pa.string() if is_text else next(iter(types), pa.null())
    return pa.chunked_array([chunk.cast(column_type, safe=not is_float) for chunk in chunks], column_type)


def _with_exact_digits(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """Whole numbers that a float would round become texts, as in CSV. A column with gaps will be float64."""
    if column.type == pa.int64() and column.null_count:
        ends = compute.min_max(column).as_py()
        if max(abs(end) for end in ends.values()) > LARGEST_EXACT_FLOAT:
            return column.cast(pa.string())
    return column
