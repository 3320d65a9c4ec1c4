from typing import Any

import numpy as np
import pytest
from sklearn import preprocessing

from stages.core.artefacts.processed import TargetSpec
from stages.core.columns.categories.class_labels import ClassLabels
from stages.core.columns.number_columns import NumberColumns
from stages.core.columns.pictures.image_pixels import ImagePixels
from stages.core.columns.scaling import FittedStep, LinearScaling, UnitLength, apply_steps
from stages.core.errors import UserError
from stages.core.parameters.validation_errors import type_adapter
from stages.preprocess import fit_columns
from stages.preprocess.inputs.raw_columns import RawColumn, RawColumns
from stages.preprocess.params import Preprocess, Step

# The mean of the first column is 15, its deviation 30.1: z of the last row is 2.99, of the others below 0.5.
OUTLIER = np.array([[1.0, 5.0], [2, 5], [3, 5], [4, 5], [5, 5], [6, 5], [7, 5], [8, 5], [9, 5], [105, 5]])


def step(name: str, **settings: Any) -> Any:
    return type_adapter(Step).validate_python({"step": name} | settings)


def drop(above: float) -> Any:
    return step("drop_outliers", above=above)


def fit(*steps: Any, **inputs: Any) -> tuple[dict[str, list[FittedStep]], list[int]]:
    """Fit inputs whose columns are the letters of their names."""
    columns = {name: NumberColumns(columns=list(name)) for name in inputs}
    fitted, kept = fit_columns.fit_steps(columns, inputs, steps)
    found: dict[str, Any] = dict(fitted)
    return {name: column.steps for name, column in found.items()}, list(kept)


def error(*steps: Any, **inputs: Any) -> tuple[str, ...]:
    with pytest.raises(UserError) as caught:
        fit(*steps, **inputs)
    return caught.value.messages


def test_a_named_column_belongs_to_one_of_several_inputs() -> None:
    steps, _ = fit(step("minmax", columns=["b"]), a=OUTLIER[:, :1], b=OUTLIER[:, :1])
    assert apply_steps(steps["a"], OUTLIER[:, :1]).tolist() == OUTLIER[:, :1].tolist()
    assert apply_steps(steps["b"], OUTLIER[:, :1]).max() == 1


def test_standardise_drop_outliers_normalise() -> None:
    steps, kept = fit(step("standard"), drop(2.5), step("l2"), ab=OUTLIER)
    assert kept == list(range(9))
    standard, unit_length = steps["ab"]
    assert isinstance(standard, LinearScaling)
    assert standard.offset == [15.0, 5.0]
    np.testing.assert_allclose(standard.scale, [OUTLIER[:, 0].std(), 1.0])
    expected = preprocessing.normalize(preprocessing.StandardScaler().fit_transform(OUTLIER))
    np.testing.assert_allclose(apply_steps(steps["ab"], OUTLIER), expected, atol=1e-12)
    assert isinstance(unit_length, UnitLength)


def test_steps_after_dropping_are_fitted_on_the_kept_rows() -> None:
    steps, kept = fit(drop(2.5), step("minmax"), ab=OUTLIER)
    assert len(kept) == 9
    np.testing.assert_allclose(apply_steps(steps["ab"], OUTLIER)[:9, 0], np.arange(9) / 8, atol=1e-12)


TWO_OUTLIERS = np.array([[0.0]] * 5 + [[1.0]] * 5 + [[40.0], [1000.0]])


@pytest.mark.parametrize(
    ("steps", "inputs", "kept"),
    [
        ([drop(2.5)], {"a": TWO_OUTLIERS}, range(11)),
        ([drop(2.5), drop(2.5)], {"a": TWO_OUTLIERS}, range(10)),
        ([drop(2.5)], {"ab": OUTLIER, "cd": OUTLIER[::-1]}, range(1, 9)),
        ([drop(1)], {"a": np.full((5, 1), 0.1)}, range(5)),
    ],
    ids=["once", "twice, z again from the kept rows", "an outlier in one of two inputs", "constant column"],
)
def test_rows_without_outliers(steps: list[Any], inputs: dict[str, Any], kept: range) -> None:
    assert fit(*steps, **inputs)[1] == list(kept)


def test_dropping_every_row() -> None:
    [text] = error(drop(0.5), a=np.array([[1.0], [-1.0]]))
    assert text.startswith("preprocess.steps: drop_outliers above 0.5 drops every training row;")


def test_the_training_rows_are_not_changed() -> None:
    rows = OUTLIER.copy()
    fit(step("standard"), drop(2.5), step("l2"), ab=rows)
    assert (rows == OUTLIER).all()


def test_outliers_of_images() -> None:
    pixels = np.full((12, 2, 2, 1), 100, np.uint8)
    pixels[3, 0, 0] = 255
    column = ImagePixels(columns=["image"])
    _, kept = fit_columns.fit_steps({"image": column}, {"image": pixels}, [drop(2.5), step("divide", by=255)])
    assert list(kept) == [n for n in range(12) if n != 3]


def fit_classes(*numbers: int) -> dict[str, TargetSpec]:
    """The first three are training rows, the others test rows."""
    values = RawColumn(NumberColumns(columns=["size"]), np.zeros((len(numbers), 1)))
    kind = RawColumn(ClassLabels(columns=["kind"], classes=["a", "b", "c"], encoding="integer"), np.array(numbers))
    columns = RawColumns({"x": values}, {"kind": kind, "size": values})
    rows = {"train": range(3), "test": range(3, len(numbers))}
    return fit_columns.fit_columns(columns, Preprocess.model_validate({"split": {}}), rows)[1]


def test_every_class_of_test_is_in_training() -> None:
    assert fit_classes(0, 1, 2, 0, 0)["kind"].classes == ["a", "b", "c"]


UNSEEN = "in the test split is not in the training rows; use split.order: stratified"


@pytest.mark.parametrize(
    ("numbers", "starts"),
    [
        ((0, 1, 1, 1, 2), [f"target kind: 'c' {UNSEEN}"]),
        ((1, 1, 1, 0, 2), ["target kind: every training row is 'b';", f"target kind: 'a', 'c' {UNSEEN}"]),
    ],
)
def test_classes_that_training_does_not_have(numbers: tuple[int, ...], starts: list[str]) -> None:
    with pytest.raises(UserError) as caught:
        fit_classes(*numbers)
    for text, start in zip(caught.value.messages, starts, strict=True):
        assert text.startswith(start)
