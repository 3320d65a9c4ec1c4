"""A model as files that are the same bytes for the same weights."""

import json
import re
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import keras

_THEN = (1980, 1, 1, 0, 0, 0)


def save_model(model: keras.Model, folder: Path) -> None:
    """`model.keras` for Keras, `architecture.json` for a person and to compare."""
    save_archive(model, folder / "model.keras")
    text = json.dumps(steady(json.loads(model.to_json())), sort_keys=True, indent=2)
    (folder / "architecture.json").write_text(text + "\n", encoding="utf-8")


def save_archive(model: keras.Model, target: Path) -> None:
    """One `.keras` file."""
    target.parent.mkdir(exist_ok=True)
    fresh = target.with_name(f"fresh_{target.name}")
    model.save(fresh)
    canonical(fresh, target)
    fresh.unlink()


def canonical(source: Path, target: Path) -> None:
    """The same archive without the date, the zip times and the memory addresses that Keras writes into it."""
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as new:
        for name in sorted(old.namelist()):
            entry = zipfile.ZipInfo(name, _THEN)
            entry.external_attr, entry.create_system = 0o644 << 16, 3
            new.writestr(entry, _steady_member(name, old.read(name)))


def _steady_member(name: str, data: bytes) -> bytes:
    if name == "metadata.json":
        return json.dumps(json.loads(data) | {"date_saved": "1980-01-01@00:00:00"}, sort_keys=True).encode()
    return json.dumps(steady(json.loads(data))).encode() if name == "config.json" else data


def steady(config: Any, numbers: dict[int, int] | None = None) -> Any:
    """Shared objects are numbered in order of appearance; Keras takes their addresses.

    >>> steady([{"shared_object_id": 140001}, {"shared_object_id": 139999}, {"shared_object_id": 140001}])
    [{'shared_object_id': 0}, {'shared_object_id': 1}, {'shared_object_id': 0}]
    """
    numbers = {} if numbers is None else numbers
    if isinstance(config, Mapping):
        return {
            key: numbers.setdefault(value, len(numbers)) if key == "shared_object_id" else steady(value, numbers)
            for key, value in config.items()
        }
    return [steady(value, numbers) for value in config] if isinstance(config, list) else config


def layer_table(model: keras.Model) -> list[dict[str, Any]]:
    """Name, kind, output shape and parameter count, layer by layer."""
    return [
        {
            "name": layer.name,
            "kind": type(layer).__name__,
            "output": _shape(layer),
            "parameters": int(layer.count_params()),
        }
        for layer in model.layers
    ]


def _shape(layer: Any) -> str:
    shape = layer.output.shape if not isinstance(layer.output, list) else [o.shape for o in layer.output]
    return re.sub(r"\s+", " ", str(tuple(shape) if not isinstance(shape, list) else shape))
