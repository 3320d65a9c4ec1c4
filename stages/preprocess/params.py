"""How raw data becomes what a model sees."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from stages.core.errors import format_examples
from stages.core.params import Params

Fraction = Annotated[float, Field(gt=0, lt=1)]
Count = Annotated[int, Field(ge=0)]
Share = Fraction | Count | Literal["given"]
Encoding = Literal["one_hot", "integer"]


class Split(Params):
    """Which rows test and validate: a fraction, a number of rows, or the split that came with the data.

    `chronological` holds out the last rows, `first` the first ones; both keep the order of time.
    """

    test: Share = 0
    validation: Share = 0
    order: Literal["shuffled", "stratified", "chronological", "first"] = "shuffled"
    seed: int = Field(default=0, ge=0)

    @model_validator(mode="after")
    def _leaves_rows(self) -> Self:
        parts = (self.test, self.validation)
        if all(isinstance(part, float) for part in parts) and sum(map(float, parts)) >= 1:
            raise ValueError(f"test {self.test} and validation {self.validation} leave no rows to train on")
        return self


class Divide(Params):
    """By a constant."""

    step: Literal["divide"]
    by: float = Field(gt=0)


class Maximum(Params):
    """By the largest training value."""

    step: Literal["maximum"]


class L2(Params):
    """Each row to length one along an axis; axis 0 would mix rows."""

    step: Literal["l2"]
    axis: int = Field(default=1, ge=1)


class Scaler(Params):
    """scikit-learn's; `columns` leaves the others as they are. Pictures have one scale for all pixels."""

    step: Literal["minmax", "standard", "robust", "maxabs"]
    columns: list[str] | None = None


class DropOutliers(Params):
    """Training rows with any |z| above this, z taken over the training rows."""

    step: Literal["drop_outliers"]
    above: float = Field(gt=0)


Step = Annotated[Divide | Maximum | L2 | Scaler | DropOutliers, Field(discriminator="step")]
TargetStep = Annotated[Divide | Maximum | Scaler, Field(discriminator="step")]


class WindowParams(Params):
    length: int = Field(ge=1)
    stride: int = Field(default=1, ge=1)
    horizon: int = Field(default=1, ge=1)


class WordParams(Params):
    """Multi-hot rows over the ids below `most`; rarer words all count as the word `rare`, or not at all."""

    most: int = Field(ge=2)
    rare: int | None = Field(default=None, ge=0)

    @model_validator(mode="after")
    def _rare_is_a_word(self) -> Self:
        if self.rare is not None and self.rare >= self.most:
            raise ValueError(f"rare {self.rare} must be one of the ids below most, {self.most}")
        return self


class Preprocess(Params):
    """`inputs` defaults to every column that is neither target nor time; a mapping makes several inputs."""

    inputs: list[str] | dict[str, list[str]] | None = None
    targets: str | list[str] | dict[str, str | list[str]] | None = None
    labels: Encoding | dict[str, Encoding] | None = None
    split: Split
    steps: list[Step] = []
    target_steps: list[TargetStep] = []
    window: WindowParams | None = None
    words: WordParams | None = None

    @model_validator(mode="after")
    def _windows_need_order(self) -> Self:
        if self.window and self.split.order in ("shuffled", "stratified"):
            raise ValueError(f"split.order {self.split.order} tears a series apart; use chronological or first")
        if self.window and any(isinstance(s, DropOutliers) for s in self.steps):
            raise ValueError("drop_outliers would leave gaps in the windows; take it out")
        return self

    @model_validator(mode="after")
    def _the_answer_is_not_given(self) -> Self:
        """A window ends before its target's row, so it may have the target's past."""
        given = sorted(_columns(self.inputs) & _columns(self.targets))
        if given and not self.window:
            raise ValueError(
                f"inputs name {format_examples(map(repr, given))}, which is to be predicted; take it out of them"
            )
        return self


def _columns(named: str | Sequence[str] | Mapping[str, str | list[str]] | None) -> set[str]:
    """
    >>> sorted(_columns({"size": ["length", "width"], "kind": "kind"})), _columns(None)
    (['kind', 'length', 'width'], set())
    """
    match named:
        case None:
            return set()
        case str():
            return {named}
        case Mapping():
            return set().union(*map(_columns, named.values()))
        case _:
            return set(named)
