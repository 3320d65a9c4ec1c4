"""What conf/ says about targets of one kind and of both kinds."""

from collections.abc import Mapping

import pandas as pd
import pytest

from stages.cli.new.conf_text.target_settings import (
    headline,
    labels_entry,
    settings_by_target,
    target_name,
    target_names,
    targets_entry,
)
from stages.cli.new.describe.describe_columns import describe_column
from stages.cli.new.describe.new_dataset import NewDataset, TargetKind
from stages.cli.new.read.new_files import NewData
from stages.download.params.csv_params import Csv


def dataset(kinds: Mapping[str, TargetKind], time: str | None = None) -> NewDataset:
    """Each target has the same values; only names and kinds matter here."""
    frame = pd.DataFrame({"size": [1.5, 2.5]} | {name: [1, 2] for name in kinds})
    columns = [describe_column(name, frame[name]) for name in frame.columns]
    return NewDataset("own", NewData({}, Csv(format="csv"), {"all": frame}), columns, kinds, time)


def test_a_class_and_a_value() -> None:
    both = dataset({"price": "values", "sold": "classes"})
    assert targets_entry(both) == {"price": "price", "sold": "sold"}
    assert labels_entry(both) == {"sold": "one_hot"}
    assert dict(settings_by_target(both)) == {
        "output": {"price": "linear", "sold": "softmax"},
        "loss": {"price": "mean_squared_error", "sold": "categorical_crossentropy"},
        "loss_weights": {"price": 1.0, "sold": 1.0},
        "metrics": {"price": ["mean_absolute_error"], "sold": ["accuracy"]},
    }
    assert headline(both) == "price.rmse"


def test_the_first_target_has_the_headline() -> None:
    assert headline(dataset({"Sold?": "classes", "price": "values"})) == "Sold.accuracy"


def test_several_values_are_one_target() -> None:
    values = dataset({"length": "values", "width": "values"})
    assert targets_entry(values) == ["length", "width"]
    assert labels_entry(values) is None
    assert headline(values) == "rmse"


def test_several_classes_are_a_target_each() -> None:
    classes = dataset({"kind": "classes", "sold": "classes"})
    assert targets_entry(classes) == {"kind": "kind", "sold": "sold"}
    assert labels_entry(classes) == "one_hot"
    assert headline(classes) == "kind.accuracy"


def test_names_whose_usable_characters_are_the_same_get_a_number() -> None:
    both = dataset({"größe": "classes", "grosse": "values", "große": "values"})
    assert target_names(both) == {"größe": "groe", "grosse": "grosse", "große": "groe_2"}


@pytest.mark.parametrize("column", ["x", "dense_1", "maximum", "shared_dense_1", "x_dense_1", "embedding"])
def test_a_target_gets_another_name_than_the_input_and_the_layers(column: str) -> None:
    assert target_name(column) == f"target_{column}"
