"""Steps that were fitted on training rows, and how to apply and undo them.

preprocess fits them; everyone who meets a new row applies the same ones. The functions take the module that
does the arithmetic, so that the same lines serve NumPy and, inside a compiled batch, Keras.
"""

from collections.abc import Sequence
from typing import Annotated, Any, Literal

import numpy as np
from pydantic import BaseModel, ConfigDict, Field


class _Step(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class LinearScaling(_Step):
    """(x - offset) / scale, one figure a column or one for all."""

    step: Literal["affine"] = "affine"
    name: str
    offset: list[float]
    scale: list[float]


class UnitLength(_Step):
    """Divided by its L2 length along an axis; what has no length stays as it is."""

    step: Literal["unit"] = "unit"
    name: str = "l2"
    axis: int


FittedStep = Annotated[LinearScaling | UnitLength, Field(discriminator="step")]


def apply_steps(steps: Sequence[LinearScaling | UnitLength], x: Any, ops: Any = np) -> Any:
    """
    >>> apply_steps([LinearScaling(name="minmax", offset=[1.0], scale=[2.0])], np.array([[1.0], [3.0]])).tolist()
    [[0.0], [1.0]]
    """
    for step in steps:
        x = _affine(step, x) if isinstance(step, LinearScaling) else _unit(step, x, ops)
    return x


def undo_steps(steps: Sequence[LinearScaling | UnitLength], x: Any) -> Any:
    """Back to the unit the values came in; only what lost nothing can be undone."""
    for step in reversed(steps):
        if isinstance(step, UnitLength):
            raise ValueError("an L2 length cannot be restored")
        x = x * _like(step.scale, x) + _like(step.offset, x)
    return x


def _affine(step: LinearScaling, x: Any) -> Any:
    return (x - _like(step.offset, x)) / _like(step.scale, x)


def _like(figures: list[float], x: Any) -> Any:
    """In the precision of x, which may be a tensor of a library that NumPy does not know."""
    return np.asarray(figures, np.float64 if x.dtype == np.float64 else np.float32)


def _unit(step: UnitLength, x: Any, ops: Any) -> Any:
    length = ops.sqrt(ops.sum(ops.square(x), axis=step.axis, keepdims=True))
    return x / ops.where(length == 0, ops.ones_like(length), length)
