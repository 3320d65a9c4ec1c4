import numpy as np
import pytest
from sklearn.preprocessing import normalize

from stages.core.columns.scaling import LinearScaling, UnitLength, apply_steps, inverse_steps, steps_of_columns

ROWS = np.array([[3.0, 4.0], [0.0, 0.0], [-5.0, 12.0]])


def linear(offset: list[float], scale: list[float]) -> LinearScaling:
    return LinearScaling(name="standard", offset=offset, scale=scale)


def test_each_column_has_its_own_offset_and_scale() -> None:
    assert apply_steps([linear([1, 2], [2, 4])], ROWS).tolist() == [[1.0, 0.5], [-0.5, -0.5], [-3.0, 2.5]]


def test_one_offset_and_scale_for_all_pixels() -> None:
    image = np.array([[[0], [255]]], np.float32)
    assert apply_steps([linear([0], [255])], image).tolist() == [[[0.0], [1.0]]]


def test_rows_of_length_one() -> None:
    scaled = apply_steps([UnitLength(axis=1)], ROWS)
    assert scaled.tolist() == [[3 / 5, 4 / 5], [0.0, 0.0], [-5 / 13, 12 / 13]]
    np.testing.assert_allclose(scaled, normalize(ROWS), rtol=1e-15)


def test_an_image_whose_columns_have_length_one() -> None:
    """Axis 1 of (images, 28, 28) runs down the rows: tutorials normalise MNIST this way."""
    images = np.random.default_rng(0).integers(0, 256, (2, 28, 28)).astype(np.float64)
    images[0, :, 5] = 0
    scaled = apply_steps([UnitLength(axis=1)], images)
    for image, expected in zip(scaled, images, strict=True):
        np.testing.assert_allclose(image, normalize(expected, axis=0), rtol=1e-14)
    assert (scaled[0, :, 5] == 0).all()


def test_steps_are_applied_in_order_and_inverted_in_reverse() -> None:
    steps = [linear([1, 1], [2, 2]), linear([10, 20], [0.5, 0.25])]
    scaled = apply_steps(steps, ROWS)
    assert scaled[0].tolist() == [((3 - 1) / 2 - 10) / 0.5, ((4 - 1) / 2 - 20) / 0.25]
    np.testing.assert_allclose(inverse_steps(steps, scaled), ROWS, atol=1e-12)


def test_no_steps_change_nothing() -> None:
    assert apply_steps([], ROWS) is ROWS
    assert inverse_steps([], ROWS) is ROWS


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_the_precision_and_the_input_stay_the_same(dtype: type[np.floating]) -> None:
    values = ROWS.astype(dtype)
    for step in (linear([0.1, 0.2], [3, 7]), UnitLength(axis=1)):
        assert apply_steps([step], values).dtype == dtype
    assert inverse_steps([linear([0.1, 0.2], [3, 7])], values).dtype == dtype
    assert (values == ROWS).all()


def test_unit_length_has_no_inverse() -> None:
    with pytest.raises(ValueError, match="no inverse"):
        inverse_steps([UnitLength(axis=1)], ROWS)


def test_steps_of_some_columns() -> None:
    """A single scale is that of every column, and a length depends on all columns."""
    single, unit = linear([5], [6]), UnitLength(axis=1)
    assert steps_of_columns([linear([1, 2, 3], [4, 5, 6]), single, unit], slice(1, 3)) == [
        linear([2, 3], [5, 6]),
        single,
        unit,
    ]
