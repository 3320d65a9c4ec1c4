"""Model files that were swapped for others: what they ask for is not done, and a sentence says what it was."""

import io
import json
import os
import pickle
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any, get_args

import h5py
import keras
import numpy as np
import pytest

from stages.core.errors import UserError
from stages.inference.check_model_file import check_model
from stages.inference.predictions import load
from stages.train.model.save_model import save_archive
from stages.train.params import Model
from tests.train.small_data import build, fitted_data, input_spec, train_params, value_target

Members = dict[str, bytes]
Change = Callable[[Members], object]
CONFIG, WEIGHTS, KERNEL = "config.json", "model.weights.h5", "layers/dense/vars/0"
CALLED = "called"
SHELL = {"module": "os", "class_name": "function", "config": "system", "registered_name": "function"}


@pytest.fixture(scope="module")
def good(tmp_path_factory: pytest.TempPathFactory) -> Members:
    model = keras.Sequential([keras.layers.Input((2,), name="x"), keras.layers.Dense(1, name="y")], name="model")
    path = tmp_path_factory.mktemp("good") / "model.keras"
    save_archive(model, path)
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def written(members: Members, folder: Path, method: int = zipfile.ZIP_STORED) -> Path:
    folder.mkdir()
    with zipfile.ZipFile(folder / "model.keras", "w", method) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return folder


def layer(module: str | None, name: str, /, **config: Any) -> Change:
    """One layer more, or what is written as one."""
    return described(lambda c: c["config"]["layers"].append({"module": module, "class_name": name, "config": config}))


def dense(**config: Any) -> Change:
    return described(lambda c: c["config"]["layers"][1]["config"].update(config))


def described(change: Callable[[Any], object]) -> Change:
    def change_members(members: Members) -> None:
        config = json.loads(members[CONFIG])
        change(config)
        members[CONFIG] = json.dumps(config).encode()

    return change_members


def weights(change: Callable[[Any], object]) -> Change:
    def change_members(members: Members) -> None:
        content = io.BytesIO(members[WEIGHTS])
        with h5py.File(content, "r+") as file:
            change(file)
        members[WEIGHTS] = content.getvalue()

    return change_members


def instead(name: str, content: bytes) -> Change:
    return lambda members: members.update({name: content})


def linked(link: Any) -> Change:
    def change(file: Any) -> None:
        del file[KERNEL]
        file[KERNEL] = link

    return weights(change)


def elsewhere(file: Any) -> None:
    """The numbers stand in a file that is not the model's."""
    del file[KERNEL]
    file.create_dataset(KERNEL, (2, 1), "f4", external=[("/etc/hostname", 0, 8)])


def virtual(file: Any) -> None:
    del file[KERNEL]
    layout = h5py.VirtualLayout((2, 1), "f4")
    layout[:] = h5py.VirtualSource("/tmp/other.h5", "0", (2, 1))
    file.create_virtual_dataset(KERNEL, layout)


def far_too_large(file: Any) -> None:
    del file[KERNEL]
    file.create_dataset(KERNEL, (1 << 20, 1 << 20), "f4", chunks=(64, 64))


def pickled(members: Members) -> None:
    """An array of objects, as NumPy would run it."""

    class Calls:
        def __reduce__(self) -> Any:
            return os.system, (f"touch {CALLED}",)

    content, array = io.BytesIO(), np.empty(1, object)
    array[0] = Calls()
    np.savez(content, array)
    del members[WEIGHTS]
    members["model.weights.npz"] = content.getvalue()


