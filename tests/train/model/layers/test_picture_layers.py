"""Pictures of a table among the inputs of a model without branches."""

import keras
import pytest

from stages.train.model.layers.picture_layers import filters_of_blocks, picture_layers
from tests.train.small_data import build, fitted_data, input_spec, picture_input, train_params, value_target

MLP = {"kind": "mlp", "units": [4]}


def model_of(model, **inputs):
    return build(train_params(model=model), fitted_data(inputs, {"y": value_target()}, splits={"train": 8}))


@pytest.mark.parametrize(("side", "last_side"), [(1, 1), (2, 1), (3, 1), (8, 4), (15, 7), (32, 4), (64, 4), (224, 7)])
def test_blocks_halve_a_picture_to_a_few_pixels(side, last_side):
    left = side
    for _ in filters_of_blocks(side):
        left //= min(2, side)
    assert left == last_side
    model = model_of(MLP, photo=picture_input(side, side + 1, 1))
    assert model.get_layer(f"conv_{len(filters_of_blocks(side))}")


def test_an_mlp_sees_a_picture_through_convolutions_beside_the_numbers():
    model = model_of(MLP, x=input_spec(3), photo=picture_input(8, 8, 3))
    names = [layer.name for layer in model.layers if not isinstance(layer, keras.layers.InputLayer)]
    assert names == ["photo_conv_1", "photo_pool_1", "photo_flatten", "joined", "dense_1", "y"]
    assert model.get_layer("joined").output.shape[-1] == 3 + 4 * 4 * 16


def test_a_linear_model_has_no_hidden_layers():
    model = model_of({"kind": "linear"}, x=input_spec(3), photo=picture_input(8, 8, 3))
    assert model.get_layer("joined").output.shape[-1] == 3 + 8 * 8 * 3


def test_images_of_a_dataset_of_images_stay_as_they_are():
    assert picture_layers(train_params(model=MLP).model, input_spec(8, 8, 3)) is None


def test_branches_say_what_a_picture_goes_through():
    branches = {"kind": "branches", "inputs": {"x": {"kind": "linear"}, "photo": {"kind": "cnn", "filters": [2]}}}
    model = model_of(branches, x=input_spec(3), photo=picture_input(8, 8, 3))
    assert model.get_layer("photo_conv_1").filters == 2
