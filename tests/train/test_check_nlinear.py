"""Targets of nlinear whose last values are in no input are refused."""

import pytest

from stages.core.artefacts.processed import TargetSpec
from stages.core.columns.number_columns import NumberColumns
from stages.core.columns.scaling import LinearScaling
from stages.core.columns.series.row_steps import FittedDifference
from stages.core.columns.series.window_steps import FittedNormalizeWindow, FittedRelativeToLast
from stages.core.errors import UserError
from stages.train.check_nlinear import check_nlinear
from tests.train.small_data import (
    class_target,
    fitted_data,
    target_in_input,
    train_params,
    value_target,
    window_input,
)

NLINEAR = {"kind": "nlinear"}
STANDARD = LinearScaling(name="standard", offset=[5.0], scale=[2.0])


def branches(**layers):
    return {"kind": "branches", "inputs": layers}


def check(model, targets, window_steps=(), **settings):
    x = window_input(4, "a", "b").model_copy(update={"window_steps": [*window_steps]})
    check_nlinear(train_params(model=model, **settings), fitted_data({"x": x, "z": window_input(4, "a")}, targets))


def target_after(*columns, row_steps=(), window_steps=()):
    column = NumberColumns(columns=list(columns), steps=[*row_steps])
    return TargetSpec(column=column, window_steps=[*window_steps])


@pytest.mark.error_case("training parameters that do not fit the data")
@pytest.mark.parametrize("model", [NLINEAR, branches(x=NLINEAR), branches(x=NLINEAR, z=NLINEAR)])
@pytest.mark.parametrize(
    ("target", "columns"),
    [
        (value_target("c"), "its column c"),
        (value_target("a", "c"), "its columns a, c"),
        (target_after("a", row_steps=[STANDARD]), "its column a"),
    ],
)
def test_last_values_that_no_input_has(model, target, columns):
    with pytest.raises(UserError) as caught:
        check(model, {"y": target})
    [message] = caught.value.messages
    assert message.startswith(f"train.model: nlinear adds the last values of target y, but no input has {columns}")
    assert message.endswith("make the target relative in preprocess.target_steps, or use dlinear")


@pytest.mark.error_case("training parameters that do not fit the data")
def test_last_values_cannot_be_added_to_a_sigmoid():
    with pytest.raises(UserError) as caught:
        check(NLINEAR, {"y": target_in_input("x", "a")}, output="sigmoid", loss="mine.py:loss")
    assert [*caught.value.messages] == [
        "train.output: nlinear adds the last values of target y to its output; use linear; received sigmoid"
    ]


def test_the_errors_of_all_targets_are_reported_together():
    with pytest.raises(UserError) as caught:
        check(NLINEAR, {"y": value_target(), "z": target_in_input("x", "a"), "w": value_target("w")})
    assert len(caught.value.messages) == 2


@pytest.mark.error_case("training parameters that do not fit the data")
def test_last_values_that_the_steps_on_the_windows_of_the_input_change():
    with pytest.raises(UserError) as caught:
        check(NLINEAR, {"y": target_in_input("x", "b")}, [FittedRelativeToLast()])
    [message] = caught.value.messages
    assert "no input has its column b with the same steps" in message


@pytest.mark.error_case("training parameters that do not fit the data")
@pytest.mark.parametrize(
    "target",
    [
        target_after("a", "b", row_steps=[FittedDifference(lag=1, positions=[1])]),
        target_after("a", "b", window_steps=[FittedRelativeToLast(positions=[1])]),
    ],
)
def test_a_target_with_some_relative_columns(target):
    with pytest.raises(UserError) as caught:
        check(NLINEAR, {"y": target})
    [message] = caught.value.messages
    assert "column a of target y is not relative to known values as the others" in message
    assert message.endswith("give it a target of its own")


@pytest.mark.parametrize(
    ("model", "target"),
    [
        (NLINEAR, target_after("a", row_steps=[FittedDifference(lag=1)])),
        (NLINEAR, target_after("a", "b", window_steps=[FittedRelativeToLast()])),
        (NLINEAR, target_after("a", "b", window_steps=[FittedNormalizeWindow(positions=[0, 1])])),
        (NLINEAR, target_in_input("x", "a")),
        (NLINEAR, class_target("one_hot", 3)),
        (branches(x=NLINEAR), target_in_input("x", "a")),
        # The branch that is not nlinear has the values themselves.
        (branches(x=NLINEAR, z={"kind": "linear"}), target_in_input("z", "a")),
        (branches(x=NLINEAR, z={"kind": "linear"}), value_target("c")),
        ({"kind": "dlinear"}, value_target("c")),
    ],
)
def test_models_whose_forecasts_have_a_level(model, target):
    check(model, {"y": target})
