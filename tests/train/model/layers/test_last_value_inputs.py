"""Where nlinear finds the last values of a target among the columns of an input."""

import numpy as np
import pandas as pd
import pytest

from stages.core.artefacts.processed import InputSpec, TargetSpec
from stages.core.artefacts.raw.raw_data import Table
from stages.core.columns.number_columns import NumberColumns
from stages.core.columns.scaling import LinearScaling, UnitLength
from stages.core.columns.series.row_steps import FittedDifference, FittedLags, FittedLog
from stages.core.columns.series.window_steps import FittedNormalizeWindow
from stages.preprocess.params import Preprocess
from stages.preprocess.preprocess_data import preprocess
from stages.train.model.layers.last_value_inputs import LastValues, last_values_to_add
from tests.train.small_data import build, class_target, train_params

NLINEAR = train_params(model={"kind": "nlinear"}).model
BRANCHES = train_params(model={"kind": "branches", "inputs": {"p": {"kind": "linear"}, "q": {"kind": "nlinear"}}}).model


def number_input(*columns, steps=(), **settings):
    column = NumberColumns(columns=[*columns], steps=[*steps])
    return InputSpec(column=column, shape=[4, len(column.outputs)], **settings)


def number_target(*columns, steps=()):
    return TargetSpec(column=NumberColumns(columns=[*columns], steps=[*steps]))


def scaling(offset, scale):
    return LinearScaling(name="standard", offset=offset, scale=scale)


def found(target, model=NLINEAR, **inputs):
    return last_values_to_add(model, target, inputs)


def test_columns_in_any_order():
    x = number_input("a", "b", "c")
    assert found(number_target("c", "a"), x=x) == LastValues("x", [2, 0])
    assert found(number_target("c", "d"), x=x) is None


def test_the_branch_of_nlinear():
    p, q = number_input("a", "b"), number_input("c", "b")
    assert found(number_target("b"), BRANCHES, p=p, q=q) == LastValues("q", [1])
    assert found(number_target("a"), BRANCHES, p=p, q=q) is None
    linear = train_params(model={"kind": "linear"}).model
    assert found(number_target("a"), linear, x=p) is None


@pytest.mark.parametrize(
    ("of_input", "of_target"),
    [
        ([scaling([1.0, 5.0], [3.0, 7.0])], [scaling([5.0], [7.0])]),
        # The last bits of two fits differ, as those of sums in another order.
        ([scaling([1.0, 5.0], [3.0, 7.0])], [scaling([5.0 + 1e-14], [7.0 - 1e-14])]),
        ([scaling([1.0, 1e-17], [3.0, 7.0])], [scaling([-1e-17], [7.0])]),
        ([FittedLog(), scaling([1.0, 5.0], [3.0, 7.0])], [FittedLog(), scaling([5.0], [7.0])]),
        # Steps on other columns, and those that add columns.
        ([FittedLog(positions=[0]), FittedLags(rows=[1, 2])], []),
        ([scaling([5.0, 0.0], [2.0, 1.0])], []),
        (
            [LinearScaling(name="divide", offset=[0.0], scale=[9.0])],
            [LinearScaling(name="divide", offset=[0.0], scale=[9.0])],
        ),
    ],
)
def test_the_same_steps(of_input, of_target):
    target = number_target("b", steps=of_target)
    assert found(target, x=number_input("a", "b", steps=of_input)) == LastValues("x", [1])


@pytest.mark.parametrize(
    ("of_input", "of_target"),
    [
        ([scaling([1.0, 5.0], [3.0, 7.0])], []),
        ([scaling([1.0, 5.0], [3.0, 7.0])], [scaling([5.0], [7.1])]),
        ([scaling([1.0, 5.0], [3.0, 7.0])], [scaling([5.1], [7.0])]),
        ([FittedLog()], [FittedLog(plus=1.0)]),
        ([FittedDifference(lag=1)], []),
        ([UnitLength(axis=1)], []),
    ],
)
def test_other_steps(of_input, of_target):
    assert found(number_target("b", steps=of_target), x=number_input("a", "b", steps=of_input)) is None


def test_nothing_is_added():
    difference = [FittedDifference(lag=1)]
    assert found(number_target("a", steps=difference), x=number_input("a", steps=difference)) is None
    assert found(number_target("a"), x=number_input("a", window_steps=[FittedNormalizeWindow()])) is None
    assert found(class_target("one_hot", 3), x=number_input("kind")) is None


@pytest.mark.parametrize("inputs", [["price", "volume"], ["volume", "price", "weekday"]])
def test_the_forecast_of_a_processed_series_starts_at_its_last_value(inputs):
    """In the series' own unit. Scalers of two columns and of one differ in their last bits."""
    random = np.random.default_rng(5)
    frame = pd.DataFrame(
        {
            "price": 100 + random.normal(size=60).cumsum(),
            "volume": random.normal(3, 1, 60),
            "weekday": ["mon", "tue", "wed"] * 20,
        }
    )
    scalers = {"steps": [{"step": "standard"}], "target_steps": [{"step": "standard"}]}
    settings = {"inputs": inputs, "targets": {"y": ["price"]}, "window": {"length": 5, "horizon": 3, "steps": "all"}}
    split = {"test": 10, "order": "chronological"}
    data = preprocess(
        Table({"all": frame}, kind="series"), Preprocess.model_validate(settings | scalers | {"split": split})
    )
    model = build(train_params(model={"kind": "nlinear"}), data.fitted)
    outputs = np.asarray(model(data.inputs("test"))["y"])
    history = data.history("test", "y")
    last = history.values[history.origins]
    assert len(last) == data.sample_count("test")
    np.testing.assert_allclose(data.invert("y", "test", outputs), np.repeat(last, 3, axis=1), rtol=1e-6)
