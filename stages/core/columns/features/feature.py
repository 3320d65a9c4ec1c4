"""One column of a table that becomes one or several numbers in each row."""

from abc import abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Protocol, Self

import numpy as np
from numpy.typing import NDArray

from stages.core.artefacts.records.record import Record
from stages.core.columns.column_kind import Floats
from stages.core.columns.column_params import Constant, Value
from stages.core.columns.features.coded_values import CodedValues, ColumnValues, plain_array
from stages.core.columns.features.value_counts import ValueCounts
from stages.core.columns.features.values_as_text import different_values, value_text
from stages.core.errors import ErrorList, UserError, format_examples

Mask = NDArray[np.bool_]


@dataclass(frozen=True)
class ParsedValues:
    """Values in the type of a kind of column. Where a value is missing or wrong, `values` has any value."""

    values: NDArray[Any]
    missing: Mask
    wrong: Mask

    def __getitem__(self, rows: NDArray[Any]) -> "ParsedValues":
        return ParsedValues(self.values[rows], self.missing[rows], self.wrong[rows])


class Summary(Protocol):
    """What is learned from the values of the training rows that have one; `missing` is the number of the others."""

    @property
    def missing(self) -> int: ...

    @property
    def total(self) -> int: ...

    @property
    def first(self) -> Any: ...

    def median(self) -> Any: ...

    def mean(self) -> float: ...

    def most_frequent(self) -> Any: ...


