"""Predictions without a library: from the training rows' classes, or by least squares."""

from collections.abc import Iterable, Sequence

import numpy as np

from stages.core.artefacts.processed import TRAIN, ProcessedData
from stages.core.artefacts.records.evaluation import BaselineFit
from stages.evaluate.baselines.flat_inputs import flat_inputs, flat_width
from stages.evaluate.metrics.sums_of_blocks import sum_of_blocks
from stages.evaluate.params import SimpleBaseline
from stages.evaluate.target_predictions import Array, TargetPredictions

# Least squares of so many numbers, training samples x inputs, are computed at once.
NUMBERS_AT_ONCE = 1 << 24
# Least squares of more numbers are of at most so many inputs: their time grows with the square of the inputs.
MAX_INPUTS = 1024
SMALLEST = 1e-12


def baseline_predictions(
    name: SimpleBaseline, target: str, processed: ProcessedData, split: str, seed: int
) -> TargetPredictions:
    match name:
        case "majority":
            counts, samples = class_counts(processed, target), processed.sample_count(split)
            most, shares = int(counts.argmax()), counts / counts.sum()
            return TargetPredictions(
                processed.compute_in_blocks(samples, lambda block: np.full(block.stop - block.start, most)),
                processed.compute_in_blocks(samples, lambda block: np.tile(shares, (block.stop - block.start, 1))),
            )
        case "shuffled":
            truth = processed.truth(split)[target]
            shuffled = processed.new_array(truth.shape, truth.dtype)
            shuffled[:] = truth
            # NumPy shuffles the rows of a matrix one by one in Python, and those of an array at once.
            of_row = np.dtype((np.void, shuffled[0].nbytes))
            np.random.default_rng(seed).shuffle(shuffled.reshape(len(shuffled), -1).view(of_row)[:, 0])
            return TargetPredictions(shuffled)
        case "linear":
            return TargetPredictions(least_squares_predictions(target, processed, split))


def class_counts(processed: ProcessedData, target: str) -> Array:
    """The number of training samples of each class, or the sum of their weights."""
    width = processed.fitted.targets[target].width

    def of_block(block: slice) -> Array:
        numbers = processed.truth_of_target(TRAIN, target, block)
        return np.bincount(numbers, processed.weights(TRAIN, block), minlength=width)

    return np.asarray(sum_of_blocks(processed.sample_count(TRAIN), of_block))


def least_squares_predictions(target: str, processed: ProcessedData, split: str) -> Array:
    names = least_squares_inputs(processed)
    coefficients = _least_squares(target, processed, names)

    def of_block(block: slice) -> Array:
        predicted = [
            _inputs_with_constant(processed, split, part, names) @ coefficients
            for part in _parts(block.start, block.stop, max(1, NUMBERS_AT_ONCE // len(coefficients)))
        ]
        return processed.invert(target, split, np.concatenate(predicted), block)

    return processed.compute_in_blocks(processed.sample_count(split), of_block)


def least_squares_inputs(processed: ProcessedData) -> list[str]:
    """All inputs. Of more numbers than NUMBERS_AT_ONCE, as many as have MAX_INPUTS columns, the narrow ones first."""
    fitted = processed.fitted
    if processed.sample_count(TRAIN) * (flat_width(fitted) + 1) <= NUMBERS_AT_ONCE:
        return list(fitted.inputs)
    chosen: set[str] = set()
    for name in sorted(fitted.inputs, key=lambda name: flat_width(fitted, [name])):
        if flat_width(fitted, [*chosen, name]) <= MAX_INPUTS:
            chosen.add(name)
    return [name for name in fitted.inputs if name in chosen]


def least_squares_fit(target: str, processed: ProcessedData) -> BaselineFit | None:
    """Which inputs are left out; None if none is."""
    chosen = least_squares_inputs(processed)
    left_out = [name for name in processed.fitted.inputs if name not in chosen]
    return BaselineFit(baseline="linear", target=target, left_out_inputs=left_out) if left_out else None


def _parts(start: int, stop: int, size: int) -> list[slice]:
    """
    >>> _parts(2, 7, 3), _parts(2, 2, 3)
    ([slice(2, 5, None), slice(5, 7, None)], [slice(2, 2, None)])
    """
    return [slice(each, min(each + size, stop)) for each in range(start, max(stop, start + 1), size)]


def _least_squares(target: str, processed: ProcessedData, names: Sequence[str]) -> Array:
    """The coefficients of the inputs and of the constant."""
    samples, width = processed.sample_count(TRAIN), flat_width(processed.fitted, names) + 1
    if samples * width > NUMBERS_AT_ONCE:
        parts = _parts(0, samples, max(width, NUMBERS_AT_ONCE // 8 // width))
        return normal_equations_solution(_weighted_rows(target, processed, part, names) for part in parts)
    inputs, values = _weighted_rows(target, processed, slice(0, samples), names)
    return np.asarray(np.linalg.lstsq(inputs, values, rcond=None)[0])


def normal_equations_solution(parts: Iterable[tuple[Array, Array]]) -> Array:
    """The least squares solution of all parts, each of inputs, of which the last one is the constant, and values.

    The products of inputs lose half of the digits, so the inputs are standardized first, by the mean and the deviation
    of the first part: any shift and scale give the same solution. A QR decomposition takes several times as long.

    >>> x, y = np.array([[1.0, 1], [2, 1], [4, 1]]), np.array([[5.0], [7], [11]])
    >>> normal_equations_solution([(x[:2], y[:2]), (x[2:], y[2:])]).round(9).tolist()
    [[2.0], [3.0]]
    """
    products: Array | None = None
    for inputs, values in parts:
        constant = inputs[:, -1:]
        if products is None:
            center = (constant.T @ inputs[:, :-1]) / max(float((constant**2).sum()), SMALLEST)
            scale = np.sqrt(((inputs[:, :-1] - constant * center) ** 2).mean(axis=0))
            scale[scale == 0] = 1
        rows = np.column_stack([(inputs[:, :-1] - constant * center) / scale, constant, values])
        of_part = rows.T @ rows
        products = of_part if products is None else products + of_part
    assert products is not None
    width = len(scale) + 1
    # Less than that are rounding errors of inputs that follow from the others.
    solution = np.linalg.lstsq(products[:width, :width], products[:width, width:], rcond=SMALLEST)[0]
    slopes = solution[:-1] / scale[:, None]
    return np.concatenate([slopes, solution[-1:] - center @ slopes])


def _inputs_with_constant(processed: ProcessedData, split: str, samples: slice, names: Sequence[str]) -> Array:
    constant = np.ones(samples.stop - samples.start)
    return np.column_stack([flat_inputs(processed, split, samples, names), constant]) if names else constant[:, None]


def _weighted_rows(target: str, processed: ProcessedData, samples: slice, names: Sequence[str]) -> tuple[Array, Array]:
    """The inputs and the values of training samples."""
    training_inputs = _inputs_with_constant(processed, TRAIN, samples, names)
    values = processed.targets(TRAIN, samples)[target].astype(np.float64)
    weights = processed.weights(TRAIN, samples)
    if weights is not None:
        # The squared error of a row counts as much as its weight.
        roots = np.sqrt(weights.astype(np.float64))[:, None]
        training_inputs, values = training_inputs * roots, values * roots
    return training_inputs, values
