import tracemalloc

import keras
import numpy as np
import pytest

from stages.core.columns.scaling import LinearScaling
from stages.core.columns.series.window_steps import (
    FittedNormalizeWindow,
    FittedRelativeToLast,
    FittedWindowStep,
    apply_to_targets,
    apply_window_steps,
    invert_targets,
)

RANDOM = np.random.default_rng(0)
WINDOWS, TARGETS = RANDOM.normal(5, 2, (7, 6, 2)), RANDOM.normal(5, 2, (7, 3, 2))
INPUT_SCALING = LinearScaling(name="standard", offset=[0.5, -1.0], scale=[2.0, 3.0])
TARGET_SCALING = LinearScaling(name="standard", offset=[0.5] * 6, scale=[1.0, 2.0, 3.0, 4.0, 5.0, 6.0])
CHAINS: list[list[FittedWindowStep]] = [
    [FittedRelativeToLast()],
    [FittedRelativeToLast(positions=[1])],
    [FittedNormalizeWindow()],
    [FittedNormalizeWindow(positions=[0]), FittedRelativeToLast()],
    [FittedRelativeToLast(), FittedNormalizeWindow()],
]


def test_relative_to_last() -> None:
    windows = np.array([[[1.0, 10.0], [4.0, 30.0]]])
    assert apply_window_steps([FittedRelativeToLast()], windows).tolist() == [[[-3, -20], [0, 0]]]
    assert apply_window_steps([FittedRelativeToLast(positions=[1])], windows).tolist() == [[[1, -20], [4, 0]]]


def test_each_window_has_its_own_mean_and_deviation() -> None:
    normalized = apply_window_steps([FittedNormalizeWindow()], WINDOWS)
    np.testing.assert_allclose(normalized.mean(axis=1), 0, atol=1e-12)
    np.testing.assert_allclose(normalized.std(axis=1), 1)


@pytest.mark.parametrize("unit", [1e-30, 1.0, 1e30])
def test_the_unit_of_a_series_does_not_matter(unit: float) -> None:
    windows = (WINDOWS * unit).astype(np.float32)
    np.testing.assert_allclose(
        apply_window_steps([FittedNormalizeWindow()], windows),
        apply_window_steps([FittedNormalizeWindow()], WINDOWS),
        rtol=1e-4,
        atol=1e-5,
    )


def test_a_constant_window_is_not_divided() -> None:
    assert apply_window_steps([FittedNormalizeWindow()], np.full((1, 4, 1), 7.0)).tolist() == [[[0.0]] * 4]


def test_a_constant_window_of_32_bits_is_not_divided() -> None:
    """The mean of these three equal numbers is rounded in 32 bits, which looks like a deviation of 0.008."""
    known = np.full((1, 3, 1), 123456.7, np.float32)
    assert known.std() > 0.007
    [[change]] = apply_to_targets([FittedNormalizeWindow()], known[:, :1] + 100, known).tolist()
    assert change == pytest.approx(100, abs=0.02)


def test_normalizing_does_not_depend_on_the_unit() -> None:
    in_another_unit = apply_window_steps([FittedNormalizeWindow()], WINDOWS * 1e-9)
    np.testing.assert_allclose(in_another_unit, apply_window_steps([FittedNormalizeWindow()], WINDOWS))


def test_targets_are_transformed_by_what_the_window_knows() -> None:
    known, targets = np.array([[[1.0], [3.0]]]), np.array([[[4.0], [6.0]]])
    assert apply_to_targets([FittedRelativeToLast()], targets, known).tolist() == [[1, 3]]
    assert apply_to_targets([FittedNormalizeWindow()], targets, known).tolist() == [[2, 4]]
    # Mean 2 and deviation 1, so that the last known value is 1.
    both: list[FittedWindowStep] = [FittedNormalizeWindow(), FittedRelativeToLast()]
    assert apply_to_targets(both, targets, known).tolist() == [[1, 3]]


@pytest.mark.parametrize("scaling", [[], [TARGET_SCALING]])
@pytest.mark.parametrize("steps", CHAINS)
def test_targets_can_be_inverted(steps: list[FittedWindowStep], scaling: list[FittedWindowStep]) -> None:
    rows = apply_to_targets([*steps, *scaling], TARGETS, WINDOWS)
    assert rows.shape == (7, 6)
    np.testing.assert_allclose(invert_targets([*steps, *scaling], rows, WINDOWS, 3), TARGETS, rtol=1e-12)


@pytest.mark.parametrize("steps", CHAINS)
def test_tensors_are_transformed_as_arrays(steps: list[FittedWindowStep]) -> None:
    windows, targets = WINDOWS.astype(np.float32), TARGETS.astype(np.float32)
    inputs = apply_window_steps([*steps, INPUT_SCALING], keras.ops.convert_to_tensor(windows), keras.ops)
    expected = apply_window_steps([*steps, INPUT_SCALING], windows)
    np.testing.assert_allclose(keras.ops.convert_to_numpy(inputs), expected, rtol=1e-5, atol=1e-5)
    target_tensor, known = keras.ops.convert_to_tensor(targets), keras.ops.convert_to_tensor(windows)
    rows = apply_to_targets([*steps, TARGET_SCALING], target_tensor, known, keras.ops)
    expected = apply_to_targets([*steps, TARGET_SCALING], targets, windows)
    np.testing.assert_allclose(keras.ops.convert_to_numpy(rows), expected, rtol=1e-5, atol=1e-5)


def test_windows_are_not_copied_for_the_changes_since_the_last_value() -> None:
    """The windows are views of a series; copies of them would have 80 MB."""
    known = np.lib.stride_tricks.sliding_window_view(np.zeros((10_999, 1)), 1000, axis=0).transpose(0, 2, 1)
    targets = np.ones((len(known), 1, 1))
    tracemalloc.start()
    try:
        rows = apply_to_targets([FittedRelativeToLast()], targets, known)
        invert_targets([FittedRelativeToLast()], rows, known, step_count=1)
        assert tracemalloc.get_traced_memory()[1] < 4_000_000
    finally:
        tracemalloc.stop()