class Feature(Record):
    """A column with all that was learned from its training rows.

    Preprocess calls `check` on all rows, `fit` on the training rows and `transform` on each split. All methods need
    NumPy alone. A subclass has a field `kind: Literal[...]`, which names it in fitted.json, and a field `params`.
    """

    # What can be written after `missing:` in conf, in messages.
    fill_options: ClassVar[str]

    column: str
    # Whether the kind was inferred from the training rows, since conf does not name it.
    inferred: bool = False
    # Whether messages and pages may show no value.
    private: bool = False
    params: Any
    # What a gap is filled with.
    fill: Any = None

    @property
    @abstractmethod
    def expected(self) -> str:
        """What a value should be, for messages."""

    @property
    @abstractmethod
    def outputs(self) -> list[str]:
        """The name of each number that the column becomes."""

    @property
    @abstractmethod
    def is_scaled(self) -> list[bool]:
        """For each of the outputs, whether scaling steps apply to it."""

    def fit(self, values: ColumnValues) -> Self:
        """Return a copy that has learned from the training rows."""
        return self.fit_counts(self.count(values))

    def count(self, values: ColumnValues) -> ValueCounts:
        """Return what `fit_counts` needs of a block of training rows. The counts of several blocks can be added."""
        if isinstance(values, CodedValues):
            parsed, rows = self.parse(values.values), values.row_counts()
            usable = ~parsed.missing & ~parsed.wrong
            return ValueCounts.of_counted(parsed.values[usable], rows[usable], int(rows[parsed.missing].sum()))
        parsed = self.parse(values)
        return ValueCounts.of(parsed.values[~parsed.missing & ~parsed.wrong], int(parsed.missing.sum()))

    def fit_counts(self, counts: Summary) -> Self:
        if not counts.total:
            raise UserError(
                f"column {self.column}: missing in every training row; write `{self.column}: ignore` in "
                "preprocess.columns"
            )
        return self.model_copy(update={"fill": self._fill_value(counts), **self._learned(counts)})

    def check(self, values: ColumnValues, errors: ErrorList) -> None:
        """Add errors for the values that this column cannot take."""
        # Rows need not have all of the coded values, but most often none of these is wrong.
        if not self._has_wrong(values.values if isinstance(values, CodedValues) else values):
            return
        if isinstance(values, CodedValues) and not self._has_wrong(values.values_of_rows()):
            return
        values = plain_array(values)
        parsed = self.parse(values)
        if wrong := np.flatnonzero(parsed.wrong).tolist():
            errors.add(
                f"column {self.column}: {len(wrong)} of {len(values)} values are not {self.expected}: "
                f"{self._examples(values, wrong)}; correct them, list them in missing_values of "
                f"preprocess.columns.{self.column}, or choose another kind"
            )
        if missing := np.flatnonzero(parsed.missing & ~parsed.wrong).tolist():
            if self.params.missing == "refuse":
                errors.add(
                    f"column {self.column}: missing in {len(missing)} of {len(values)} rows: "
                    f"{format_examples(missing)}; set preprocess.columns.{self.column}.missing to {self.fill_options}, "
                    f"or write `{self.column}: ignore`"
                )
            elif self.params.missing == "forward":
                errors.add(
                    f"column {self.column}: missing in the first rows, with no value before them to fill them with: "
                    f"{format_examples(missing)}; take these rows out, or choose another value of missing"
                )

    def _has_wrong(self, values: NDArray[Any]) -> bool:
        parsed = self.parse(values)
        may_miss = self.params.missing not in ("refuse", "forward")
        return bool(parsed.wrong.any()) or not (may_miss or not parsed.missing.any())

    def transform(self, values: ColumnValues, filled_before: Mask | None = None) -> Floats:
        """Return a matrix with a column for each of the outputs.

        `filled_before` says in which rows a gap was filled already, which the indicator of missing values shows too.
        """
        if isinstance(values, CodedValues) and filled_before is None:
            return self.transform(values.values)[values.codes]
        filled, missing = self.parse_and_fill(values)
        numbers = self._to_numbers(filled, missing)
        if not self.params.missing_indicator:
            return numbers
        return np.column_stack([numbers, missing if filled_before is None else missing | filled_before])

    def parse_and_fill(self, values: ColumnValues) -> tuple[NDArray[Any], Mask]:
        """Return the values in the type of this kind, gaps filled, and where the gaps were."""
        parsed = self.parse(values)
        if self.fill is None or not parsed.missing.any():
            return parsed.values, parsed.missing
        fill = np.asarray(self._from_record(self.fill), parsed.values.dtype)
        return np.where(parsed.missing, fill, parsed.values), parsed.missing

    def parse(self, values: ColumnValues) -> ParsedValues:
        if isinstance(values, CodedValues):
            return self.parse(values.values)[values.codes]
        missing = missing_rows(values, self.params.missing_values)
        return self._parse(values, missing)

    @abstractmethod
    def _parse(self, values: NDArray[Any], missing: Mask) -> ParsedValues: ...

    @abstractmethod
    def _to_numbers(self, values: NDArray[Any], missing: Mask) -> Floats:
        """Return a matrix of the parsed and filled values, without the indicator of missing values."""

    def _learned(self, counts: Any) -> dict[str, Any]:  # noqa: ARG002
        """Return the fields that were learned, besides `fill`."""
        return {}

    def _fill_value(self, counts: Summary) -> Any:
        match self.params.missing:
            case Constant(constant=value):
                return self._to_record(value)
            case "median":
                return self._to_record(counts.median())
            case "mean":
                return self._to_record(counts.mean())
            case "most_frequent":
                return self._to_record(counts.most_frequent())
            case _:
                return None

    def _to_record(self, value: Any) -> Any:
        """Return a parsed value as JSON can hold it."""
        return value

    def _from_record(self, value: Any) -> Any:
        return value

    def _with_indicator(self, outputs: Sequence[Any], indicator: Any) -> list[Any]:
        return [*outputs, *([indicator] if self.params.missing_indicator else [])]

    def _examples(self, values: NDArray[Any], rows: Sequence[int]) -> str:
        if self.private:
            return f"in rows {format_examples(rows)} (private)"
        return format_examples(f"{values[row]!r} in row {row}" for row in rows)


def missing_rows(values: NDArray[Any], missing_values: Sequence[Value]) -> Mask:
    """Return where a value is missing, or one that stands for a gap.

    >>> missing_rows(np.array([1.0, np.nan, -999.0]), [-999]), missing_rows(np.array(["a", None, "-"], object), ["-"])
    (array([False,  True,  True]), array([False,  True,  True]))
    """
    if values.dtype.kind == "M":
        missing = np.isnat(values)
    elif values.dtype.kind == "f":
        missing = np.isnan(values)
    elif values.dtype.kind == "O":
        missing = np.array([value is None for value in values.tolist()], np.bool_)
    else:
        missing = np.zeros(len(values), np.bool_)
    if missing_values:
        gaps = {value_text(value) for value in missing_values}
        found, position = different_values(values[~missing])
        missing[~missing] = np.array([value_text(value) in gaps for value in found], np.bool_)[position]
    return np.asarray(missing)
