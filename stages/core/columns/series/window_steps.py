"""Fitted steps over windows: the values of a window by what the window itself knows.

Arrays have the axes windows, rows and columns. `known` are the input rows of the windows; for a target it holds the
target's own values in these rows. The module that does the arithmetic is an argument, as in `apply_steps`, so that the
same code runs in NumPy and, inside a compiled batch, in Keras.
"""

from collections.abc import Iterator, Sequence
from typing import Annotated, Any, Literal

import numpy as np
from pydantic import Field

from stages.core.artefacts.records.record import Record
from stages.core.columns.scaling import LinearScaling, apply_steps, inverse_steps

# A window whose deviation is below this share of its mean is constant but for rounding, and is not divided. A number of
# 32 bits is rounded by up to 6e-8 of its size.
ROUNDING = 1e-6


class _WindowStep(Record):
    """`positions` are those of the columns that the step is for; None stands for all columns."""

    positions: list[int] | None = Field(default=None, exclude_if=lambda positions: positions is None)

    def chosen(self, x: Any) -> Any:
        """1 for each column that the step is for, 0 for the others."""
        dtype = np.float64 if x.dtype == np.float64 else np.float32
        if self.positions is None:
            return np.ones(x.shape[-1], dtype)
        return np.isin(np.arange(x.shape[-1]), self.positions).astype(dtype)


class FittedRelativeToLast(_WindowStep):
    step: Literal["relative_to_last"] = "relative_to_last"

    def apply(self, x: Any, known: Any, ops: Any) -> Any:  # noqa: ARG002
        return x - known[:, -1:] * self.chosen(x)

    def inverse(self, x: Any, known: Any, ops: Any) -> Any:  # noqa: ARG002
        return x + known[:, -1:] * self.chosen(x)


class FittedNormalizeWindow(_WindowStep):
    step: Literal["normalize_window"] = "normalize_window"

    def apply(self, x: Any, known: Any, ops: Any) -> Any:
        mean, deviation = self._statistics(known, ops)
        return (x - mean) / deviation

    def inverse(self, x: Any, known: Any, ops: Any) -> Any:
        mean, deviation = self._statistics(known, ops)
        return x * deviation + mean

    def _statistics(self, known: Any, ops: Any) -> tuple[Any, Any]:
        """Mean 0 and deviation 1 for the columns that the step is not for."""
        chosen = self.chosen(known)
        # Sums and squares of very large or small numbers do not fit into 32 bits.
        largest = ops.max(ops.abs(known), axis=1, keepdims=True)
        unit = ops.where(largest > 0, largest, ops.ones_like(largest))
        known = known / unit
        mean = ops.mean(known, axis=1, keepdims=True)
        deviation = ops.sqrt(ops.mean(ops.square(known - mean), axis=1, keepdims=True))
        divided = (deviation > ROUNDING * ops.abs(mean)) & (chosen > 0)
        return mean * unit * chosen, ops.where(divided, deviation * unit, ops.ones_like(deviation))


FittedWindowStep = Annotated[FittedRelativeToLast | FittedNormalizeWindow | LinearScaling, Field(discriminator="step")]


def apply_window_steps(steps: Sequence[FittedWindowStep], x: Any, ops: Any = np) -> Any:
    """Return the input windows after the steps.

    >>> apply_window_steps([FittedRelativeToLast()], np.array([[[1.0], [4.0]]])).tolist()
    [[[-3.0], [0.0]]]
    """
    for step in steps:
        x = apply_steps([step], x, ops) if isinstance(step, LinearScaling) else step.apply(x, x, ops)
    return x


def apply_to_targets(steps: Sequence[FittedWindowStep], targets: Any, known: Any, ops: Any = np) -> Any:
    """Return a row for each window: the columns of the first step ahead, those of the second, and so on.

    Scaling steps have a number for each value of such a row.

    >>> known, targets = np.array([[[1.0], [4.0]]]), np.array([[[6.0], [9.0]]])
    >>> apply_to_targets([FittedRelativeToLast()], targets, known).tolist()
    [[2.0, 5.0]]
    """
    windows, scalings = split_steps(steps)
    for step, known_before in zip(windows, known_before_steps(windows, known, ops), strict=True):
        targets = step.apply(targets, known_before, ops)
    rows = ops.reshape(targets, (-1, targets.shape[1] * targets.shape[2]))
    return apply_steps(scalings, rows, ops)


def invert_targets(steps: Sequence[FittedWindowStep], rows: Any, known: Any, step_count: int) -> Any:
    """Return targets from rows of `apply_to_targets`."""
    windows, scalings = split_steps(steps)
    before = list(known_before_steps(windows, known, np))
    targets = inverse_steps(scalings, rows).reshape(len(rows), step_count, -1)
    for step, known_before in zip(reversed(windows), reversed(before), strict=True):
        targets = step.inverse(targets, known_before, np)
    return targets


def known_before_steps(
    steps: Sequence[FittedRelativeToLast | FittedNormalizeWindow], known: Any, ops: Any
) -> Iterator[Any]:
    """The known rows as each step finds them. None is applied after the last one: it would copy all windows."""
    for number in range(len(steps)):
        if number > 0:
            known = steps[number - 1].apply(known, known, ops)
        yield known


def split_steps(
    steps: Sequence[FittedWindowStep],
) -> tuple[list[FittedRelativeToLast | FittedNormalizeWindow], list[LinearScaling]]:
    """Scalings come after all other steps."""
    windows = [step for step in steps if not isinstance(step, LinearScaling)]
    scalings = [step for step in steps if isinstance(step, LinearScaling)]
    assert [*steps] == [*windows, *scalings]
    return windows, scalings
