"""The parameters of preprocess."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from stages.core.artefacts.windows import Window
from stages.core.columns.class_labels import LabelEncoding
from stages.core.columns.column_params import ColumnParams
from stages.core.columns.scaling_params import L2, Divide, Maximum, Scaler
from stages.core.errors import format_examples
from stages.core.params import Params

Fraction = Annotated[float, Field(gt=0, lt=1)]
Count = Annotated[int, Field(ge=0)]
SplitSize = Fraction | Count | Literal["given"]


class Split(Params):
    """The size of test and validation: a fraction, a number of rows, or `given` for the split in the raw data.

    `chronological` takes test and validation from the last rows, `test_first` from the first ones. Both keep the order
    of the rows.
    """

    test: SplitSize = 0
    validation: SplitSize = 0
    order: Literal["shuffled", "stratified", "chronological", "test_first"] = "shuffled"
    seed: int = Field(default=0, ge=0)

    @model_validator(mode="after")
    def _check_sum(self) -> Self:
        fractions = [size for size in (self.test, self.validation) if isinstance(size, float)]
        if len(fractions) == 2 and sum(fractions) >= 1:
            raise ValueError(f"test {self.test} and validation {self.validation} leave no rows to train on")
        return self


class DropOutliers(Params):
    """Drop training rows with any |z| above this. Mean and deviation are those of the training rows."""

    step: Literal["drop_outliers"]
    above: float = Field(gt=0)


Step = Annotated[Divide | Maximum | L2 | Scaler | DropOutliers, Field(discriminator="step")]
TargetStep = Annotated[Divide | Maximum | Scaler, Field(discriminator="step")]


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
    """`inputs` defaults to every column that is neither target nor time. A mapping names several inputs.

    `columns` says which kind a column has. A column that it does not name gets a kind by its training values.
    """

    inputs: list[str] | dict[str, list[str]] | None = None
    columns: dict[str, ColumnParams] = {}
    targets: str | list[str] | dict[str, str | list[str]] | None = None
    labels: LabelEncoding | dict[str, LabelEncoding] | None = None
    split: Split
    steps: list[Step] = []
    target_steps: list[TargetStep] = []
    window: Window | None = None
    words: WordParams | None = None

    @model_validator(mode="after")
    def _check_window(self) -> Self:
        if self.window and self.split.order in ("shuffled", "stratified"):
            raise ValueError(
                f"split.order {self.split.order} breaks the order of a series; use chronological or test_first"
            )
        if self.window and any(isinstance(step, DropOutliers) for step in self.steps):
            raise ValueError("drop_outliers would leave gaps in the windows; take it out")
        return self

    @property
    def target_columns(self) -> set[str]:
        return _column_names(self.targets)

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
