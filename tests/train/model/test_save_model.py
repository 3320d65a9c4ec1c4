"""Model files: the same bytes for the same weights, and still what Keras loads."""

import json
import zipfile

import keras
import numpy as np
import pytest

from stages.train.model.build_model import build
from stages.train.model.save_model import canonical, layer_table, save_model, steady
from tests.train.made import an_input, fitted, params, values

BODY = {"kind": "mlp", "units": [3], "dropout": 0.5}


@pytest.fixture(scope="module")
def model():
    return build(params(model=BODY, optimizer={"kind": "adam"}), fitted({"x": an_input(2)}, {"y": values()}))


def at_another_time(source, target):
    """What Keras would have written on another day, from other addresses."""
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new:
        for name in reversed(old.namelist()):
            data = old.read(name)
            if name == "metadata.json":
                data = json.dumps(json.loads(data) | {"date_saved": "2031-05-06@07:08:09"}).encode()
            if name == "config.json":
                data = data.replace(b'"shared_object_id": ', b'"shared_object_id": 9')
            new.writestr(zipfile.ZipInfo(name, (2031, 5, 6, 7, 8, 9)), data)


def test_the_time_of_saving_does_not_show(model, tmp_path):
    model.save(tmp_path / "today.keras")
    at_another_time(tmp_path / "today.keras", tmp_path / "later.keras")
    for name in ("today", "later"):
        canonical(tmp_path / f"{name}.keras", tmp_path / f"{name}.canonical")
    assert (tmp_path / "today.canonical").read_bytes() == (tmp_path / "later.canonical").read_bytes()


def test_saving_twice_gives_the_same_two_files(model, tmp_path):
    for folder in (tmp_path / "one", tmp_path / "two"):
        folder.mkdir()
        save_model(model, folder)
        assert sorted(f.name for f in folder.iterdir()) == ["architecture.json", "model.keras"]
    for name in ("architecture.json", "model.keras"):
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes()


def test_the_saved_model_predicts_what_the_model_did(model, tmp_path):
    save_model(model, tmp_path)
    loaded = keras.saving.load_model(tmp_path / "model.keras", compile=False, safe_mode=True)
    x = np.random.default_rng(0).normal(size=(5, 2)).astype("float32")
    np.testing.assert_array_equal(loaded.predict_on_batch(x), model.predict_on_batch(x))


def test_other_weights_are_other_bytes(model, tmp_path):
    for number, folder in enumerate((tmp_path / "one", tmp_path / "two")):
        folder.mkdir()
        model.set_weights([w + number for w in model.get_weights()])
        save_model(model, folder)
    assert (tmp_path / "one/model.keras").read_bytes() != (tmp_path / "two/model.keras").read_bytes()
    assert (tmp_path / "one/architecture.json").read_bytes() == (tmp_path / "two/architecture.json").read_bytes()


def test_shared_objects_keep_what_they_share():
    config = {"a": {"shared_object_id": 77}, "b": [{"shared_object_id": 5}, {"shared_object_id": 77}]}
    assert steady(config) == {"a": {"shared_object_id": 0}, "b": [{"shared_object_id": 1}, {"shared_object_id": 0}]}


def test_the_layer_table(model):
    assert layer_table(model) == [
        {"name": "dense_1", "kind": "Dense", "output": "(None, 3)", "parameters": 9},
        {"name": "dropout_1", "kind": "Dropout", "output": "(None, 3)", "parameters": 0},
        {"name": "y", "kind": "Dense", "output": "(None, 1)", "parameters": 4},
    ]
