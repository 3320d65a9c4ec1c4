"""A study of iris in this process, where TensorFlow has started as in a worker."""

import pytest

from stages.core.runtime import keras as keras_runtime
from tests.cli.tune.iris_study import iris_parameters, write_study

keras_runtime.start_keras(1)


@pytest.fixture(scope="session")
def iris_folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("iris_study")
    write_study(folder)
    return folder


@pytest.fixture
def preparation(iris_folder):
    return new_preparation(iris_folder)


def new_preparation(iris_folder):
    """What a new worker has."""
    from stages.cli.tune.trials.prepare_trials import TrialPreparation
    from stages.cli.tune.trials.trial_data import TrialData
    from stages.cli.tune.tune import study_setup

    raw = iris_folder / "data/raw/iris"
    setup = study_setup(iris_parameters(iris_folder), raw, iris_folder)
    return TrialPreparation(setup, TrialData(raw, setup.processed))
