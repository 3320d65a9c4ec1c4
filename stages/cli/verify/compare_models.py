"""Where two .keras files differ: the configuration by key, the weights by their name in the HDF5 file."""

import io
import json
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from stages.cli.verify.compare_arrays import array_difference
from stages.cli.verify.compare_documents import json_difference, missing_part


def model_difference(recorded: Path, rerun: Path) -> str | None:
    """Members are compared in the order of their names, so that the configuration comes before the weights."""
    with zipfile.ZipFile(recorded) as old, zipfile.ZipFile(rerun) as new:
        before, after = set(old.namelist()), set(new.namelist())
        for name in sorted(before | after):
            if name not in before & after:
                return f"{name}: {missing_part(recorded=name in before)}"
            a, b, found = old.read(name), new.read(name), None
            if a != b:
                if name.endswith(".h5"):
                    found = _weights_difference(_read_weights(a), _read_weights(b))
                elif name.endswith(".json"):
                    found = json_difference(json.loads(a), json.loads(b))
                return f"{name}: {found or 'same values in different bytes'}"
    return None


def _weights_difference(recorded: dict[str, NDArray[Any]], rerun: dict[str, NDArray[Any]]) -> str | None:
    for name in sorted(recorded | rerun):
        if name not in recorded or name not in rerun:
            return f"{name}: {missing_part(recorded=name in recorded)}"
        found = array_difference(recorded[name], rerun[name])
        if found:
            return f"{name}: {found}"
    return None


def _read_weights(content: bytes) -> dict[str, NDArray[Any]]:
    import h5py

    nodes: list[Any] = []
    with h5py.File(io.BytesIO(content), "r") as file:
        file.visititems(lambda _, node: nodes.append(node))
        return {node.name[1:]: np.asarray(node[()]) for node in nodes if isinstance(node, h5py.Dataset)}
