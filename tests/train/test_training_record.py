"""The layers in training.json. test_main.py has the rest of the record."""

from stages.train.training_record import layer_records
from tests.train.small_data import build, fitted_data, input_spec, train_params, value_target


def test_layer_records():
    params = train_params(model={"kind": "mlp", "units": [3], "dropout": 0.5})
    model = build(params, fitted_data({"x": input_spec(2)}, {"y": value_target()}))
    assert [layer.model_dump() for layer in layer_records(model)] == [
        {"name": "dense_1", "kind": "Dense", "output": "(None, 3)", "parameters": 9},
        {"name": "dropout_1", "kind": "Dropout", "output": "(None, 3)", "parameters": 0},
        {"name": "y", "kind": "Dense", "output": "(None, 1)", "parameters": 4},
    ]
