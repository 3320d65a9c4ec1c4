"""Parameters and data that do not fit together are refused."""

import pytest

from stages.core.artefacts.processed import ProcessedData
from stages.core.errors import UserError
from stages.train.check_params_fit_data import check_training
from tests.train.small_data import input_spec, random_data, train_params, value_target, window_over

WITHOUT_VALIDATION = random_data({"x": input_spec(3)}, {"y": value_target()}, validation=0)


def error_of(data, **settings):
    with pytest.raises(UserError) as caught:
        check_training(train_params(**settings), data)
    return str(caught.value)


def test_the_loss_of_each_target_is_returned():
    data = random_data({"x": input_spec(3)}, {"y": value_target(), "z": value_target()})
    assert check_training(train_params(loss="huber"), data) == {"y": "huber", "z": "huber"}


def test_monitor_needs_the_split_it_is_measured_on():
    message = error_of(WITHOUT_VALIDATION, monitor="val_loss")
    assert message.startswith("train.monitor: received val_loss, but there is no validation split")
    assert "use monitor: loss" in message
    assert "preprocess.split.validation" in message


def test_refit_needs_a_validation_split():
    message = error_of(WITHOUT_VALIDATION, refit=True, monitor="loss")
    assert message.startswith("train.refit: there is no validation split")


def test_refit_cannot_join_the_windows_of_two_splits():
    """Windows across the border would have rows of both."""
    data = random_data({"x": input_spec(1)}, {"y": value_target()})
    splits = {"train": 8, "validation": 2}
    fitted = data.fitted.model_copy(update={"window": window_over(2, 1, 1), "splits": splits})
    message = error_of(ProcessedData(fitted, data.splits), refit=True)
    assert message.startswith("train.refit: windows of the training and validation splits cannot be joined")
