"""Saved models that are the same bytes for the same weights."""

import json
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import keras

from stages.core.quantiles import PINBALL

_ZIP_TIME = (1980, 1, 1, 0, 0, 0)


def save_model(model: keras.Model, folder: Path) -> None:
    """Write `model.keras`, and `architecture.json` for people and comparisons."""
    save_archive(model, folder / "model.keras")
    config = canonical_config(model.to_json())
    (folder / "architecture.json").write_text(json.dumps(config, sort_keys=True, indent=2) + "\n", encoding="utf-8")


def save_archive(model: keras.Model, target: Path) -> None:
    target.parent.mkdir(exist_ok=True)
    by_keras = target.with_name(f"keras_{target.name}")
    model.save(by_keras)
    write_canonical_archive(by_keras, target)
    by_keras.unlink()


def write_canonical_archive(source: Path, target: Path) -> None:
    """Copy a `.keras` file without the date, the zip times and the memory addresses that Keras writes into it."""
    with zipfile.ZipFile(source) as archive, zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as canonical:
        for name in sorted(archive.namelist()):
            entry = zipfile.ZipInfo(name, _ZIP_TIME)
            entry.external_attr, entry.create_system = 0o644 << 16, 3
            content = archive.read(name)
            if name == "metadata.json":
                metadata = json.loads(content) | {"date_saved": "1980-01-01@00:00:00"}
                content = json.dumps(metadata, sort_keys=True).encode()
            if name == "config.json":
                content = json.dumps(canonical_config(content)).encode()
            canonical.writestr(entry, content)


def canonical_config(text: str | bytes) -> Any:
    """Return the config of a model, without what differs from run to run, and without a loss that Keras cannot load."""
    config = renumber_shared_objects(json.loads(text))
    if _has_pinball(config.get("compile_config")):
        del config["compile_config"]
    return config


def _has_pinball(config: Any) -> bool:
    """Whether a config of Keras asks for the loss pinball at any depth."""
    if not isinstance(config, Mapping):
        return False
    if config.get("class_name") == "function":
        return bool(config.get("config") == PINBALL)
    return any(map(_has_pinball, config.values()))


def renumber_shared_objects(config: Any, numbers: dict[int, int] | None = None) -> Any:
    """Replace the ids of shared objects, which Keras takes from memory addresses, by their order of appearance.

    >>> renumber_shared_objects([{"shared_object_id": 140001}, {"shared_object_id": 7}, {"shared_object_id": 140001}])
    [{'shared_object_id': 0}, {'shared_object_id': 1}, {'shared_object_id': 0}]
    """
    numbers = {} if numbers is None else numbers
    if isinstance(config, Mapping):
        return {
            key: numbers.setdefault(value, len(numbers))
            if key == "shared_object_id"
            else renumber_shared_objects(value, numbers)
            for key, value in config.items()
        }
    return [renumber_shared_objects(value, numbers) for value in config] if isinstance(config, list) else config
