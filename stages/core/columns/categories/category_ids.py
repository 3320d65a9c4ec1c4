"""A column of categories as numbers that select rows of an embedding."""

from collections.abc import Sequence
from functools import reduce
from operator import add
from typing import Any, Literal, Self

import numpy as np
from numpy.typing import NDArray

from stages.core.artefacts.raw.ragged_rows import Rows
from stages.core.columns.column_kind import ColumnKind, ScalerStatistics, no_scaler_statistics
from stages.core.columns.features.category_feature import CategoryFeature
from stages.core.columns.features.table_values import TableValues
from stages.core.columns.features.value_counts import ValueCounts
from stages.core.columns.scaling_params import ScalingStep
from stages.core.columns.value_blocks import as_blocks
from stages.core.errors import ErrorList


class CategoryIds(ColumnKind):
    """Values are TableValues of one column. The stored rows are the numbers of the categories, one in each row."""

    kind: Literal["category_ids"] = "category_ids"
    feature: CategoryFeature

    def check(self, values: TableValues) -> None:
        errors = ErrorList()
        self.feature.check(values.columns[self.feature.column], errors)
        errors.raise_if_any()

    def fit(
        self,
        values: Any,
        steps: Sequence[ScalingStep] = (),  # noqa: ARG002
        scaler_statistics: ScalerStatistics = no_scaler_statistics,  # noqa: ARG002
    ) -> Self:
        if self.feature.categories:
            return self
        counts = reduce(add, as_blocks(values).map(self.count))
        return self.model_copy(update={"feature": self.feature.fit_counts(counts)})

    def count(self, values: TableValues) -> ValueCounts:
        return self.feature.count(values.columns[self.feature.column])

    @property
    def id_count(self) -> int:
        return self.feature.number_count

    def transform(self, values: TableValues) -> NDArray[np.int32]:
        return self.feature.category_numbers(values.columns[self.feature.column])[:, None]

    def to_batch(self, stored: Rows) -> NDArray[Any]:
        assert isinstance(stored, np.ndarray)
        return stored
