"""The hidden layers of `nlinear` and `dlinear`: what a linear layer over all steps of a window takes.

The models are those of Zeng et al., Are Transformers Effective for Time Series Forecasting?, 2023. The linear layer is
the output layer, which spans all columns too.
"""

from typing import Any

from keras import layers

from stages.train.params.layer_params import DLinear, NLinear


def apply_window_linear(params: NLinear | DLinear, shape: list[int], prefix: str, x: Any) -> Any:
    """Return the values for the output layer, one vector for each window of `shape` [steps, columns]."""
    steps, columns = shape
    if isinstance(params, NLinear):
        last = layers.Cropping1D((steps - 1, 0), name=f"{prefix}window_last_step")(x)
        x = layers.Subtract(name=f"{prefix}window_without_last")([x, last])
    else:
        trend = _moving_average(params.average, steps, columns, prefix, x)
        remainder = layers.Subtract(name=f"{prefix}window_remainder")([x, trend])
        # One linear layer over both is the sum of a linear layer over each.
        x = layers.Concatenate(name=f"{prefix}window_trend_and_remainder")([trend, remainder])
    return layers.Flatten(name=f"{prefix}flatten")(x)


def _moving_average(average: int, steps: int, columns: int, prefix: str, x: Any) -> Any:
    """Return the mean over the `average` steps around each step. The first and the last step are repeated."""
    ends = []
    for end, cropping in (("first", (0, steps - 1)), ("last", (steps - 1, 0))):
        step = layers.Cropping1D(cropping, name=f"{prefix}window_{end}_step")(x)
        values = layers.Reshape((columns,), name=f"{prefix}window_{end}_values")(step)
        ends.append(layers.RepeatVector(average // 2, name=f"{prefix}window_{end}_repeated")(values))
    padded = layers.Concatenate(axis=1, name=f"{prefix}window_padded")([ends[0], x, ends[1]])
    return layers.AveragePooling1D(average, strides=1, name=f"{prefix}window_trend")(padded)


def apply_last_values(shape: list[int], positions: list[int], repeats: int, name: str, x: Any) -> Any:
    """Return the last values of the columns at these positions of a window, `repeats` times after one another."""
    steps, width = shape
    x = layers.Reshape((steps * width, 1), name=name % "as_column")(x)
    runs = []
    for number, (first, last) in enumerate(_runs(positions), 1):
        cropping = (steps - 1) * width + first, width - last - 1
        runs.append(layers.Cropping1D(cropping, name=f"{name % 'last_values'}_{number}")(x))
    x = layers.Concatenate(axis=1, name=name % "joined")(runs) if len(runs) > 1 else runs[0]
    x = layers.Reshape((len(positions),), name=name % "as_row")(x)
    x = layers.RepeatVector(repeats, name=name % "repeated")(x)
    return layers.Reshape((repeats * len(positions),), name=name % "added_values")(x)


def _runs(positions: list[int]) -> list[tuple[int, int]]:
    """Return the first and the last of the positions that follow one another.

    >>> _runs([2, 3, 0])
    [(2, 3), (0, 0)]
    """
    runs: list[tuple[int, int]] = []
    for position in positions:
        if runs and runs[-1][1] == position - 1:
            runs[-1] = runs[-1][0], position
        else:
            runs.append((position, position))
    return runs
