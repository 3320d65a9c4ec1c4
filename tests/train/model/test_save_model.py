"""Model files are the same bytes for the same weights, and Keras can load them."""

import json
import zipfile

import keras
import numpy as np
import pytest

from stages.core.artefacts.model_file import check_model_file
from stages.train.model.save_model import renumber_shared_objects, save_model, write_canonical_archive
from tests.train.small_data import build, fitted_data, input_spec, train_params, value_target

MODEL = {"kind": "mlp", "units": [3], "dropout": 0.5}


@pytest.fixture(scope="module")
def model():
    return build(
        train_params(model=MODEL, optimizer={"kind": "adam"}), fitted_data({"x": input_spec(2)}, {"y": value_target()})
    )


def copy_as_saved_later(source, target):
    """Write what Keras would have written on another day, with other memory addresses."""
    with zipfile.ZipFile(source) as today, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as later:
        for name in reversed(today.namelist()):
            data = today.read(name)
            if name == "metadata.json":
                data = json.dumps(json.loads(data) | {"date_saved": "2031-05-06@07:08:09"}).encode()
            if name == "config.json":
                data = data.replace(b'"shared_object_id": ', b'"shared_object_id": 9')
            later.writestr(zipfile.ZipInfo(name, (2031, 5, 6, 7, 8, 9)), data)


def test_files_do_not_depend_on_the_time_of_saving(model, tmp_path):
    model.save(tmp_path / "today.keras")
    copy_as_saved_later(tmp_path / "today.keras", tmp_path / "later.keras")
    for name in ("today", "later"):
        write_canonical_archive(tmp_path / f"{name}.keras", tmp_path / f"{name}.canonical")
    assert (tmp_path / "today.canonical").read_bytes() == (tmp_path / "later.canonical").read_bytes()


def test_saving_twice_gives_the_same_two_files(model, tmp_path):
    for folder in (tmp_path / "one", tmp_path / "two"):
        folder.mkdir()
        save_model(model, folder)
        assert sorted(f.name for f in folder.iterdir()) == ["architecture.json", "model.keras"]
    for name in ("architecture.json", "model.keras"):
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes()


def test_the_loaded_model_predicts_the_same(model, tmp_path):
    save_model(model, tmp_path)
    loaded = keras.saving.load_model(tmp_path / "model.keras", compile=False, safe_mode=True)
    x = np.random.default_rng(0).normal(size=(5, 2)).astype("float32")
    np.testing.assert_array_equal(loaded.predict_on_batch(x), model.predict_on_batch(x))


def test_other_weights_give_other_bytes(model, tmp_path):
    for number, folder in enumerate((tmp_path / "one", tmp_path / "two")):
        folder.mkdir()
        model.set_weights([w + number for w in model.get_weights()])
        save_model(model, folder)
    assert (tmp_path / "one/model.keras").read_bytes() != (tmp_path / "two/model.keras").read_bytes()
    assert (tmp_path / "one/architecture.json").read_bytes() == (tmp_path / "two/architecture.json").read_bytes()


def test_shared_objects_stay_shared():
    config = {"a": {"shared_object_id": 77}, "b": [{"shared_object_id": 5}, {"shared_object_id": 77}]}
    assert renumber_shared_objects(config) == {
        "a": {"shared_object_id": 0},
        "b": [{"shared_object_id": 1}, {"shared_object_id": 0}],
    }


@pytest.mark.parametrize("targets", [["y"], ["y", "z"]])
def test_a_model_of_quantiles_is_loaded_without_code_of_its_own(targets, tmp_path):
    """Its loss is not in the file: Keras would look for it."""
    params = train_params(loss="pinball", quantiles=[0.1, 0.5, 0.9])
    model = build(params, fitted_data({"x": input_spec(2)}, {name: value_target(name) for name in targets}))
    save_model(model, tmp_path)
    loaded = keras.saving.load_model(tmp_path / "model.keras")
    assert [weight.tobytes() for weight in loaded.get_weights()] == [weight.tobytes() for weight in model.get_weights()]
    assert "pinball" not in (tmp_path / "architecture.json").read_text()
    check_model_file(tmp_path / "model.keras")


def test_a_model_of_a_loss_of_keras_is_loaded_with_its_loss(model, tmp_path):
    save_model(model, tmp_path)
    assert keras.saving.load_model(tmp_path / "model.keras").loss == "mean_squared_error"
