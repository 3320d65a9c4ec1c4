import numpy as np
import pytest

from stages.validate import row_statistics
from stages.validate.row_statistics import pixel_statistics


def test_blocks_do_not_change_the_result(monkeypatch: pytest.MonkeyPatch) -> None:
    images = np.random.default_rng(0).integers(0, 256, (7, 2, 2, 3)).astype(np.uint8)
    at_once = pixel_statistics(images)
    monkeypatch.setattr(row_statistics, "PIXELS_PER_BLOCK", 24)
    assert np.array_equal(pixel_statistics(images), at_once)
    assert np.array_equal(at_once[:, 3], images.reshape(7, 12).std(axis=1, dtype=np.float64))


def test_no_images() -> None:
    assert pixel_statistics(np.empty((0, 2, 2), np.uint8)).shape == (0, 4)
