import numpy as np
import pytest
from sklearn.preprocessing import normalize

from stages.core.columns.scaling import LinearScaling, UnitLength, apply_steps, undo_steps

ROWS = np.array([[3.0, 4.0], [0.0, 0.0], [-5.0, 12.0]])


def affine(offset: list[float], scale: list[float]) -> LinearScaling:
    return LinearScaling(name="standard", offset=offset, scale=scale)


def test_each_column_has_its_own_figures() -> None:
    assert apply_steps([affine([1, 2], [2, 4])], ROWS).tolist() == [[1.0, 0.5], [-0.5, -0.5], [-3.0, 2.5]]


def test_one_figure_serves_every_pixel() -> None:
    image = np.array([[[0], [255]]], np.float32)
    assert apply_steps([affine([0], [255])], image).tolist() == [[[0.0], [1.0]]]


def test_rows_of_length_one() -> None:
    unit = apply_steps([UnitLength(axis=1)], ROWS)
    assert unit.tolist() == [[3 / 5, 4 / 5], [0.0, 0.0], [-5 / 13, 12 / 13]]
    np.testing.assert_allclose(unit, normalize(ROWS), rtol=1e-15)


def test_an_image_of_which_every_column_has_length_one() -> None:
    """Axis 1 of (images, 28, 28) runs down the rows: tutorials normalise MNIST this way."""
    image = np.random.default_rng(0).integers(0, 256, (2, 28, 28)).astype(np.float64)
    image[0, :, 5] = 0
    unit = apply_steps([UnitLength(axis=1)], image)
    for number in range(2):
        np.testing.assert_allclose(unit[number], normalize(image[number], axis=0), rtol=1e-14)
    assert (unit[0, :, 5] == 0).all()


def test_steps_are_applied_in_order_and_undone_in_reverse() -> None:
    steps = [affine([1, 1], [2, 2]), affine([10, 20], [0.5, 0.25])]
    scaled = apply_steps(steps, ROWS)
    assert scaled[0].tolist() == [((3 - 1) / 2 - 10) / 0.5, ((4 - 1) / 2 - 20) / 0.25]
    np.testing.assert_allclose(undo_steps(steps, scaled), ROWS, atol=1e-12)


def test_no_steps_change_nothing() -> None:
    assert apply_steps([], ROWS) is ROWS
    assert undo_steps([], ROWS) is ROWS


@pytest.mark.parametrize("kind", [np.float32, np.float64])
def test_the_precision_stays(kind: type[np.floating]) -> None:
    values = ROWS.astype(kind)
    for step in (affine([0.1, 0.2], [3, 7]), UnitLength(axis=1)):
        assert apply_steps([step], values).dtype == kind
    assert undo_steps([affine([0.1, 0.2], [3, 7])], values).dtype == kind


def test_what_was_given_is_not_changed() -> None:
    values = ROWS.copy()
    apply_steps([affine([1, 1], [2, 2]), UnitLength(axis=1)], values)
    undo_steps([affine([1, 1], [2, 2])], values)
    assert (values == ROWS).all()


def test_a_length_cannot_be_undone() -> None:
    with pytest.raises(ValueError, match="cannot be restored"):
        undo_steps([UnitLength(axis=1)], ROWS)
