"""A column of numbers with gaps."""

from typing import Any, ClassVar, Literal

import numpy as np
from numpy.typing import NDArray

from stages.core.columns.column_kind import Floats
from stages.core.columns.column_params import NumberParams
from stages.core.columns.features.feature import Feature, Mask, ParsedValues
from stages.core.columns.features.values_as_text import convert_different_values, number_or_none
from stages.core.columns.number_columns import LARGEST


class NumberFeature(Feature):
    fill_options: ClassVar[str] = "median, mean, most_frequent or `{constant: 0}`"

    kind: Literal["number"] = "number"
    params: NumberParams
    fill: float | None = None

    @property
    def expected(self) -> str:
        return "finite numbers of 32 bits"

    @property
    def outputs(self) -> list[str]:
        return self._with_indicator([self.column], f"{self.column} missing")

    @property
    def is_scaled(self) -> list[bool]:
        return self._with_indicator([True], False)

    def _parse(self, values: NDArray[Any], missing: Mask) -> ParsedValues:
        if values.dtype.kind in "iufb":
            numbers, wrong = values.astype(np.float64, copy=False), np.zeros(len(values), np.bool_)
            # False if there is a gap. Two comparisons take less time than the size of each number.
            if numbers.min(initial=0) >= -LARGEST and numbers.max(initial=0) <= LARGEST:
                return ParsedValues(numbers, missing, wrong)
        else:
            numbers, wrong = np.zeros(len(values)), np.zeros(len(values), np.bool_)
            numbers[~missing], wrong[~missing] = convert_different_values(
                values[~missing], number_or_none, np.float64, 0.0
            )
        wrong |= ~missing & ~(np.abs(numbers) <= LARGEST)
        return ParsedValues(numbers, missing, wrong)

    def _to_numbers(self, values: NDArray[Any], missing: Mask) -> Floats:  # noqa: ARG002
        return values[:, None]

    def _to_record(self, value: Any) -> float:
        return float(value)
