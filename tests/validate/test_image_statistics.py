import numpy as np
import pytest

from stages.core.artefacts.raw import Images
from stages.core.errors import UserError
from stages.validate.expectations import image_statistics as profile
from stages.validate.expectations.image_statistics import image_rows

BLACK = [[0, 0], [0, 0]]
CORNER = [[0, 0], [0, 8]]
STEPS = [[1, 2], [3, 6]]


def pictures(*listed: list[list[int]]) -> np.ndarray:
    return np.array(listed, np.uint8).reshape(len(listed), 2, 2)


def test_figures_of_hand_worked_pictures() -> None:
    """CORNER: mean 2, deviations 2, 2, 2, 6, so the variance is (3 * 4 + 36) / 4 = 12; STEPS: (4 + 1 + 0 + 9) / 4."""
    images = Images(
        {"train": pictures(BLACK, CORNER), "test": pictures(STEPS)},
        {"train": np.array([0, 1], np.uint8), "test": np.array([1], np.uint8)},
        ["dark", "bright"],
    )
    rows = image_rows(images)
    assert list(rows.frame.columns) == profile.COLUMNS
    assert rows.frame.to_numpy().tolist() == [
        [0, 0, 0, 0, 0],
        [1, 0, 8, 2, 12**0.5],
        [1, 1, 6, 3, 3.5**0.5],
    ]
    assert rows.place(2) == ("test", 0)


def test_chunks_leave_no_seam(monkeypatch: pytest.MonkeyPatch) -> None:
    many = np.random.default_rng(0).integers(0, 256, (7, 2, 2, 3)).astype(np.uint8)
    whole = profile.profile(many)
    monkeypatch.setattr(profile, "CHUNK", 24)
    assert np.array_equal(profile.profile(many), whole)
    assert np.array_equal(whole[:, 3], many.reshape(7, 12).std(axis=1, dtype=np.float64))


def test_no_pictures_no_figures() -> None:
    assert profile.profile(pictures()).shape == (0, 4)


def test_a_picture_without_a_label_is_told() -> None:
    images = Images({"train": pictures(BLACK, CORNER)}, {"train": np.array([0])}, ["dark"])
    with pytest.raises(UserError, match="split train has 2 images and 1 labels"):
        image_rows(images)
