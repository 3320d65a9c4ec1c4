from typing import Any

import numpy as np
import pytest
from sklearn import preprocessing

from stages.core.columns.scaling import LinearScaling, apply_steps, undo_steps
from stages.core.errors import UserError
from stages.core.validation_errors import type_adapter
from stages.preprocess import fit_steps as fitting
from stages.preprocess.fit_steps import fit, fit_steps
from stages.preprocess.params import Step

COLUMNS = ["a", "b"]
ROWS = np.array([[1.0, 10.0], [2.0, 20.0], [3.0, 60.0]])
RANDOM = np.random.default_rng(0).normal(5, 3, (200, 3))
SCALERS = {
    "standard": preprocessing.StandardScaler(),
    "minmax": preprocessing.MinMaxScaler(),
    "robust": preprocessing.RobustScaler(),
    "maxabs": preprocessing.MaxAbsScaler(),
}


def step(name: str, **settings: Any) -> Any:
    return type_adapter(Step).validate_python({"step": name} | settings)


def scaled(param: Any, rows: Any = ROWS, columns: list[str] = COLUMNS) -> Any:
    return apply_steps([fit(param, rows, columns)], rows)


def mistake(run: Any, *words: Any) -> str:
    with pytest.raises(UserError) as caught:
        run(*words)
    return str(caught.value)


def test_standard_by_hand() -> None:
    """Means 2 and 30; deviations from them -1, 0, 1 and -20, -10, 30."""
    expected = np.array([[-1, -20], [0, -10], [1, 30]]) / np.sqrt([2 / 3, 1400 / 3])
    np.testing.assert_allclose(scaled(step("standard")), expected, rtol=1e-12)


def test_minmax_by_hand() -> None:
    np.testing.assert_allclose(scaled(step("minmax")), [[0, 0], [0.5, 0.2], [1, 1]], atol=1e-12)


def test_robust_by_hand() -> None:
    """Medians 2 and 20; the middle half runs from 1.5 to 2.5 and from 15 to 40."""
    np.testing.assert_allclose(scaled(step("robust")), [[-1, -0.4], [0, 0], [1, 1.6]], atol=1e-12)


def test_maxabs_by_hand() -> None:
    rows = np.array([[1.0, -4.0], [-2.0, 2.0]])
    np.testing.assert_allclose(scaled(step("maxabs"), rows), [[0.5, -1], [-1, 0.5]], rtol=1e-12)


def test_maximum_is_one_figure_for_all_columns() -> None:
    np.testing.assert_allclose(scaled(step("maximum")), ROWS / 60)


def test_divide_is_by_a_constant() -> None:
    np.testing.assert_allclose(scaled(step("divide", by=4)), ROWS / 4)


@pytest.mark.parametrize("name", SCALERS)
def test_scalers_are_scikit_learns(name: str) -> None:
    fitted = fit(step(name), RANDOM[:150], list("abc"))
    np.testing.assert_allclose(
        apply_steps([fitted], RANDOM), SCALERS[name].fit(RANDOM[:150]).transform(RANDOM), rtol=1e-10, atol=1e-12
    )


@pytest.mark.parametrize("name", [*SCALERS, "maximum", "divide"])
def test_what_is_scaled_can_be_undone(name: str) -> None:
    fitted = [fit(step(name, **({"by": 7.5} if name == "divide" else {})), RANDOM, list("abc"))]
    np.testing.assert_allclose(undo_steps(fitted, apply_steps(fitted, RANDOM)), RANDOM, rtol=1e-10)


@pytest.mark.parametrize("name", SCALERS)
def test_a_constant_column_is_not_divided_by_nothing(name: str) -> None:
    rows = np.array([[0.1, 1.0], [0.1, 2.0], [0.1, 4.0]])
    values = scaled(step(name), rows)
    np.testing.assert_allclose(values, SCALERS[name].fit_transform(rows), atol=1e-12)
    assert np.isfinite(values).all()


@pytest.mark.parametrize("name", SCALERS)
def test_the_columns_that_are_not_named_stay_as_they_are(name: str) -> None:
    values = scaled(step(name, columns=["b"]))
    assert (values[:, 0] == ROWS[:, 0]).all()
    np.testing.assert_allclose(values[:, 1:], SCALERS[name].fit_transform(ROWS[:, 1:]), atol=1e-12)


def test_columns_that_are_not_there_are_all_told() -> None:
    param = step("standard", columns=["lenght", "width", "b"])
    rows = {"x": np.ones((2, 2))}
    assert mistake(fit_steps, [param], rows, {"x": ["length", "b"]}).splitlines() == [
        "preprocess: standard names column 'lenght'; did you mean length?",
        "preprocess: standard names column 'width'; allowed: length, b",
    ]


def test_a_column_belongs_to_one_of_several_inputs() -> None:
    train = {"left": ROWS[:, :1], "right": ROWS[:, 1:]}
    steps, _ = fit_steps([step("minmax", columns=["b"])], train, {"left": ["a"], "right": ["b"]})
    assert apply_steps(steps["left"], train["left"]).tolist() == [[1.0], [2.0], [3.0]]
    np.testing.assert_allclose(apply_steps(steps["right"], train["right"]), [[0], [0.2], [1]], atol=1e-12)


