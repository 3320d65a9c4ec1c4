"""The parameters of preprocess."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from stages.core.artefacts.windows import Window
from stages.core.columns.categories.class_labels import LabelEncoding
from stages.core.columns.column_params import ColumnParams, InputParams
from stages.core.columns.scaling_params import L2, Divide, Maximum, Scaler
from stages.core.columns.series.series_params import (
    Difference,
    Lags,
    Log,
    LogReturn,
    NormalizeWindow,
    RelativeToLast,
    Rolling,
    SeasonalDifference,
)
from stages.core.errors import format_examples
from stages.core.parameters.params import Params
from stages.preprocess.split.params import IN_ORDER, Backtest, Split, check_backtest
from stages.preprocess.steps.series_steps import DividedSteps, check_series_steps, divide_steps


class DropOutliers(Params):
    """Drop training rows with any |z| above this. Mean and deviation are those of the training rows."""

    step: Literal["drop_outliers"]
    above: float = Field(gt=0)


SeriesTargetStep = Log | Difference | SeasonalDifference | LogReturn | RelativeToLast | NormalizeWindow
Step = Annotated[
    Divide | Maximum | L2 | Scaler | DropOutliers | SeriesTargetStep | Lags | Rolling, Field(discriminator="step")
]
TargetStep = Annotated[Divide | Maximum | Scaler | SeriesTargetStep, Field(discriminator="step")]


class WordParams(Params):
    """Multi-hot rows over the ids below `vocabulary_size`. Other ids become `unknown_id`, or are left out."""

    vocabulary_size: int = Field(ge=2)
    unknown_id: int | None = Field(default=None, ge=0)

    @model_validator(mode="after")
    def _check_unknown_id(self) -> Self:
        if self.unknown_id is not None and self.unknown_id >= self.vocabulary_size:
            raise ValueError(
                f"unknown_id {self.unknown_id} must be one of the ids below vocabulary_size, {self.vocabulary_size}"
            )
        return self


class Preprocess(Params):
    """`inputs` defaults to every column that nothing else is made of: no target, no time, no column of the split.

    A mapping names several inputs. `columns` says which kind a column has: of an input, or the `weight` of each row in
    training and metrics, the `group` whose rows are in one split, or `ignore`. A column that it does not name gets a
    kind by its training values.

    `steps` change the inputs and `target_steps` the targets, one after the other. Steps of a series need a `window`.
    After `relative_to_last` and `normalize_window`, which change each window, only scalers may follow.

    `backtest` adds models that are trained up to earlier origins of a series, to show how much results vary.
    """

    inputs: list[str] | dict[str, list[str]] | None = None
    columns: dict[str, ColumnParams] = {}
    targets: str | list[str] | dict[str, str | list[str]] | None = None
    labels: LabelEncoding | dict[str, LabelEncoding] | None = None
    split: Split
    steps: list[Step] = []
    target_steps: list[TargetStep] = []
    window: Window | None = None
    backtest: Backtest | None = None
    words: WordParams | None = None

    @model_validator(mode="after")
    def _check_window(self) -> Self:
        if self.window and self.split.order not in IN_ORDER:
            raise ValueError(
                f"split.order {self.split.order} breaks the order of a series; use chronological or test_first"
            )
        if self.window and self.split.by is not None:
            raise ValueError("split.by takes rows out of the order of a series; sort the data by it, and take by out")
        if self.window and self.window.steps == "all" and self.labels is not None:
            raise ValueError(
                "window.steps: all is for targets that are values, and labels make classes; use steps: last"
            )
        if self.window and any(isinstance(step, DropOutliers) for step in self.steps):
            raise ValueError("drop_outliers would leave gaps in the windows; take it out")
        return self

    @model_validator(mode="after")
    def _check_backtest(self) -> Self:
        check_backtest(self.backtest, self.split, self.window)
        return self

    @model_validator(mode="after")
    def _check_series_steps(self) -> Self:
        check_series_steps("steps", self.steps, self.window)
        check_series_steps("target_steps", self.target_steps, self.window)
        return self

    @property
    def input_steps(self) -> DividedSteps:
        return divide_steps(self.steps, self.window)

    @property
    def steps_of_targets(self) -> DividedSteps:
        return divide_steps(self.target_steps, self.window)

    @property
    def lookback(self) -> int:
        """How many rows before it a row needs for its inputs and targets."""
        return max(self.input_steps.lookback, self.steps_of_targets.lookback)

    @property
    def target_columns(self) -> set[str]:
        return _column_names(self.targets)

    @model_validator(mode="after")
    def _check_row_columns(self) -> Self:
        for kind in ("weight", "group"):
            if len(names := self._columns_of_kind(kind)) > 1:
                raise ValueError(f"columns {format_examples(names)} have kind {kind}; only one may")
        if self.group is not None and self.window is not None:
            raise ValueError(
                f"columns.{self.group}: the rows of a group are not a series, and windows need one; take the group or "
                "the window out"
            )
        if self.group is not None and self.split.order not in ("shuffled", "stratified"):
            key = f"`split: {{order: hash, key: {self.group}}}`"
            other = f"use shuffled, stratified or {key}, which keeps groups together too"
            raise ValueError(f"columns.{self.group}: groups cannot be split in order {self.split.order}; {other}")
        return self

    @model_validator(mode="after")
    def _check_roles(self) -> Self:
        """A column of the split or of a kind that is no input cannot be a target, nor an input if its kind says so."""
        targets, inputs = _column_names(self.targets), _column_names(self.inputs)
        no_inputs = {name: column for name, column in self.columns.items() if not isinstance(column, InputParams)}
        roles = {name: f"columns.{name}: kind {column.kind}" for name, column in no_inputs.items()}
        split_columns = dict.fromkeys(self.split.keys, "split.key") | {str(self.split.by): "split.by"}
        for name, role in (split_columns | roles).items():
            if name in targets:
                raise ValueError(f"{role}: {name} is a target; use another column")
            if name in inputs and name in roles:
                raise ValueError(f"{role}: {name} is among the inputs; take it out of one of them")
        return self

    @property
    def weight(self) -> str | None:
        """The column of weights."""
        return next(iter(self._columns_of_kind("weight")), None)

    @property
    def group(self) -> str | None:
        """The column of groups."""
        return next(iter(self._columns_of_kind("group")), None)

    @property
    def columns_of_no_input(self) -> set[str]:
        """The columns that are inputs only if `inputs` names them."""
        no_inputs = [name for name, column in self.columns.items() if not isinstance(column, InputParams)]
        return {*no_inputs, *self.split.keys, *([] if self.split.by is None else [self.split.by])}

    def _columns_of_kind(self, kind: str) -> list[str]:
        return [name for name, column in self.columns.items() if column.kind == kind]

    @model_validator(mode="after")
    def _check_no_target_in_inputs(self) -> Self:
        # A window ends before its target, so earlier values of the target may be inputs.
        shared = sorted(_column_names(self.inputs) & _column_names(self.targets))
        if shared and not self.window:
            raise ValueError(f"inputs name the target {format_examples(map(repr, shared))}; take it out of the inputs")
        return self


def _column_names(named: str | Sequence[str] | Mapping[str, str | list[str]] | None) -> set[str]:
    """
    >>> sorted(_column_names({"size": ["length", "width"], "kind": "kind"})), _column_names(None)
    (['kind', 'length', 'width'], set())
    """
    if isinstance(named, Mapping):
        return set().union(*map(_column_names, named.values()))
    return {named} if isinstance(named, str) else set(named or ())
