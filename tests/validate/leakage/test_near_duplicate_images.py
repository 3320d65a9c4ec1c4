from typing import Any

import numpy as np
import pytest

from stages.validate.leakage import near_duplicate_images as module
from stages.validate.leakage.near_duplicate_images import Album, near_pictures, thumbnails
from stages.validate.leakage.nearest_rows import Sought, Twins

RNG = np.random.default_rng(0)
NOISE = RNG.integers(0, 200, (30, 12, 12), np.uint8)


def digit(*strokes: tuple[slice | int, slice | int]) -> np.ndarray:
    picture = np.zeros((28, 28), np.uint8)
    for stroke in strokes:
        picture[stroke] = 255
    return picture


ONE = digit((slice(4, 24), slice(12, 16)))
SEVEN = digit((slice(4, 7), slice(6, 22)), (slice(4, 24), slice(18, 21)))


def found(train: Any, test: Any, least: float = 0.99) -> list[tuple[int, int]]:
    """Pictures of the test with those of the training."""
    train, test = np.asarray(train), np.asarray(test)
    rows = np.arange(len(train), len(train) + len(test))
    twins, looked = near_pictures([train, test], Sought(rows, np.full(len(test), len(train))), least)
    assert len(looked) == len(test)
    return [(int(row) - len(train), int(other)) for row, other in zip(twins.rows, twins.others, strict=True)]


def test_one_pixel_changed() -> None:
    changed = SEVEN.copy()
    changed[20, 3] = 255
    assert found([ONE, SEVEN], [changed]) == [(0, 1)]


def test_another_brightness_and_another_contrast() -> None:
    assert found(NOISE, [NOISE[7] + 40, NOISE[3] // 2]) == [(0, 7), (1, 3)]


def test_two_digits_are_two_pictures() -> None:
    assert found([ONE], [SEVEN]) == []
    assert found([ONE], [np.roll(ONE, 4, axis=1)]) == []


def test_flat_pictures_are_like_nothing() -> None:
    flat = np.full((2, 6, 6), 9, np.uint8)
    assert found(flat, flat + 1) == []


@pytest.mark.parametrize("shape", [(5, 3), (8, 8, 3), (9, 30, 1), (20, 17, 4)])
def test_any_shape_and_depth(shape: tuple[int, ...]) -> None:
    pictures = RNG.integers(0, 200, (20, *shape), np.uint8)
    assert found(pictures, pictures[[4, 2]] + np.uint8(9)) == [(0, 4), (1, 2)]


@pytest.mark.parametrize("kind", [np.float64, np.float32, np.int16])
def test_numbers_of_another_range(kind: type) -> None:
    pictures = (NOISE.astype(kind) - 90) * kind(3)
    assert found(pictures, pictures[5:6] + kind(1)) == [(0, 5)]


def test_no_pictures_are_nearer_than_their_thumbnails() -> None:
    """The thumbnails leave out none: whatever the threshold, all pairs that numpy's own correlation has."""
    some = np.clip(NOISE[:1] + RNG.normal(0, 25, (30, 12, 12)) * np.linspace(0, 3, 30)[:, None, None], 0, 255)
    some = some.astype(np.uint8)
    truth = np.corrcoef(some.reshape(30, -1))
    for least in (0.7, 0.8, 0.9, 0.95, 0.99):
        expected = {row for row in range(15, 30) if truth[row, :15].max() >= least}
        assert {row + 15 for row, _ in found(some[:15], some[15:], least)} == expected


def test_thumbnails_are_whole_numbers_that_float32_multiplies_exactly() -> None:
    small = thumbnails(Album([NOISE, RNG.choice([0, 255], (30, 12, 12)).astype(np.uint8)]), 60)
    assert np.array_equal(small, np.rint(small))
    assert (small.astype(np.float64) ** 2).sum(axis=1).max() < 2**24


def test_the_same_pairs_in_blocks_of_any_size(monkeypatch: pytest.MonkeyPatch) -> None:
    pictures = np.concatenate([NOISE, NOISE[::-1] + 5])
    rows = np.arange(1, 60)
    whole, _ = near_pictures([pictures], Sought(rows, rows), 0.99)
    monkeypatch.setattr(module, "ROWS", 7)
    monkeypatch.setattr(module, "OTHERS", 11)
    small, _ = near_pictures([pictures], Sought(rows, rows), 0.99)
    assert whole.rows.tolist() == list(range(30, 60))
    assert whole.others.tolist() == list(range(29, -1, -1))
    assert (small.rows.tolist(), small.others.tolist()) == (whole.rows.tolist(), whole.others.tolist())


def test_what_is_alike_throughout_is_found_within_the_few_candidates() -> None:
    copies = NOISE[:1] + np.arange(40, dtype=np.uint8)[:, None, None]
    rows = np.arange(20, 40)
    twins, _ = near_pictures([copies], Sought(rows, np.full(20, 20)), 0.99)
    assert isinstance(twins, Twins)
    assert twins.rows.tolist() == rows.tolist()


def test_more_than_can_be_held_against_each_other_are_thinned(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "PAIRS", 30 * 5)
    rows = np.arange(30, 60)
    twins, looked = near_pictures([NOISE, NOISE + 9], Sought(rows, np.full(30, 30)), 0.99)
    assert looked.rows.tolist() == twins.rows.tolist() == [30, 36, 42, 48, 54]
