"""Inputs and targets name layers, so their names must be fit for that."""

import pytest

from stages.core.errors import UserError
from stages.train.model.check_layer_names import check_names
from tests.train.made import an_input, fitted, values


def errors(inputs, targets):
    with pytest.raises(UserError) as caught:
        check_names(fitted({n: an_input(2) for n in inputs}, {n: values(n) for n in targets}))
    return list(caught.value.messages)


def test_names_that_layers_can_carry_pass():
    check_names(fitted({"x": an_input(2)}, {"y": values(), "petal_width-2.b": values()}))


@pytest.mark.parametrize("name", ["petal width (cm)", "größe", "a:b", "a/b"])
def test_a_column_whose_name_no_layer_can_carry_is_given_another(name):
    assert errors(["x"], [name]) == [
        f"train: {name!r} cannot name a layer; use ASCII letters, digits, _, - and ., "
        f"as in preprocess.targets: {{y: {name}}}"
    ]


def test_input_and_target_of_one_name():
    assert errors(["x"], ["x"]) == [
        "train: an input and a target are both called 'x'; rename one, as in preprocess.targets: {y: x}"
    ]


@pytest.mark.parametrize(
    "name",
    ["dense_1", "flatten", "joined", "left_lstm_2", "shared_dense_1", "average", "left_steps", "norm_in_2", "conv_1_2"],
)
def test_names_of_the_models_own_layers_are_taken(name):
    """A branch puts the name of its input before those of its layers."""
    [told] = errors(["left"], [name])
    assert told.startswith(f"train: {name!r} is what the model calls a layer of its own")


@pytest.mark.parametrize("name", ["moving_average", "rowsum", "shifts", "activations", "average_1", "no_steps"])
def test_names_that_only_look_like_layers_are_free(name):
    check_names(fitted({"x": an_input(2)}, {name: values()}))


def test_everything_is_told_at_once():
    assert len(errors(["a b", "x"], ["x", "dense_1"])) == 3
