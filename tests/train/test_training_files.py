"""The layers in training.json, and the columns of the history. test_main.py has the rest of the record."""

import pytest

from stages.train.training_files import history_csv, layer_records
from tests.train.small_data import build, fitted_data, input_spec, train_params, value_target


def test_layer_records():
    params = train_params(model={"kind": "mlp", "units": [3], "dropout": 0.5})
    model = build(params, fitted_data({"x": input_spec(2)}, {"y": value_target()}))
    assert [layer.model_dump() for layer in layer_records(model)] == [
        {"name": "dense_1", "kind": "Dense", "output": "(None, 3)", "parameters": 9},
        {"name": "dropout_1", "kind": "Dropout", "output": "(None, 3)", "parameters": 0},
        {"name": "y", "kind": "Dense", "output": "(None, 1)", "parameters": 4},
    ]


@pytest.mark.parametrize(
    ("names", "header"),
    [
        (
            ["val_loss", "mean_absolute_error", "accuracy", "val_accuracy", "val_mean_absolute_error", "loss"],
            "epoch,loss,accuracy,mean_absolute_error,val_loss,val_accuracy,val_mean_absolute_error",
        ),
        (
            ["a_loss", "z_loss", "loss", "a_accuracy", "val_a_loss", "val_loss"],
            "epoch,loss,a_loss,z_loss,a_accuracy,val_loss,val_a_loss",
        ),
    ],
)
def test_columns_are_the_loss_the_losses_of_the_targets_metrics_and_then_those_of_the_validation_split(names, header):
    assert history_csv([dict.fromkeys(names, 0.0)]).splitlines()[0] == header


def test_epochs_count_from_one_and_values_have_seven_digits():
    assert history_csv([{"loss": 1 / 3}, {"loss": 1e-9}]) == "epoch,loss\n1,0.3333333\n2,1e-09\n"
