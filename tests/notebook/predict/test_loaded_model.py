"""Models of Keras, which are trained here: predictions in a notebook are those of `restage predict`."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from stages.cli.predict.predict_input import predict_input
from stages.cli.predict.predict_options import PredictOptions
from stages.cli.predict.trained_model import open_trained_model
from stages.core import paths
from stages.core.artefacts.processed import read_processed
from stages.core.artefacts.raw.raw_data import Images, Table
from stages.core.artefacts.raw.raw_files import read_raw
from stages.core.runtime import keras as keras_runtime
from stages.notebook.predict.loaded_model import load_model
from stages.notebook.predict.predict_new_rows import predict_new_rows
from tests.export.exported_examples import KEY, write_results
from tests.inference.prediction_examples import EXAMPLES

keras_runtime.start_keras(1)

KINDS = [
    "several inputs by name",
    "pictures",
    "all steps ahead of two columns, with everything",
]


def write_rows(folder: Path) -> Path:
    """All raw rows as a file that `restage predict` reads."""
    raw = read_raw(paths.raw_data(KEY))
    if isinstance(raw, Images):
        np.save(folder / "new.npy", np.concatenate(list(raw.images.values())))
        return folder / "new.npy"
    assert isinstance(raw, Table)
    pd.concat(raw.frames.values()).to_parquet(folder / "new.parquet", index=False)
    return folder / "new.parquet"


@pytest.mark.parametrize("kind", KINDS)
def test_new_rows_have_the_predictions_of_the_command(kind: str, folder: Path) -> None:
    write_results(EXAMPLES[kind])
    model, new = load_model(KEY, folder), write_rows(folder)
    predict_input(open_trained_model(KEY), PredictOptions(KEY, new, out=folder / "out.parquet"))
    expected = pd.read_parquet(folder / "out.parquet")
    assert len(expected) > 1
    pd.testing.assert_frame_equal(predict_new_rows(model, new), expected, check_exact=True)
    of_values = predict_new_rows(model, np.load(new) if new.suffix == ".npy" else pd.read_parquet(new))
    pd.testing.assert_frame_equal(of_values, expected, check_exact=True)


def test_the_keras_model_takes_processed_inputs(folder: Path) -> None:
    write_results(EXAMPLES["several inputs by name"])
    model = load_model(KEY, folder)
    inputs = read_processed(paths.processed_data(KEY)).inputs("test")
    outputs = model.keras_model.predict(inputs, verbose=0)
    assert list(outputs) == list(model.trained.fitted.targets)


def test_a_process_that_has_started_tensorflow_keeps_its_settings(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """TensorFlow refuses to change the number of threads after its start."""
    write_results(EXAMPLES["three classes"])
    monkeypatch.setattr("stages.notebook.predict.loaded_model.start_keras", pytest.fail)
    assert load_model(KEY, folder).keras_model.count_params() > 0
