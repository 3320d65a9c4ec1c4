"""The parameters of optimizers and of the schedules of their learning rate."""

from itertools import pairwise
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from stages.core.parameters.params import Params
from stages.train.params.layer_params import Units


class Cosine(Params):
    """The rate increases for `warm_up` epochs to the learning rate, then follows half a cosine down to 0."""

    kind: Literal["cosine"]
    warm_up: int = Field(default=0, ge=0)


class Exponential(Params):
    """The learning rate is multiplied by `rate` after every epoch."""

    kind: Literal["exponential"]
    rate: float = Field(gt=0, lt=1)


class StepDecay(Params):
    """The learning rate is multiplied by `factor` after each of these epochs."""

    kind: Literal["steps"]
    after: list[Units] = Field(min_length=1)
    factor: float = Field(gt=0, lt=1)

    @model_validator(mode="after")
    def _check_increasing(self) -> Self:
        if any(second <= first for first, second in pairwise(self.after)):
            raise ValueError(f"after {self.after} must increase")
        return self


class Plateau(Params):
    """The learning rate is multiplied by `factor` when the monitored metric has not improved for `patience` epochs.

    An improvement is more than `min_delta`. No epochs are counted in the `cooldown` epochs after a reduction. The rate
    is never below `min_rate`.
    """

    kind: Literal["plateau"]
    factor: float = Field(gt=0, lt=1)
    patience: Units = 10
    min_delta: float = Field(default=0.0001, ge=0)
    cooldown: int = Field(default=0, ge=0)
    min_rate: float = Field(default=0.0, ge=0)


Schedule = Annotated[Cosine | Exponential | StepDecay | Plateau, Field(discriminator="kind")]


class _Optimizer(Params):
    learning_rate: float = Field(default=0.001, gt=0)
    schedule: Schedule | None = None
    clip_norm: float | None = Field(default=None, gt=0)


class Sgd(_Optimizer):
    kind: Literal["sgd"]
    learning_rate: float = Field(default=0.01, gt=0)
    momentum: float = Field(default=0.0, ge=0, lt=1)


class Adam(_Optimizer):
    kind: Literal["adam"]


class AdamW(_Optimizer):
    """Adam, with all weights multiplied by 1 - `learning_rate` x `weight_decay` in every step."""

    kind: Literal["adamw"]
    weight_decay: float = Field(default=0.004, ge=0)


class RmsProp(_Optimizer):
    kind: Literal["rmsprop"]


Optimizer = Annotated[Sgd | Adam | AdamW | RmsProp, Field(discriminator="kind")]
