"""Targets of nlinear whose last values are in no input are refused."""

import pytest

from stages.core.errors import UserError
from stages.train.check_nlinear import check_nlinear
from tests.train.small_data import class_target, target_in_input, train_params, value_target

NLINEAR = {"kind": "nlinear"}


def branches(**layers):
    return {"kind": "branches", "inputs": layers}


def check(model, targets, **settings):
    check_nlinear(train_params(model=model, **settings), targets)


@pytest.mark.error_case("training parameters that do not fit the data")
@pytest.mark.parametrize("model", [NLINEAR, branches(x=NLINEAR), branches(x=NLINEAR, z=NLINEAR)])
@pytest.mark.parametrize(
    ("target", "columns"),
    [(value_target("a"), "its column a"), (value_target("a", "b"), "its columns a, b side by side")],
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
        check(NLINEAR, {"y": value_target(), "z": target_in_input("x", "z"), "w": value_target("w")})
    assert len(caught.value.messages) == 2


@pytest.mark.parametrize(
    ("model", "target"),
    [
        (NLINEAR, target_in_input("x", "a")),
        (NLINEAR, class_target("one_hot", 3)),
        (branches(x=NLINEAR), target_in_input("x", "a")),
        # The branch that is not nlinear has the values themselves.
        (branches(x=NLINEAR, z={"kind": "linear"}), target_in_input("z", "a")),
        (branches(x=NLINEAR, z={"kind": "linear"}), value_target("a")),
        ({"kind": "dlinear"}, value_target("a")),
    ],
)
def test_models_whose_forecasts_have_a_level(model, target):
    check(model, {"y": target})
