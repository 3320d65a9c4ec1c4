"""Looks at the values of one column, block by block: their type, and whether they are of one kind."""

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
from stages.core.parameters.validation_errors import format_value
from stages.download.formats.csv_text.digits import LARGEST_EXACT_FLOAT
from stages.download.formats.tables.typed_rows import FoundColumn
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
# Where a value is, for messages: line 7 or cell B7. It takes the number of the line, or of the row of the sheet.
Locate = Callable[[int], str]


@dataclass(slots=True)
class Occurrences:
    """How many values there are, and the first of them with the numbers of their lines."""

    count: int = 0
    examples: list[tuple[int, Any]] = field(default_factory=list)

    def add(self, count: int, found: Iterable[tuple[int, Any]]) -> None:
        if count:
            self.count += count
            self.examples += islice(found, MAX_EXAMPLES - len(self.examples))

    def describe(self, locate: Locate, private: bool) -> str:
        values = (
            f"{locate(line)} {PRIVATE if private else format_value(_shown(value))}" for line, value in self.examples
        )
        more = self.count - len(self.examples)
        return ", ".join(values) + (f" and {more:,} more" if more else "")


class ColumnValues:
    """What the values of a column are. `add` gives those of a block in a type of Arrow.

    `finish` gives the type of the whole column, or raises UserError with what is wrong. The values of a block fit it
    after a cast, see `in_type`.
    """

    # A file may have thousands of columns.
    __slots__ = (
        "_forced", "_gaps", "_has_fractions", "_is_beyond_int64", "_kinds", "_largest", "_missing", "_private", "_rows",
        "_types", "_unusable", "name",
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
        self._rows = self._gaps = self._largest = 0
        self._types: set[pa.DataType] = set()

    def add_missing(self, rows: int) -> pa.Array:
        """Rows without a value."""
        self._rows += rows
        self._gaps += rows
        return pa.nulls(rows)

    def add(self, values: Sequence[Any], lines: Sequence[int]) -> pa.Array:
        """`lines` has the number of each value's line, for messages."""
        if self._missing:
            values = [None if _text(v) in self._missing else v for v in values]
        if self._forced:
            values = self._converted(values, as_text if self._forced == "text" else as_number, lines)
        types = set(map(type, values)) - {type(None)}
        self._count(types, values, lines)
        chunk = self._chunk(types, values, lines)
        self._rows += len(chunk)
        self._gaps += chunk.null_count
        self._types |= {chunk.type} - {pa.null()}
        if chunk.type == pa.int64():
            self._largest = max(self._largest, *(abs(end or 0) for end in compute.min_max(chunk).as_py().values()))
        return chunk

    def _converted(self, values: Sequence[Any], convert: Callable[[Any], Any], lines: Sequence[int]) -> list[Any]:
        converted = [value if value is None or isinstance(value, CellError) else convert(value) for value in values]
        wrong = [
            (line, value) for line, value, new in zip(lines, values, converted, strict=True) if new is None is not value
        ]
        self._unusable.add(len(wrong), wrong)
        return converted

    def _count(self, types: set[type], values: Sequence[Any], lines: Sequence[int]) -> None:
        counts = Counter(map(type, values))
        for kind in sorted({KINDS[t] for t in types}):
            found = ((line, v) for line, v in zip(lines, values, strict=True) if KINDS.get(type(v)) == kind)
            count = sum(n for t, n in counts.items() if KINDS.get(t) == kind)
            self._kinds.setdefault(kind, Occurrences()).add(count, found)

    def _chunk(self, types: set[type], values: Sequence[Any], lines: Sequence[int]) -> pa.Array:
        """Values of several kinds are not kept: they were counted and will be reported."""
        if not types or len(self._kinds) > 1:
            return pa.nulls(len(values))
        if types == {int}:
            return self._whole_numbers(values)
        if types <= {int, float}:
            return self._fractions(values, lines)
        if types == {str}:
            return self._texts(values, lines)
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

    def _fractions(self, values: Sequence[float | None], lines: Sequence[int]) -> pa.Array:
        self._has_fractions = True
        numbers = self._converted(values, as_float, lines)
        return pa.array(numbers, pa.float64())

    def _texts(self, values: Sequence[str | None], lines: Sequence[int]) -> pa.Array:
        try:
            return pa.array(values, pa.string())
        except UnicodeEncodeError:  # half of a surrogate pair, such as \ud800
            return pa.array(self._converted(values, _encodable, lines), pa.string())

    def finish(self, locate: Locate) -> FoundColumn:
        self._check_kinds(locate)
        if self._unusable.count:
            reasons = {"number": "not readable as a number", "text": "not readable as text"}
            reason = reasons.get(self._forced or "", "beyond the largest number, or no Unicode")
            values = self._unusable.describe(locate, self._private)
            raise UserError(f"column {self.name!r}: {_counted(self._unusable.count, 'values')} {reason}: {values}")
        return FoundColumn(self._type(), self._gaps < self._rows, self._gaps > 0)

    def _type(self) -> pa.DataType:
        """Blocks without a value fit every type, and blocks of digits every type of numbers."""
        if self._has_fractions:
            return pa.float64()
        if self._is_beyond_int64:
            return pa.float64() if self._forced == "number" else pa.string()
        found = next(iter(self._types), pa.null())
        # Whole numbers that a float would round become texts, as in CSV. A column with gaps will be float64.
        is_rounded = self._gaps > 0 and self._largest > LARGEST_EXACT_FLOAT and self._forced != "number"
        return pa.string() if found == pa.int64() and is_rounded else found

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


def in_type(values: pa.Array, column_type: pa.DataType) -> pa.Array:
    """The values of a block in the type of the whole column."""
    return values.cast(column_type, safe=not pa.types.is_floating(column_type))
