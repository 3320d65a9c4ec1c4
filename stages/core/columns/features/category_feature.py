"""A column of categories: numbers that become one-hot columns or select rows of an embedding."""

from typing import Any, ClassVar, Literal

import numpy as np
from numpy.typing import NDArray

from stages.core.columns.column_kind import Floats
from stages.core.columns.column_params import CategoryParams, Constant
from stages.core.columns.features.coded_values import CodedValues, ColumnValues, plain_array
from stages.core.columns.features.feature import Feature, Mask, ParsedValues, Summary
from stages.core.columns.features.value_counts import ValueCounts
from stages.core.columns.features.values_as_text import convert_different_values, value_text
from stages.core.columns.private_values import hash_private_text
from stages.core.errors import ErrorList

OTHER, MISSING = 0, 1
# Numbers below this one are for rare and unseen categories and for gaps.
FIRST_CATEGORY = 2


class CategoryFeature(Feature):
    """Category n of `categories` has the number n + 2. Number 0 is for rare and unseen categories, 1 for gaps.

    There is a one-hot column for each number that training rows have. A row with another number has zeros in all.
    Categories of a private column are hashes, by which the category of a value is looked up.
    """

    fill_options: ClassVar[str] = "category, most_frequent or `{constant: ...}`"

    kind: Literal["category"] = "category"
    params: CategoryParams
    fill: str | None = None
    categories: list[str] = []
    has_rare: bool = False
    has_missing: bool = False

    @property
    def is_embedded(self) -> bool:
        if self.params.encoding == "auto":
            return len(self.categories) > self.params.one_hot_up_to
        return self.params.encoding == "embedding"

    @property
    def number_count(self) -> int:
        return FIRST_CATEGORY + len(self.categories)

    @property
    def expected(self) -> str:
        return "text"

    @property
    def outputs(self) -> list[str]:
        special = [f"{self.column} other"] * self.has_rare + [f"{self.column} missing"] * self.has_missing
        outputs = [*special, *(f"{self.column}={category}" for category in self.categories)]
        return self._with_indicator(outputs, f"{self.column} missing")

    @property
    def is_scaled(self) -> list[bool]:
        return [False] * len(self.outputs)

    def check(self, values: ColumnValues, errors: ErrorList) -> None:
        super().check(values, errors)
        if not self.categories or self.params.unseen != "fail":
            return
        if rows := np.flatnonzero(self._is_unseen(values)).tolist():
            errors.add(
                f"column {self.column}: {len(rows)} values are categories that no training row has: "
                f"{self._examples(plain_array(values), rows)}; take these rows out, or set unseen: other"
            )

    def _is_unseen(self, values: ColumnValues) -> Mask:
        if isinstance(values, CodedValues):
            return self._is_unseen(values.values)[values.codes]
        filled, missing = self.parse_and_fill(values)
        return np.asarray(~missing & (self._category_numbers(filled, missing) == OTHER))

    def category_numbers(self, values: ColumnValues) -> NDArray[np.int32]:
        if isinstance(values, CodedValues):
            return self.category_numbers(values.values)[values.codes]
        return self._category_numbers(*self.parse_and_fill(values))

    def _parse(self, values: NDArray[Any], missing: Mask) -> ParsedValues:
        texts = np.full(len(values), "", object)
        texts[~missing], _ = convert_different_values(values[~missing], self._stored_text, object, "")
        return ParsedValues(texts, missing, np.zeros(len(values), np.bool_))

    def _learned(self, counts: ValueCounts) -> dict[str, Any]:
        fill = self._fill_value(counts)
        if fill is not None and counts.missing:
            counts += ValueCounts(np.array([fill], object), np.array([counts.missing]))
        is_frequent = counts.counts >= self.params.minimum_count
        return {
            "categories": counts.values[is_frequent].tolist(),
            "has_rare": not is_frequent.all(),
            "has_missing": self.params.missing == "category" and counts.missing > 0,
        }

    def _category_numbers(self, texts: NDArray[Any], missing: Mask) -> NDArray[np.int32]:
        number_of = {category: number for number, category in enumerate(self.categories, FIRST_CATEGORY)}
        numbers = np.array([number_of.get(text, OTHER) for text in texts.tolist()], np.int32)
        if self.params.missing == "category":
            numbers[missing] = MISSING
        return numbers

    def _to_numbers(self, values: NDArray[Any], missing: Mask) -> Floats:
        columns = [OTHER] * self.has_rare + [MISSING] * self.has_missing + [*range(FIRST_CATEGORY, self.number_count)]
        return np.asarray(self._category_numbers(values, missing)[:, None] == np.array(columns), np.float64)

    def _fill_value(self, counts: Summary) -> Any:
        if isinstance(self.params.missing, Constant):
            return self._stored_text(value_text(self.params.missing.constant))
        return super()._fill_value(counts)

    def _stored_text(self, text: str) -> str:
        return hash_private_text(self.column, text) if self.private else text
