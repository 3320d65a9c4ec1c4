"""How much worse the model is when the values of one input column are shuffled."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from stages.core.artefacts.processed import VALIDATION, Fitted, InputSpec, ProcessedData, SplitName
from stages.core.artefacts.records.evaluation import ColumnImportance, PermutationImportance
from stages.core.columns.categories.category_ids import CategoryIds
from stages.core.columns.feature_matrix import FeatureMatrix
from stages.core.columns.number_columns import NumberColumns
from stages.core.columns.pictures.picture_pixels import PicturePixels
from stages.core.rounding import round_difference
from stages.evaluate.metrics.probability_metrics import UndefinedMetricError
from stages.evaluate.metrics.target_metrics import improvement, metric_value
from stages.evaluate.params import Evaluate
from stages.evaluate.target_predictions import TargetPredictions

Inputs = Mapping[str, NDArray[Any]]
# Where a column is: the name of the input, and the position in each of its rows. A picture is the whole row.
Positions = Sequence[tuple[str, int | slice]]
WHOLE_ROW = slice(None)
TABLE_INPUTS = (NumberColumns, FeatureMatrix, CategoryIds, PicturePixels)
MAX_ROWS = 1000
MAX_COLUMNS = 100


def input_groups(fitted: Fitted) -> dict[str, Positions]:
    """The positions of each original column, which are permuted together: a one-hot column has several.

    A column that several inputs hold has positions in each.
    """
    groups: dict[str, list[tuple[str, int | slice]]] = {}
    for name, spec in fitted.inputs.items():
        for column, position in _columns_and_positions(spec):
            groups.setdefault(column, []).append((name, position))
    return dict(groups)


def _columns_and_positions(spec: InputSpec) -> list[tuple[str, int | slice]]:
    """The original column of each number in a row of the input."""
    if isinstance(spec.column, PicturePixels):
        return [(spec.column.column, WHOLE_ROW)]
    columns = spec.columns
    if isinstance(spec.column, FeatureMatrix):
        columns = [feature.column for feature in spec.column.features for _ in feature.outputs]
    return [(column, position) for position, column in enumerate(columns)]


def permutation_importance(
    params: Evaluate,
    processed: ProcessedData,
    refit: bool,
    headline: tuple[str, str],
    predict: Callable[[Inputs], TargetPredictions],
) -> PermutationImportance:
    """`headline` is the target and the metric; `predict` gives the model's predictions of that target.

    Validation rows are used, so that the test rows stay out of sight. Where there are none, or the model was trained on
    them, the rows of `evaluate.split` are used.
    """
    split: SplitName = "validation" if processed.has_split(VALIDATION) and not refit else params.split
    groups = input_groups(processed.fitted)
    left_out = _reason_to_leave_out(params, processed.fitted, groups)
    if left_out:
        return PermutationImportance(split=split, left_out=left_out)
    rows = evenly_spaced_rows(processed.sample_count(split))
    inputs = processed.inputs_of_samples(split, rows)
    target, metric = headline
    spec, truth = processed.fitted.targets[target], processed.truth_of_target(split, target, rows)
    weights = processed.weights(split, rows)

    def value_for(some_inputs: Inputs) -> float:
        return metric_value(metric, spec, truth, predict(some_inputs).with_weights(weights))

    def loss_of_value(shuffled: Inputs) -> float:
        return improvement(metric, value, value_for(shuffled))

    try:
        value = value_for(inputs)
    except UndefinedMetricError as error:
        return PermutationImportance(split=split, left_out=f"{metric} is not defined on the {split} rows: {error}")
    generator = np.random.default_rng(params.seed)
    found = {
        column: [
            loss_of_value(with_shuffled_column(inputs, positions, generator)) for _ in range(params.importance_repeats)
        ]
        for column, positions in groups.items()
    }
    columns = [
        ColumnImportance(
            column=column,
            mean=round_difference(float(np.mean(values)), value),
            spread=round_difference(float(np.std(values)), value),
        )
        for column, values in found.items()
    ]
    columns.sort(key=lambda each: -each.mean)
    return PermutationImportance(split=split, rows=len(rows), repeats=params.importance_repeats, columns=columns)


def with_shuffled_column(inputs: Inputs, positions: Positions, generator: np.random.Generator) -> dict[str, Any]:
    """All positions get their values from the same other row."""
    shuffled = dict(inputs)
    order = generator.permutation(len(next(iter(inputs.values()))))
    for name in {name: None for name, _ in positions}:
        shuffled[name] = inputs[name].copy()
    for name, position in positions:
        shuffled[name][:, position] = inputs[name][order, position]
    return shuffled


def evenly_spaced_rows(rows: int) -> NDArray[np.int64]:
    """At most 1,000 row numbers.

    >>> evenly_spaced_rows(3).tolist(), evenly_spaced_rows(2500)[:3].tolist(), len(evenly_spaced_rows(2500))
    ([0, 1, 2], [0, 2, 5], 1000)
    """
    count = min(rows, MAX_ROWS)
    return (np.arange(count, dtype=np.int64) * rows) // max(1, count)


def _reason_to_leave_out(params: Evaluate, fitted: Fitted, groups: Mapping[str, Positions]) -> str | None:
    if params.importance_repeats == 0:
        return "evaluate.importance_repeats is 0"
    is_table = fitted.window is None and all(isinstance(s.column, TABLE_INPUTS) for s in fitted.inputs.values())
    if not is_table:
        return "it is measured for tables only"
    if len(groups) < 2:
        return "there is only one column"
    if len(groups) > MAX_COLUMNS:
        return f"there are {len(groups):,} columns; it is measured for at most {MAX_COLUMNS}"
    return None
