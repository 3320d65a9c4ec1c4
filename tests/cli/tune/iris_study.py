"""A study of iris with few epochs: its raw data, and its parameters with changes."""

from contextlib import chdir
from pathlib import Path
from typing import Any

import yaml

from stages.cli.tune.prepare_study import StudyParameters, study_parameters
from stages.config.schema import Dataset
from stages.core.artefacts.raw.raw_files import write_raw
from stages.core.parameters.validation_errors import type_adapter
from stages.download.load_source import load_source

ROOT = Path(__file__).parents[3]
EPOCHS = 6
RANGES = """\
train.optimizer.learning_rate: {low: 0.0001, high: 0.1, log: true}
train.model.units: [[4], [8, 4]]
preprocess.steps: [[{step: standard}], [{step: minmax}]]
"""


def composed_datasets() -> dict[str, Any]:
    """The parameters of the datasets of this repository."""
    return yaml.safe_load((ROOT / "params.yaml").read_text())["datasets"]


def composed_iris(**train):
    """The parameters of the suite that has iris alone, with a small model."""
    iris = composed_datasets()["iris"]
    iris["train"] |= {"epochs": EPOCHS, "model": {"kind": "mlp", "units": [8]}, **train}
    return {"suite": "one", "datasets": {"iris": iris}}


def write_study(folder: Path, ranges: str = RANGES) -> None:
    """Raw data, and the file with the ranges."""
    dataset: Dataset = type_adapter(Dataset).validate_python(composed_iris()["datasets"]["iris"])
    write_raw(load_source(dataset.download), folder / "data/raw/iris")
    (folder / "conf/tune").mkdir(parents=True)
    (folder / "conf/tune/iris.yaml").write_text(ranges)


def iris_parameters(folder: Path, **train) -> StudyParameters:
    with chdir(folder):
        return study_parameters("iris", composed_iris(**train))