@pytest.mark.parametrize("name", SCALERS)
def test_pictures_have_one_figure_for_all_pixels(name: str) -> None:
    pictures = np.array([[[0, 51], [102, 255]]], np.uint8)[..., None]
    fitted = fit(step(name), pictures, ["image"])
    assert isinstance(fitted, LinearScaling)
    assert len(fitted.offset) == len(fitted.scale) == 1
    expected = SCALERS[name].fit_transform(pictures.reshape(-1, 1).astype(np.float64)).reshape(pictures.shape)
    np.testing.assert_allclose(apply_steps([fitted], pictures.astype(np.float64)), expected, atol=1e-12)


def test_the_largest_must_be_something_to_divide_by() -> None:
    text = mistake(fit, step("maximum"), -ROWS, COLUMNS)
    assert text == "preprocess.steps: maximum divides by the largest training value, which is -1.0"


def test_an_axis_that_the_rows_do_not_have() -> None:
    text = mistake(fit, step("l2", axis=2), ROWS, COLUMNS)
    assert text == "preprocess.steps: l2 axis 2, but the rows have axes 1 to 1"


def test_each_step_is_fitted_on_what_the_last_one_left() -> None:
    steps, kept = fit_steps([step("divide", by=10), step("minmax")], {"x": ROWS}, {"x": COLUMNS})
    assert [s.name for s in steps["x"]] == ["divide", "minmax"]
    np.testing.assert_allclose(apply_steps(steps["x"], ROWS), [[0, 0], [0.5, 0.2], [1, 1]], atol=1e-12)
    assert list(kept) == [0, 1, 2]


@pytest.mark.parametrize(
    ("params", "times"),
    [
        ([step("divide", by=255)], 0),
        ([step("standard"), step("l2")], 1),
        ([step("standard"), step("drop_outliers", above=3)], 1),
        ([step("drop_outliers", above=3), step("standard")], 0),
    ],
)
def test_rows_are_only_transformed_where_a_later_step_looks(
    params: list[Any], times: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Pictures in full precision are eight times as large: divided by 255, they must stay bytes."""
    asked: list[Any] = []
    monkeypatch.setattr(fitting, "apply_steps", lambda steps, x: asked.append(steps) or apply_steps(steps, x))
    fit_steps(params, {"x": ROWS}, {"x": COLUMNS})
    assert len(asked) == times


TEN_AND_ONE_FAR = np.array([[1.0, 5.0], [2, 5], [3, 5], [4, 5], [5, 5], [6, 5], [7, 5], [8, 5], [9, 5], [105, 5]])


def test_standardise_then_drop_then_normalise() -> None:
    """The mean is 15 and the deviation 30.1, so the last row's z is 90 / 30.1 = 2.99, and no other's is above 0.5."""
    params = [step("standard"), step("drop_outliers", above=2.5), step("l2")]
    steps, kept = fit_steps(params, {"x": TEN_AND_ONE_FAR}, {"x": COLUMNS})
    assert list(kept) == list(range(9))
    standard, unit = steps["x"]
    assert isinstance(standard, LinearScaling)
    assert standard.offset == [15.0, 5.0]
    np.testing.assert_allclose(standard.scale, [TEN_AND_ONE_FAR[:, 0].std(), 1.0])
    np.testing.assert_allclose(
        apply_steps(steps["x"], TEN_AND_ONE_FAR),
        preprocessing.normalize(preprocessing.StandardScaler().fit_transform(TEN_AND_ONE_FAR)),
        atol=1e-12,
    )
    assert unit.name == "l2"


def test_steps_after_dropping_are_fitted_on_the_rows_that_stayed() -> None:
    params = [step("drop_outliers", above=2.5), step("minmax")]
    steps, kept = fit_steps(params, {"x": TEN_AND_ONE_FAR}, {"x": COLUMNS})
    assert len(kept) == 9
    np.testing.assert_allclose(apply_steps(steps["x"], TEN_AND_ONE_FAR)[:9, 0], np.arange(9) / 8, atol=1e-12)


def test_dropping_twice_looks_again_at_what_is_left() -> None:
    rows = np.array([[0.0]] * 5 + [[1.0]] * 5 + [[40.0], [1000.0]])
    once = fit_steps([step("drop_outliers", above=2.5)], {"x": rows}, {"x": ["a"]})[1]
    twice = fit_steps([step("drop_outliers", above=2.5)] * 2, {"x": rows}, {"x": ["a"]})[1]
    assert (len(once), len(twice)) == (11, 10)


def test_an_outlier_in_one_input_drops_the_row_of_all() -> None:
    train = {"left": TEN_AND_ONE_FAR, "right": TEN_AND_ONE_FAR[::-1]}
    kept = fit_steps([step("drop_outliers", above=2.5)], train, {"left": COLUMNS, "right": COLUMNS})[1]
    assert list(kept) == list(range(1, 9))


def test_a_constant_column_drops_nobody() -> None:
    rows = np.full((5, 1), 0.1)
    kept = fit_steps([step("drop_outliers", above=1)], {"x": rows}, {"x": ["a"]})[1]
    assert len(kept) == 5


def test_dropping_every_row() -> None:
    rows = np.array([[1.0], [-1.0]])
    text = mistake(fit_steps, [step("drop_outliers", above=0.5)], {"x": rows}, {"x": ["a"]})
    assert text == "preprocess.steps: drop_outliers above 0.5 drops every training row; use a larger figure"


def test_what_is_fitted_is_not_changed() -> None:
    rows = ROWS.copy()
    fit_steps([step("standard"), step("drop_outliers", above=1.3), step("l2")], {"x": rows}, {"x": COLUMNS})
    assert (rows == ROWS).all()
