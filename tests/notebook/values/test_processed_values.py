import numpy as np
import pytest

from stages.notebook.notebook_errors import Error
from stages.notebook.values.processed_values import Processed
from tests.report.example_datasets import flowers, two_targets
from tests.report.example_forecasts import months


def test_splits_are_in_order_and_without_empty_ones() -> None:
    assert list(Processed(flowers().processed)) == ["train", "validation", "test"]
    assert list(Processed(months().processed)) == ["train", "test"]


def test_the_truth_has_names_of_classes_and_values_in_their_own_unit() -> None:
    test = Processed(two_targets().processed)["test"]
    assert test.truth["species"].tolist() == ["setosa", "versicolor", "virginica", "virginica"]
    assert test.truth["width"][:, 0].tolist() == [0.25, 1.0, 2.0, 1.75]
    assert test.targets["species"].tolist() == [0, 1, 2, 2]
    assert Processed(two_targets().processed).classes == {"species": ["setosa", "versicolor", "virginica"]}


def test_the_inverse_gives_the_class_with_the_highest_output() -> None:
    test = Processed(flowers().processed)["test"]
    outputs = np.array([[0.8, 0.1, 0.1], [0.1, 0.2, 0.7], [0.0, 0.1, 0.9], [0.2, 0.5, 0.3]])
    assert test.inverse("species", outputs).tolist() == ["setosa", "virginica", "virginica", "versicolor"]
    assert test.inverse("species", test.targets["species"]).tolist() == test.truth["species"].tolist()


@pytest.mark.parametrize("horizon", [1, 3])
def test_the_inverse_of_a_forecast_is_in_its_own_unit(horizon: int) -> None:
    test = Processed(months(horizon=horizon).processed)["test"]
    values = test.inverse("passengers", test.targets["passengers"])
    np.testing.assert_allclose(values.ravel(), test.truth["passengers"].ravel(), rtol=1e-6)


def test_inputs_and_rows_have_one_entry_for_each_sample() -> None:
    test = Processed(months().processed)["test"]
    assert test.inputs["x"].shape == (len(test), 12, 1)
    assert len(test.rows) == len(test)
    assert test.weights is None


def test_wrong_names_are_errors() -> None:
    processed = Processed(flowers().processed)
    with pytest.raises(KeyError, match="did you mean train"):
        processed["trian"]
    with pytest.raises(Error, match="target speices: did you mean species"):
        processed["test"].inverse("speices", np.zeros(4))


def test_the_text_forms_have_sizes_and_shapes() -> None:
    processed = Processed(flowers().processed)
    assert repr(processed) == "<processed: train 2, validation 2, test 4>"
    assert repr(processed["test"]) == "<test: 4 samples; inputs x (1,); targets species>"
