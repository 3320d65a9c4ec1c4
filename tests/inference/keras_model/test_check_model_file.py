"""Manipulated model files are refused, with a message that says why, and nothing in them is executed."""

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

from stages.core.artefacts.model_file import check_model_file
from stages.core.errors import UserError
from stages.inference.keras_model.load_model import load_model
from stages.train.model.save_model import save_archive
from stages.train.params.model_params import Model
from tests.train.small_data import (
    build,
    fitted_data,
    input_spec,
    target_in_input,
    text_ids_input,
    train_params,
    value_target,
    window_input,
)

Members = dict[str, bytes]
Change = Callable[[Members], object]
CONFIG, WEIGHTS, KERNEL = "config.json", "model.weights.h5", "layers/dense/vars/0"
CALLED = "called"
OS_SYSTEM = {"module": "os", "class_name": "function", "config": "system", "registered_name": "function"}


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
    """One more layer, or another object among the layers."""
    return config_change(
        lambda c: c["config"]["layers"].append({"module": module, "class_name": name, "config": config})
    )


def dense(**config: Any) -> Change:
    return config_change(lambda c: c["config"]["layers"][1]["config"].update(config))


def config_change(change: Callable[[Any], object]) -> Change:
    def change_members(members: Members) -> None:
        config = json.loads(members[CONFIG])
        change(config)
        members[CONFIG] = json.dumps(config).encode()

    return change_members


def weights_change(change: Callable[[Any], object]) -> Change:
    def change_members(members: Members) -> None:
        content = io.BytesIO(members[WEIGHTS])
        with h5py.File(content, "r+") as file:
            change(file)
        members[WEIGHTS] = content.getvalue()

    return change_members


def replace_member(name: str, content: bytes) -> Change:
    return lambda members: members.update({name: content})


def kernel_link(link: Any) -> Change:
    def change(file: Any) -> None:
        del file[KERNEL]
        file[KERNEL] = link

    return weights_change(change)


def external_kernel(file: Any) -> None:
    """The weights are stored in another file."""
    del file[KERNEL]
    file.create_dataset(KERNEL, (2, 1), "f4", external=[("/etc/hostname", 0, 8)])


def virtual_kernel(file: Any) -> None:
    del file[KERNEL]
    layout = h5py.VirtualLayout((2, 1), "f4")
    layout[:] = h5py.VirtualSource("/tmp/other.h5", "0", (2, 1))
    file.create_virtual_dataset(KERNEL, layout)


def huge_kernel(file: Any) -> None:
    del file[KERNEL]
    file.create_dataset(KERNEL, (1 << 20, 1 << 20), "f4", chunks=(64, 64))


def pickled_weights(members: Members) -> None:
    """An array of objects: NumPy would execute its pickle."""

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
    "os.system as an activation": (dense(activation=OS_SYSTEM), "asks for os.function,"),
    "an activation by name": (dense(activation="os.system"), "could not be deserialized properly"),
    "a layer of another module": (
        layer("tests.resource_limits", "check_bounded"),
        "asks for tests.resource_limits.check_bounded,",
    ),
    "a layer that somebody registered": (layer(None, "Mine"), "asks for Mine,"),
    "Lambda with code": (layer("keras.layers", "Lambda", function="4wEAAAA="), "asks for keras.layers.Lambda,"),
    "Lambda with os.system": (layer("keras.layers", "Lambda", function=OS_SYSTEM), "keras.layers.Lambda, os.function,"),
    "Lambda in the format of older versions": (layer(None, "Lambda", function="4wEAAAA="), "asks for Lambda,"),
    "a saved model from a folder": (layer("keras.layers", "TFSMLayer", filepath="/etc"), "keras.layers.TFSMLayer,"),
    "a pickled module of torch": (layer("keras.layers", "TorchModuleWrapper", module="gA=="), "TorchModuleWrapper,"),
    "a function of jax": (layer("keras.layers", "JaxLayer", call_fn="f"), "asks for keras.layers.JaxLayer,"),
    "a file of words": (layer("keras.layers", "StringLookup", vocabulary="/etc/passwd"), "keras.layers.StringLookup,"),
    "a download": (layer("keras.utils", "get_file", origin="file:///etc/passwd"), "asks for keras.utils.get_file,"),
    "another model": (layer("keras.saving", "load_model", filepath="x.keras"), "asks for keras.saving.load_model,"),
    "safe mode switched off": (
        layer("keras.config", "enable_unsafe_deserialization"),
        "enable_unsafe_deserialization,",
    ),
    "an unknown layer": (layer("keras.layers", "Denes"), "asks for keras.layers.Denes,"),
    "a number for a layer": (config_change(lambda c: c["config"]["layers"].append(5)), "could not be deserialized"),
    "a text for units": (dense(units="x"), "could not be deserialized properly"),
    "too many units": (dense(units=10**20), "out-of-range integer"),
    "units that do not fit the weights": (dense(units=3), "shape=(2, 3)"),
    "null as config": (replace_member(CONFIG, b"null"), "describes no model"),
    "a list as config": (replace_member(CONFIG, b"[]"), "describes no model"),
    "config is not JSON": (replace_member(CONFIG, b"{"), "Expecting property name"),
    "config is not text": (replace_member(CONFIG, b"\xff\xfe\x00\xd8"), "Expecting value"),
    "config nested too deeply": (replace_member(CONFIG, b"[" * 100_000), "nested too deeply"),
    "config nested just less deeply": (replace_member(CONFIG, b'{"a":' * 900 + b"1" + b"}" * 900), "damaged"),
    "config too large": (replace_member(CONFIG, b" " * 10_000_001), "has 10,000,001 bytes"),
    "weights linked to another file": (kernel_link(h5py.ExternalLink("/tmp/other.h5", "0")), "ExternalLink"),
    "weights linked within the file": (kernel_link(h5py.SoftLink("/layers/dense/vars/1")), "SoftLink"),
    "weights stored in another file": (weights_change(external_kernel), "external Dataset"),
    "weights as a view of another file": (weights_change(virtual_kernel), "virtual Dataset"),
    "four terabytes of weights": (weights_change(huge_kernel), "declares 4.00 TB"),
    "a pickle as weights": (replace_member(WEIGHTS, pickle.dumps([1])), "file signature not found"),
    "pickled arrays": (pickled_weights, "it holds config.json, metadata.json, model.weights.npz; a model holds"),
    "a member outside of the folder": (replace_member("../evil", b"x"), "it holds ../evil, config.json"),
    "an additional member": (replace_member("assets/x", b"x"), "it holds assets/x, config.json"),
    "no weights": (lambda members: members.pop(WEIGHTS), "it holds config.json, metadata.json; a model holds"),
}


