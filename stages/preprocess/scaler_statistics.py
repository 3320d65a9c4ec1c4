"""The statistics of scalers over the blocks of the training rows.

A single block has those of scikit-learn, to the last bit. Over several blocks, least and largest values, medians and
quartiles are exact, and means and deviations are merged in the order of the blocks, so that they do not depend on where
and when each block was read.
"""

from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import NDArray

from stages.core.bounded_memory.scratch_arrays import ScratchArray, ScratchFolder
from stages.core.columns.column_kind import Floats, ScalerStatistics
from stages.core.columns.value_blocks import ValueBlocks

EPSILON = float(np.finfo(np.float64).eps)


@dataclass(frozen=True)
class Moments:
    """The number of rows, and for each column the mean and the sum of the squared differences from it."""

    rows: int
    mean: Floats
    squares: Floats

    @classmethod
    def of(cls, matrix: Floats) -> "Moments":
        # With the values of a column side by side, NumPy adds them in pairs, which keeps more bits.
        of_columns = [_mean_and_squares(np.array(column)) for column in matrix.T]
        mean, squares = np.array(of_columns).reshape(-1, 2).T
        return cls(len(matrix), mean, squares)

    def __add__(self, other: "Moments") -> "Moments":
        """Merge by the formula of Chan, Golub and LeVeque.

        >>> merged = Moments.of(np.array([[1.0], [2.0]])) + Moments.of(np.array([[6.0]]))
        >>> merged.rows, merged.mean, merged.squares
        (3, array([3.]), array([14.]))
        """
        rows = self.rows + other.rows
        difference = other.mean - self.mean
        mean = self.mean + difference * (other.rows / rows)
        squares = self.squares + other.squares + difference * difference * (self.rows * other.rows / rows)
        return Moments(rows, mean, squares)


def _mean_and_squares(values: Floats) -> tuple[float, float]:
    """Changes the values."""
    mean = values.mean()
    values -= mean
    # What rounding left of the mean, as in the corrected algorithm of two passes of Chan, Golub and LeVeque.
    rest = values.sum()
    np.square(values, out=values)
    return mean, values.sum() - rest * rest / len(values)


def moments_of_blocks(blocks: ValueBlocks) -> Moments:
    """Merged from the first block to the last."""
    parts = blocks.map(Moments.of)
    total = next(parts)
    for part in parts:
        total += part
    return total


def scaler_statistics(scaler: str, blocks: ValueBlocks, scratch: ScratchFolder | None = None) -> tuple[Floats, Floats]:
    """Return the offset and scale of each column. A constant column has scale 1.

    The quartiles of several blocks need a folder for the values.
    """
    if blocks.count == 1:
        return next(blocks.map(partial(_scikit_learn_statistics, scaler)))
    match scaler:
        case "standard":
            return mean_and_deviation(moments_of_blocks(blocks))
        case "robust":
            assert scratch is not None
            return _median_and_quartiles(blocks, scratch)
        case _:
            # They depend on the smallest and largest values alone.
            extremes = np.concatenate(list(blocks.map(_extremes)))
            return _scikit_learn_statistics(scaler, _extremes(extremes))


def statistics_in(scratch: ScratchFolder) -> ScalerStatistics:
    """`scaler_statistics` with a folder for values that are too many for the memory."""
    return partial(scaler_statistics, scratch=scratch)


def _scikit_learn_statistics(scaler: str, matrix: Floats) -> tuple[Floats, Floats]:
    from sklearn import preprocessing

    match scaler:
        case "standard":
            standard = preprocessing.StandardScaler().fit(matrix)
            return standard.mean_, standard.scale_
        case "robust":
            robust = preprocessing.RobustScaler().fit(matrix)
            return robust.center_, robust.scale_
        case "maxabs":
            return np.zeros(matrix.shape[1]), preprocessing.MaxAbsScaler().fit(matrix).scale_
        case _:
            minmax = preprocessing.MinMaxScaler().fit(matrix)
            return minmax.data_min_, 1.0 / minmax.scale_


def _extremes(matrix: Floats) -> Floats:
    return np.stack([matrix.min(axis=0), matrix.max(axis=0)])


def mean_and_deviation(moments: Moments) -> tuple[Floats, Floats]:
    """A column is constant if its variance is within the rounding of the algorithm, as scikit-learn decides it."""
    variance = moments.squares / moments.rows
    rounding = moments.rows * EPSILON * variance + (moments.rows * moments.mean * EPSILON) ** 2
    return moments.mean, np.where(variance <= rounding, 1.0, np.sqrt(variance))


def _median_and_quartiles(blocks: ValueBlocks, scratch: ScratchFolder) -> tuple[Floats, Floats]:
    columns = columns_in_scratch(blocks, scratch)
    quartiles = [np.percentile(column, [25.0, 75.0], overwrite_input=True) for column in columns]
    medians = [np.median(column, overwrite_input=True) for column in columns]
    scale = np.array([high - low for low, high in quartiles])
    return np.array(medians), np.where(scale < 10 * EPSILON, 1.0, scale)


def columns_in_scratch(blocks: ValueBlocks, scratch: ScratchFolder) -> NDArray[np.float64]:
    """Each column of all blocks in a row of an array in a file, where it may be sorted in place."""
    width = next(blocks.map(_width))
    array = scratch.file((width, blocks.rows), np.float64)
    for _ in blocks.map_from(partial(_write_columns, array)):
        pass
    return array.open()


def _width(matrix: Floats) -> int:
    return int(matrix.shape[1])


def _write_columns(array: ScratchArray, first_row: int, matrix: Floats) -> None:
    array.open()[:, first_row : first_row + len(matrix)] = matrix.T
