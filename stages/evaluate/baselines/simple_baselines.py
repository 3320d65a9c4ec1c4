"""Predictions without a library: from the training rows' classes, or by least squares."""

from collections.abc import Sequence

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
            np.random.default_rng(seed).shuffle(shuffled)
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
    """The coefficients of the inputs and of the constant.

    Of more numbers than NUMBERS_AT_ONCE, each block is reduced to the triangular matrix of a QR decomposition, whose
    least squares solution is that of all rows.
    """
    samples, width = processed.sample_count(TRAIN), flat_width(processed.fitted, names) + 1
    if samples * width <= NUMBERS_AT_ONCE:
        inputs, values = _weighted_rows(target, processed, slice(0, samples), names)
        return np.asarray(np.linalg.lstsq(inputs, values, rcond=None)[0])
    rows = max(width, NUMBERS_AT_ONCE // 8 // width)
    reduced: Array | None = None
    for part in _parts(0, samples, rows):
        block = np.column_stack(_weighted_rows(target, processed, part, names))
        reduced = np.asarray(np.linalg.qr(block if reduced is None else np.concatenate([reduced, block]), mode="r"))
    assert reduced is not None
    return np.asarray(np.linalg.lstsq(reduced[:, :width], reduced[:, width:], rcond=None)[0])


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