@pytest.mark.error_case("models refused")
@pytest.mark.parametrize(("change", "expected"), BAD.values(), ids=BAD)
def test_a_manipulated_model_is_refused(
    change: Change, expected: str, good: Members, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    members = dict(good)
    change(members)
    folder = written(members, tmp_path / "iris")
    with pytest.raises(UserError) as caught:
        load_model(folder)
    message = str(caught.value)
    assert message.startswith(f"{folder}/model.keras: damaged (")
    assert message.endswith("run `dvc repro --force train@iris`")
    assert expected in message
    assert len(message) < 600 + len(str(tmp_path))
    assert [file.name for file in tmp_path.iterdir()] == ["iris"]


@pytest.mark.error_case("models refused")
def test_a_compressed_member_is_not_unpacked(good: Members, tmp_path: Path) -> None:
    folder = written(good | {WEIGHTS: bytes(50_000_000)}, tmp_path / "iris", zipfile.ZIP_DEFLATED)
    with pytest.raises(UserError, match=r"config\.json is compressed or encrypted"):
        load_model(folder)


def test_an_unchanged_model_is_loaded(good: Members, tmp_path: Path) -> None:
    assert [layer.name for layer in load_model(written(good, tmp_path / "iris")).layers] == ["y"]


AUGMENT = {"flip": True, "shift": 0.1, "rotate": 0.1}
CNN = {"kind": "cnn", "filters": [2], "units": [2], "dropout": 0.1}
KINDS: dict[str, tuple[list[int], list[dict[str, Any]]]] = {
    "linear": ([2, 3], [{}]),
    "mlp": (
        [2],
        [
            {"units": [3], "dropout": 0.5},
            {"units": [3], "norm": "batch", "residual": True, "regularizer": {"l2": 0.1}},
            {"units": [3], "norm": "layer"},
        ],
    ),
    "conv1d": ([8, 2], [{"filters": [2], "batch_norm": True, "average": True, "residual": True}]),
    "cnn": ([8, 8, 1], [CNN, CNN | {"batch_norm": True, "block_dropout": 0.1, "average": True, "augment": AUGMENT}]),
    "simple_rnn": ([4, 4, 1], [{"cells": [2, 2], "units": [2]}]),
    "lstm": ([4, 2], [{"cells": [2]}]),
    "gru": ([4, 2], [{"cells": [2]}]),
    "nlinear": ([4, 1], [{}]),
    "dlinear": ([4, 3], [{"average": 3}]),
    "transformer": ([4, 3], [{"width": 4, "heads": 2, "units": [2]}]),
    "embedding": ([5], [{"body": body} for body in ("average", "conv1d", "lstm", "gru", "transformer")]),
    "branches": ([2], [{"inputs": {"x": {"kind": "mlp", "units": [2]}}, "units": [2]}]),
}


def test_every_kind_of_model_is_allowed(tmp_path: Path) -> None:
    """A new kind of model, or a new layer in one, must be added to the allowed names."""
    known = {kind for model in get_args(get_args(Model)[0]) for kind in get_args(model.model_fields["kind"].annotation)}
    # A model of the user's own has a wider list.
    assert set(KINDS) == known - {"own"}
    for kind, (shape, settings) in KINDS.items():
        spec = text_ids_input(6, *shape) if kind == "embedding" else input_spec(*shape)
        target = value_target()
        if kind == "nlinear":
            # The last values of the target are added.
            spec, target = window_input(shape[0], "y"), target_in_input("x", "y")
        for setting in settings:
            model = build(
                train_params(model={"kind": kind} | setting),
                fitted_data({"x": spec}, {"y": target}),
            )
            save_archive(model, tmp_path / "model.keras")
            check_model_file(tmp_path / "model.keras")
