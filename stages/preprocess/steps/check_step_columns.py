"""Whether the columns that steps name are there, and hold what a step needs."""

from collections.abc import Iterable, Iterator, Sequence

from stages.core.columns.feature_matrix import FeatureMatrix
from stages.core.columns.features.number_feature import NumberFeature
from stages.core.columns.registry import Column
from stages.core.columns.scaling import ScaledColumns
from stages.core.columns.series.added_columns import added_columns
from stages.core.columns.series.series_params import SeriesStepParams
from stages.core.errors import ErrorList, format_examples, suggest
from stages.core.parameters.params import Params


def check_step_columns(key: str, steps: Sequence[Params], columns: Iterable[Column]) -> None:
    """Each column that a step names belongs to one of the inputs, not necessarily to all of them.

    It can be one that an earlier step has added, such as `price_lag_7`. A step of series is for numbers.
    """
    columns, errors = list(columns), ErrorList()
    known = [name for column in columns for name in column.columns]
    numbers = [name for column in columns for name in _number_columns(column)]
    for step in steps:
        for problem in _problems(step, known, numbers):
            errors.add(f"preprocess.{key}: {getattr(step, 'step', 'a step')} {problem}")
        added = added_columns(step, numbers)
        known, numbers = known + added, numbers + added
    errors.raise_if_any()


def _problems(step: Params, known: Sequence[str], numbers: Sequence[str]) -> Iterator[str]:
    """`known` are all columns that there are before the step, `numbers` those of them that hold numbers."""
    chosen: list[str] | None = getattr(step, "columns", None)
    of_series = isinstance(step, SeriesStepParams)
    if of_series and chosen is None and not numbers:
        yield "is for columns of numbers, and there are none; take it out"
    for name in chosen or ():
        if name not in known:
            yield f"names column {name!r}; {suggest(name, known)}"
        elif of_series and name not in numbers:
            yield f"names column {name!r}, which holds no numbers; take it out"
    added = added_columns(step, numbers)
    if repeated := [name for number, name in enumerate(added) if name in (*known, *added[:number])]:
        yield (
            f"adds {format_examples(map(repr, repeated))}, which is there already; name each number of rows once, and "
            "restrict a later step by `columns`"
        )


def _number_columns(column: Column) -> list[str]:
    if isinstance(column, FeatureMatrix):
        return [feature.column for feature in column.features if isinstance(feature, NumberFeature)]
    return column.columns if isinstance(column, ScaledColumns) and not column.per_batch else []