BAD: dict[str, tuple[Change, str]] = {
    "os.system as a layer": (layer("os", "system", command=f"touch {CALLED}"), "asks for os.system,"),
    "eval as a layer": (layer("builtins", "function", config="eval"), "asks for builtins.function,"),
    "os.system as an activation": (dense(activation=SHELL), "asks for os.function,"),
    "an activation by a text": (dense(activation="os.system"), "could not be deserialized properly"),
    "a layer of another module": (
        layer("tests.resource_limits", "check_bounded"),
        "asks for tests.resource_limits.check_bounded,",
    ),
    "a layer that somebody registered": (layer(None, "Mine"), "asks for Mine,"),
    "Lambda with code": (layer("keras.layers", "Lambda", function="4wEAAAA="), "asks for keras.layers.Lambda,"),
    "Lambda with os.system": (layer("keras.layers", "Lambda", function=SHELL), "keras.layers.Lambda, os.function,"),
    "Lambda as Keras once wrote it": (layer(None, "Lambda", function="4wEAAAA="), "asks for Lambda,"),
    "a saved model from a folder": (layer("keras.layers", "TFSMLayer", filepath="/etc"), "keras.layers.TFSMLayer,"),
    "a pickled module of torch": (layer("keras.layers", "TorchModuleWrapper", module="gA=="), "TorchModuleWrapper,"),
    "a function of jax": (layer("keras.layers", "JaxLayer", call_fn="f"), "asks for keras.layers.JaxLayer,"),
    "a file for words": (layer("keras.layers", "StringLookup", vocabulary="/etc/passwd"), "keras.layers.StringLookup,"),
    "a download": (layer("keras.utils", "get_file", origin="file:///etc/passwd"), "asks for keras.utils.get_file,"),
    "another model": (layer("keras.saving", "load_model", filepath="x.keras"), "asks for keras.saving.load_model,"),
    "an end to safety": (layer("keras.config", "enable_unsafe_deserialization"), "enable_unsafe_deserialization,"),
    "no such layer": (layer("keras.layers", "Denes"), "asks for keras.layers.Denes,"),
    "a number for a layer": (described(lambda c: c["config"]["layers"].append(5)), "could not be deserialized"),
    "a text for units": (dense(units="x"), "could not be deserialized properly"),
    "units without end": (dense(units=10**20), "out-of-range integer"),
    "another shape": (dense(units=3), "shape=(2, 3)"),
    "no description": (instead(CONFIG, b"null"), "describes no model"),
    "a list": (instead(CONFIG, b"[]"), "describes no model"),
    "no JSON": (instead(CONFIG, b"{"), "Expecting property name"),
    "no text": (instead(CONFIG, b"\xff\xfe\x00\xd8"), "Expecting value"),
    "nesting without end": (instead(CONFIG, b"[" * 100_000), "nested without end"),
    "nesting to the brim": (instead(CONFIG, b'{"a":' * 900 + b"1" + b"}" * 900), "damaged"),
    "a description without end": (instead(CONFIG, b" " * 10_000_001), "has 10,000,001 bytes"),
    "a link to another file": (linked(h5py.ExternalLink("/tmp/other.h5", "0")), "ExternalLink"),
    "a link within": (linked(h5py.SoftLink("/layers/dense/vars/1")), "SoftLink"),
    "numbers of another file": (weights(elsewhere), "external Dataset"),
    "numbers seen through another file": (weights(virtual), "virtual Dataset"),
    "four terabytes of nothing": (weights(far_too_large), "declares 4.00 TB"),
    "a pickle for weights": (instead(WEIGHTS, pickle.dumps([1])), "file signature not found"),
    "pickled arrays": (pickled, "it holds config.json, metadata.json, model.weights.npz; a model is"),
    "a member that leads out": (instead("../evil", b"x"), "it holds ../evil, config.json"),
    "something to unpack": (instead("assets/x", b"x"), "it holds assets/x, config.json"),
    "no weights": (lambda members: members.pop(WEIGHTS), "it holds config.json, metadata.json; a model is"),
}


@pytest.mark.fault("models refused")
@pytest.mark.parametrize(("change", "said"), BAD.values(), ids=BAD)
def test_a_swapped_model_is_refused(
    change: Change, said: str, good: Members, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    members = dict(good)
    change(members)
    folder = written(members, tmp_path / "iris")
    with pytest.raises(UserError) as caught:
        load(folder)
    told = str(caught.value)
    assert told.startswith(f"{folder}/model.keras: damaged (")
    assert told.endswith("run `dvc repro --force train@iris`")
    assert said in told
    assert len(told) < 600 + len(str(tmp_path))
    assert [file.name for file in tmp_path.iterdir()] == ["iris"]


@pytest.mark.fault("models refused")
def test_a_bomb_is_not_unpacked(good: Members, tmp_path: Path) -> None:
    folder = written(good | {WEIGHTS: bytes(50_000_000)}, tmp_path / "iris", zipfile.ZIP_DEFLATED)
    with pytest.raises(UserError, match=r"config\.json is compressed or encrypted; a model is neither"):
        load(folder)


def test_what_training_wrote_is_loaded(good: Members, tmp_path: Path) -> None:
    assert [layer.name for layer in load(written(good, tmp_path / "iris")).layers] == ["y"]


AUGMENT = {"flip": True, "shift": 0.1, "rotate": 0.1}
CNN = {"kind": "cnn", "filters": [2], "units": [2], "dropout": 0.1}
KINDS: dict[str, tuple[list[int], list[dict[str, Any]]]] = {
    "linear": ([2, 3], [{}]),
    "mlp": ([2], [{"units": [3], "dropout": 0.5}]),
    "cnn": ([8, 8, 1], [CNN, CNN | {"batch_norm": True, "block_dropout": 0.1, "average": True, "augment": AUGMENT}]),
    "simple_rnn": ([4, 4, 1], [{"cells": [2, 2], "units": [2]}]),
    "lstm": ([4, 2], [{"cells": [2]}]),
    "gru": ([4, 2], [{"cells": [2]}]),
    "transformer": ([4, 3], [{"width": 4, "heads": 2, "units": [2]}]),
    "branches": ([2], [{"inputs": {"x": {"kind": "mlp", "units": [2]}}, "units": [2]}]),
}


def test_every_kind_of_model_is_among_those_that_are_read(tmp_path: Path) -> None:
    """A new kind, or a new layer in one, is admitted here or never evaluated."""
    known = {kind for model in get_args(get_args(Model)[0]) for kind in get_args(model.model_fields["kind"].annotation)}
    assert set(KINDS) == known
    for kind, (shape, settings) in KINDS.items():
        for setting in settings:
            model = build(
                train_params(model={"kind": kind} | setting),
                fitted_data({"x": input_spec(*shape)}, {"y": value_target()}),
            )
            save_archive(model, tmp_path / "model.keras")
            check_model(tmp_path / "model.keras")
