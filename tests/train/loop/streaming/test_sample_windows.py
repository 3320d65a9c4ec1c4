"""The order of streamed samples."""

import numpy as np
import pytest

from stages.train.loop.sample_order import sample_order
from stages.train.loop.streaming.data_size import ShuffleSizes
from stages.train.loop.streaming.sample_windows import sample_windows

SIZES = ShuffleSizes(window=12, block=4)


def windows_of(samples, epoch=1, seed=0, shuffle=True):
    return [window.tolist() for window in sample_windows(seed, epoch, samples, SIZES, shuffle)]


@pytest.mark.parametrize("samples", [13, 24, 47, 49, 100])
def test_each_sample_is_in_one_window(samples):
    windows = windows_of(samples)
    assert sorted(number for window in windows for number in window) == [*range(samples)]
    assert [len(window) for window in windows[:-1]] == [12] * (len(windows) - 1)
    assert 0 < len(windows[-1]) <= 12


def test_a_window_has_whole_blocks_in_random_order():
    """96 samples in windows of three blocks of four."""
    windows = windows_of(96)
    blocks = [sorted({number // 4 for number in window}) for window in windows]
    assert [len(of_window) for of_window in blocks] == [3] * 8
    assert blocks != sorted(blocks)
    assert all(window != sorted(window) for window in windows)


def test_the_order_depends_on_seed_and_epoch_alone():
    assert windows_of(50) == windows_of(50)
    assert len({str(windows_of(50, epoch, seed)) for epoch in (1, 2) for seed in (0, 1)}) == 4


def test_samples_of_one_window_have_the_order_of_a_training_in_memory():
    assert windows_of(12, epoch=3, seed=5) == [sample_order(5, 3, 12, shuffle=True).tolist()]


def test_without_shuffling_all_samples_are_in_order():
    assert windows_of(25, shuffle=False) == [[*range(12)], [*range(12, 24)], [24]]


def test_blocks_of_one_sample_are_a_permutation_of_all_samples():
    order = np.concatenate([*sample_windows(0, 1, 1000, ShuffleSizes(window=100, block=1), shuffle=True)])
    assert len({window // 100 for window in order[:100].tolist()}) == 10
