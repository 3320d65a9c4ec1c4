"""Columns of several kinds, side by side in one matrix."""

from collections.abc import Iterator, Sequence
from functools import partial, reduce
from operator import add
from typing import Annotated, Any, Literal, Self

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from stages.core.columns.column_kind import Floats, ScalerStatistics, no_scaler_statistics
from stages.core.columns.features.boolean_feature import BooleanFeature
from stages.core.columns.features.category_feature import CategoryFeature
from stages.core.columns.features.coded_values import CodedValues
from stages.core.columns.features.date_feature import DateFeature
from stages.core.columns.features.number_feature import NumberFeature
from stages.core.columns.features.table_values import TableValues
from stages.core.columns.features.value_counts import ValueCounts
from stages.core.columns.number_columns import transform_in_blocks
from stages.core.columns.scaling import (
    ColumnScaling,
    FittedStep,
    ScaledColumns,
    apply_steps,
    fit_step,
    output_names,
    spread_step,
)
from stages.core.columns.scaling_params import L2, Divide, Maximum, Scaler, ScalingStep
from stages.core.columns.value_blocks import ValueBlocks, as_blocks
from stages.core.errors import ErrorList

MatrixFeature = Annotated[NumberFeature | CategoryFeature | BooleanFeature | DateFeature, Field(discriminator="kind")]


class FeatureMatrix(ScaledColumns):
    """Values are TableValues. Each feature becomes one or several columns of the matrix, in the order of `features`.

    Scaling steps change numbers and days only; one-hot columns, indicators of gaps, sines and cosines stay as they are.
    `training_rows` is the number of rows that the features were fitted on, 0 before that.
    """

    kind: Literal["features"] = "features"
    features: list[MatrixFeature]
    training_rows: int = 0

    @property
    def outputs(self) -> list[str]:
        return output_names(self.steps, self._feature_outputs)

    @property
    def _feature_outputs(self) -> list[str]:
        """The name of each column of the matrix before the steps."""
        return [name for feature in self.features for name in feature.outputs]

    def check(self, values: TableValues) -> None:
        errors = ErrorList()
        for feature in self.features:
            feature.check(values.columns[feature.column], errors)
        errors.raise_if_any()

    def fit(
        self,
        values: Any,
        steps: Sequence[ScalingStep] = (),
        scaler_statistics: ScalerStatistics = no_scaler_statistics,
    ) -> Self:
        blocks = as_blocks(values)
        fitted = self if self.training_rows else self._fit_features(blocks)
        for step in steps:
            fitted_step = fitted._fit_step(step, blocks, scaler_statistics)
            fitted = fitted.model_copy(update={"steps": [*fitted.steps, fitted_step]})
        return fitted

    def _fit_features(self, blocks: ValueBlocks) -> Self:
        counts = list(blocks.map(self._count))
        errors, features = ErrorList(), []
        for number, feature in enumerate(self.features):
            with errors.collect():
                features.append(feature.fit_counts(reduce(add, (of_block[number] for of_block in counts))))
        errors.raise_if_any()
        rows = sum(of_block[0].total + of_block[0].missing for of_block in counts)
        return self.model_copy(update={"features": features, "training_rows": rows})

    def _count(self, values: TableValues) -> list[ValueCounts]:
        return [feature.count(values.columns[feature.column]) for feature in self.features]

    @property
    def numbers(self) -> NDArray[np.bool_]:
        is_number = [
            scaled and isinstance(feature, NumberFeature) for feature in self.features for scaled in feature.is_scaled
        ]
        return np.array([*is_number, *[True] * (len(self.outputs) - len(is_number))])

    @property
    def scaled(self) -> NDArray[np.bool_]:
        is_days = [
            scaled and isinstance(feature, DateFeature) for feature in self.features for scaled in feature.is_scaled
        ]
        chosen = self.numbers
        chosen[: len(is_days)] |= is_days
        return chosen

    @property
    def output_columns(self) -> list[str]:
        """Columns that a step has added have names of their own."""
        names = [feature.column for feature in self.features for _ in feature.outputs]
        return names + self.outputs[len(names) :]

    def _fit_step(self, step: ScalingStep, blocks: ValueBlocks, scaler_statistics: ScalerStatistics) -> FittedStep:
        """Fit a step on the columns that it is for. Scaling is for numbers and days, a step of series for numbers."""
        chosen = self.scaled if isinstance(step, Divide | Maximum | L2 | Scaler) else self.numbers
        chosen_names = [name for name, is_chosen in zip(self.output_columns, chosen, strict=True) if is_chosen]
        of_chosen = blocks.then(partial(self.chosen_numbers, chosen), self.lookback)
        return spread_step(fit_step(step, of_chosen, chosen_names, scaler_statistics), chosen)

    def chosen_numbers(self, chosen: NDArray[np.bool_], values: TableValues) -> Floats:
        """The chosen columns after the steps so far, the values of a column side by side in memory.

        Other columns are calculated only where a step takes all columns of a row.
        """
        scaling = ColumnScaling.of(self.steps, len(chosen))
        if scaling is None:
            return self.scaled_numbers(values)[:, chosen]
        matrix, end = np.empty((len(values), int(chosen.sum())), order="F"), 0
        for feature, columns in self._columns_of_features():
            if chosen[columns].any():
                numbers = scaling.apply(columns, _numbers(feature, values))[:, chosen[columns]]
                start, end = end, end + numbers.shape[1]
                matrix[:, start:end] = numbers
        return matrix

    def _columns_of_features(self) -> Iterator[tuple[MatrixFeature, slice]]:
        end = 0
        for feature in self.features:
            start, end = end, end + len(feature.outputs)
            yield feature, slice(start, end)

    def to_numbers(self, values: TableValues) -> Floats:
        return np.concatenate([_numbers(feature, values) for feature in self.features], axis=1)

    def transform(self, values: TableValues) -> NDArray[np.float32]:
        names = self.outputs
        scaling = ColumnScaling.of(self.steps, len(names))
        return transform_in_blocks(
            len(values),
            names,
            lambda rows: apply_steps(self.steps, self.to_numbers(values[rows])),
            self.lookback,
            None if scaling is None else partial(self._write_rows, values, scaling),
        )

    def _write_rows(
        self, values: TableValues, scaling: ColumnScaling, rows: slice, target: NDArray[np.float32]
    ) -> None:
        """As `transform_rows`, a feature at a time."""
        of_rows = values[rows]
        for feature, columns in self._columns_of_features():
            found = of_rows.columns[feature.column]
            if isinstance(found, CodedValues) and feature.column not in values.filled:
                if len(found.values) > len(found):
                    found = found.without_unused()
                of_values = scaling.apply(columns, feature.transform(found.values)).astype(np.float32)
                target[:, columns] = of_values.take(found.codes, axis=0)
            else:
                target[:, columns] = scaling.apply(columns, _numbers(feature, of_rows))


def _numbers(feature: MatrixFeature, values: TableValues) -> Floats:
    return feature.transform(values.columns[feature.column], values.filled.get(feature.column))
