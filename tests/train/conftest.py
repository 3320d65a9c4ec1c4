"""Starts TensorFlow once, as the stage does."""

import pytest

from stages.core.runtime import keras as keras_runtime
from tests.train.small_data import shared_training

keras_runtime.start_keras(1)


@pytest.fixture
def compile_once(monkeypatch):
    """Trainings with the same parameters and data have the same compiled functions."""
    from stages.train.loop import training_loop

    original = training_loop.Training
    monkeypatch.setattr(training_loop, "Training", lambda data, params, _files: shared_training(data, params, original))
