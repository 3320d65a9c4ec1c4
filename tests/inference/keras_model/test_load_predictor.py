"""The predictor of a model that train has written, with Keras started as evaluate starts it."""

from pathlib import Path

import keras
import numpy as np
import pytest

from stages.core.artefacts.processed import Fitted, InputSpec, TargetSpec
from stages.core.columns.number_columns import NumberColumns
from stages.core.errors import UserError
from stages.core.own_model.model_files import import_model_files
from stages.inference.keras_model import load_predictor as loading
from stages.inference.keras_model.load_predictor import load_predictor
from stages.inference.new_rows.raw_rows import RawRows
from stages.inference.output_settings import OutputSettings
from tests.core.own_model.example_files import FILES, write_copies
from tests.inference.linear_model import linear_model

FITTED = Fitted(
    inputs={"x": InputSpec(column=NumberColumns(columns=["size"]), shape=[1])},
    targets={"y": TargetSpec(column=NumberColumns(columns=["price"]))},
    splits={},
)
ROWS = RawRows({"size": np.array([1.0, 2.0])}, 2)


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The numbers of threads. TensorFlow of this process has its threads already."""
    threads: list[int] = []
    monkeypatch.setattr(loading, "start_keras", threads.append)
    return threads


def test_it_predicts_what_the_saved_model_does(tmp_path: Path, started: list[int]) -> None:
    (tmp_path / "flowers").mkdir()
    linear_model(2, 1).save(tmp_path / "flowers/model.keras")
    predictor = load_predictor(tmp_path / "flowers", write_copies(tmp_path, {}), FITTED, OutputSettings(), threads=3)
    assert predictor.predict(ROWS)["y"].predicted.tolist() == [[3], [5]]
    assert started == [3]


def test_a_model_with_layers_of_the_users_own(tmp_path: Path, started: list[int]) -> None:
    copies = write_copies(tmp_path, FILES)
    scale = import_model_files(copies).modules["layers.py"].Scale(name="scale")
    output = keras.layers.Dense(1, name="y", kernel_initializer="ones")
    inputs = keras.layers.Input((1,), name="x")
    model = keras.Model({"x": inputs}, {"y": output(scale(inputs))}, name="model")
    scale.set_weights([np.array([3.0])])
    (tmp_path / "flowers").mkdir()
    model.save(tmp_path / "flowers/model.keras")
    predictor = load_predictor(tmp_path / "flowers", copies, FITTED, OutputSettings(), threads=1)
    assert predictor.predict(ROWS)["y"].predicted.tolist() == [[3], [6]]


def test_a_missing_model(tmp_path: Path, started: list[int]) -> None:
    with pytest.raises(UserError, match=r"flowers/model\.keras: not found; run `dvc repro train@flowers`"):
        load_predictor(tmp_path / "flowers", write_copies(tmp_path, {}), FITTED, OutputSettings(), threads=1)
