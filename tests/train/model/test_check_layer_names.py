"""Names of inputs and targets become names of layers."""

import pytest

from stages.core.errors import UserError
from stages.train.model.check_layer_names import check_layer_names
from tests.train.small_data import fitted_data, input_spec, value_target


def errors(inputs, targets):
    with pytest.raises(UserError) as caught:
        check_layer_names(fitted_data({n: input_spec(2) for n in inputs}, {n: value_target(n) for n in targets}))
    return list(caught.value.messages)


def test_names_of_columns_are_allowed():
    check_layer_names(fitted_data({"x": input_spec(2)}, {"y": value_target(), "petal_width-2.b": value_target()}))


@pytest.mark.parametrize("name", ["petal width (cm)", "größe", "a:b", "a/b"])
def test_characters_that_no_layer_name_may_have(name):
    [message] = errors(["x"], [name])
    assert message.startswith(f"train: {name!r} is not a layer name; use ASCII letters, digits, _, - and .")
    assert message.endswith(f"preprocess.targets: {{y: {name}}}")


def test_an_input_and_a_target_of_the_same_name():
    [message] = errors(["x"], ["x"])
    assert message.startswith("train: an input and a target have the same name 'x'")
    assert message.endswith("preprocess.targets: {y: x}")


@pytest.mark.parametrize(
    "name",
    ["dense_1", "flatten", "joined", "left_lstm_2", "shared_dense_1", "average", "left_steps", "norm_in_2", "conv_1_2"],
)
def test_names_of_hidden_layers_are_refused(name):
    """Those of a branch have the name of its input as prefix."""
    [message] = errors(["left"], [name])
    assert message.startswith(f"train: {name!r} is the name of one of the model's layers")


@pytest.mark.parametrize("name", ["moving_average", "rowsum", "shifts", "activations", "average_1", "no_steps"])
def test_names_similar_to_hidden_layers_are_allowed(name):
    check_layer_names(fitted_data({"x": input_spec(2)}, {name: value_target()}))


def test_all_errors_are_reported_together():
    assert len(errors(["a b", "x"], ["x", "dense_1"])) == 3
