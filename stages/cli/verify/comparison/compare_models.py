"""Where two .keras files differ: the configuration by key, the weights by their name in the HDF5 file."""

import io
import json
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from stages.cli.verify.comparison.compare_arrays import array_difference
from stages.cli.verify.comparison.compare_documents import json_difference, missing_message


def model_difference(recorded: Path, new: Path) -> str | None:
    """Members are compared in the order of their names, so that the configuration comes before the weights."""
    with zipfile.ZipFile(recorded) as recorded_zip, zipfile.ZipFile(new) as new_zip:
        recorded_names, new_names = set(recorded_zip.namelist()), set(new_zip.namelist())
        for name in sorted(recorded_names | new_names):
            if name not in recorded_names & new_names:
                return f"{name}: {missing_message(is_recorded=name in recorded_names)}"
            recorded_bytes, new_bytes, found = recorded_zip.read(name), new_zip.read(name), None
            if recorded_bytes != new_bytes:
                if name.endswith(".h5"):
                    found = _weights_difference(_read_weights(recorded_bytes), _read_weights(new_bytes))
                elif name.endswith(".json"):
                    found = json_difference(json.loads(recorded_bytes), json.loads(new_bytes))
                return f"{name}: {found or 'same values in different bytes'}"
    return None


def _weights_difference(recorded: dict[str, NDArray[Any]], new: dict[str, NDArray[Any]]) -> str | None:
    for name in sorted(recorded | new):
        if name not in recorded or name not in new:
            return f"{name}: {missing_message(is_recorded=name in recorded)}"
        found = array_difference(recorded[name], new[name])
        if found:
            return f"{name}: {found}"
    return None


def _read_weights(content: bytes) -> dict[str, NDArray[Any]]:
    import h5py

    nodes: list[Any] = []
    with h5py.File(io.BytesIO(content), "r") as file:
        file.visititems(lambda _, node: nodes.append(node))
        return {node.name[1:]: np.asarray(node[()]) for node in nodes if isinstance(node, h5py.Dataset)}
