from typing import Any

import numpy as np
import pytest

from stages.core.artefacts.concatenated_arrays import ConcatenatedArrays
from stages.validate.leakage import near_duplicate_images as module
from stages.validate.leakage.candidate_rows import Candidates
from stages.validate.leakage.near_duplicate_images import compute_thumbnails, near_duplicate_images

RNG = np.random.default_rng(0)
NOISE = RNG.integers(0, 200, (30, 12, 12), np.uint8)


def digit(*strokes: tuple[slice | int, slice | int]) -> np.ndarray:
    image = np.zeros((28, 28), np.uint8)
    for stroke in strokes:
        image[stroke] = 255
    return image


ONE = digit((slice(4, 24), slice(12, 16)))
SEVEN = digit((slice(4, 7), slice(6, 22)), (slice(4, 24), slice(18, 21)))


def find(train: Any, test: Any, threshold: float = 0.99) -> list[tuple[int, int]]:
    """The numbers of test images, each with the number of the most similar training image."""
    train, test = np.asarray(train), np.asarray(test)
    rows = np.arange(len(train), len(train) + len(test))
    candidates = Candidates(rows, np.full(len(test), len(train)))
    found, compared = near_duplicate_images([train, test], candidates, threshold)
    assert len(compared) == len(test)
    return [(int(row) - len(train), int(nearest)) for row, nearest in zip(found.rows, found.nearest, strict=True)]


SEVEN_AND_A_PIXEL = np.maximum(SEVEN, digit((20, 3)))
FLAT = np.full((2, 6, 6), 9, np.uint8)


@pytest.mark.parametrize(
    ("train", "test", "expected"),
    [
        ([ONE, SEVEN], [SEVEN_AND_A_PIXEL], [(0, 1)]),
        (NOISE, [NOISE[7] + 40, NOISE[3] // 2], [(0, 7), (1, 3)]),
        ([ONE], [SEVEN], []),
        ([ONE], [np.roll(ONE, 4, axis=1)], []),
        (FLAT, FLAT + 1, []),
    ],
    ids=["one pixel", "brightness and contrast", "another digit", "another place", "uniform images"],
)
def test_similar_images(train: Any, test: Any, expected: list[tuple[int, int]]) -> None:
    assert find(train, test) == expected


@pytest.mark.parametrize("shape", [(5, 3), (8, 8, 3), (9, 30, 1), (20, 17, 4)])
def test_shapes_and_channels(shape: tuple[int, ...]) -> None:
    images = RNG.integers(0, 200, (20, *shape), np.uint8)
    assert find(images, images[[4, 2]] + np.uint8(9)) == [(0, 4), (1, 2)]


@pytest.mark.parametrize("kind", [np.float64, np.float32, np.int16])
def test_other_types_and_ranges(kind: type) -> None:
    images = (NOISE.astype(kind) - 90) * kind(3)
    assert find(images, images[5:6] + kind(1)) == [(0, 5)]


def test_thumbnails_miss_no_similar_image() -> None:
    """For every threshold, the images that NumPy's correlation finds in all pairs."""
    some = np.clip(NOISE[:1] + RNG.normal(0, 25, (30, 12, 12)) * np.linspace(0, 3, 30)[:, None, None], 0, 255)
    some = some.astype(np.uint8)
    correlation = np.asarray(np.corrcoef(some.reshape(30, -1)))
    for threshold in (0.7, 0.8, 0.9, 0.95, 0.99):
        expected = {row for row in range(15, 30) if correlation[row, :15].max() >= threshold}
        assert {row + 15 for row, _ in find(some[:15], some[15:], threshold)} == expected


def test_thumbnails_are_integers_that_float32_multiplies_exactly() -> None:
    thumbnails = compute_thumbnails(
        ConcatenatedArrays([NOISE, RNG.choice([0, 255], (30, 12, 12)).astype(np.uint8)]), (0, 255), 60
    )
    assert np.array_equal(thumbnails, np.rint(thumbnails))
    assert (thumbnails.astype(np.float64) ** 2).sum(axis=1).max() < 2**24


def test_blocks_do_not_change_the_result(monkeypatch: pytest.MonkeyPatch) -> None:
    images = np.concatenate([NOISE, NOISE[::-1] + 5])
    candidates = Candidates(np.arange(1, 60), np.arange(1, 60))
    at_once, _ = near_duplicate_images([images], candidates, 0.99)
    monkeypatch.setattr(module, "ROWS_PER_BLOCK", 7)
    monkeypatch.setattr(module, "EARLIER_ROWS_PER_BLOCK", 11)
    in_blocks, _ = near_duplicate_images([images], candidates, 0.99)
    for found in (at_once, in_blocks):
        assert found.rows.tolist() == list(range(30, 60))
        assert found.nearest.tolist() == list(range(29, -1, -1))


def test_more_similar_images_than_are_compared_in_full() -> None:
    images = NOISE[:1] + np.arange(40, dtype=np.uint8)[:, None, None]
    rows = np.arange(20, 40)
    found, _ = near_duplicate_images([images], Candidates(rows, np.full(20, 20)), 0.99)
    assert found.rows.tolist() == rows.tolist()


def test_too_many_pairs_are_sampled(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MAX_PAIRS", 30 * 5)
    candidates = Candidates(np.arange(30, 60), np.full(30, 30))
    found, compared = near_duplicate_images([NOISE, NOISE + 9], candidates, 0.99)
    assert compared.rows.tolist() == found.rows.tolist() == [30, 36, 42, 48, 54]
