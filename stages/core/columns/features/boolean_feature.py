"""A column of two values that mean yes and no, as 1 and 0."""

from typing import Any, ClassVar, Literal

import numpy as np
from numpy.typing import NDArray

from stages.core.columns.column_kind import Floats
from stages.core.columns.column_params import BooleanParams
from stages.core.columns.features.feature import Feature, Mask, ParsedValues
from stages.core.columns.features.values_as_text import convert_different_values


class BooleanFeature(Feature):
    fill_options: ClassVar[str] = "most_frequent or `{constant: false}`"

    kind: Literal["boolean"] = "boolean"
    params: BooleanParams
    fill: bool | None = None

    @property
    def expected(self) -> str:
        return "true or false"

    @property
    def outputs(self) -> list[str]:
        return self._with_indicator([self.column], f"{self.column} missing")

    @property
    def is_scaled(self) -> list[bool]:
        return self._with_indicator([False], False)

    def _parse(self, values: NDArray[Any], missing: Mask) -> ParsedValues:
        meaning = {text.lower(): False for text in self.params.false_values}
        meaning |= {text.lower(): True for text in self.params.true_values}
        if values.dtype.kind == "b" and (meaning.get("false"), meaning.get("true")) == (False, True):
            return ParsedValues(values, missing, np.zeros(len(values), np.bool_))
        truths, wrong = np.zeros(len(values), np.bool_), np.zeros(len(values), np.bool_)
        truths[~missing], wrong[~missing] = convert_different_values(
            values[~missing], lambda text: meaning.get(text.strip().lower()), np.bool_, False
        )
        return ParsedValues(truths, missing, wrong)

    def _to_numbers(self, values: NDArray[Any], missing: Mask) -> Floats:  # noqa: ARG002
        return values[:, None].astype(np.float64)

    def _to_record(self, value: Any) -> bool:
        return bool(value)
