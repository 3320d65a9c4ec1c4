"""The first value in which two arrays differ; bit by bit, so that a NaN equals itself and -0.0 is not 0.0."""

import io
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

AT_ONCE = 1 << 20


def load(file: Path) -> NDArray[Any]:
    """By its content: np.load goes by that and not by the name."""
    array: NDArray[Any] = np.load(file, mmap_mode="r", allow_pickle=False)
    return array


def array_difference(recorded: NDArray[Any], made: NDArray[Any]) -> str | None:
    """
    >>> array_difference(np.array([[1.0, 2.0], [3.0, 4.0]]), np.array([[1.0, 2.0], [3.5, 4.25]]))
    '[1, 0]: 3.5, recorded 3.0; 2 of 4 values differ, at most by 0.5'
    >>> array_difference(np.zeros(3), np.zeros((3, 1)))
    'shape (3, 1), recorded (3,)'
    """
    if made.dtype != recorded.dtype:
        return f"dtype {made.dtype}, recorded {recorded.dtype}"
    if made.shape != recorded.shape:
        return f"shape {made.shape}, recorded {recorded.shape}"
    old, new = recorded.reshape(-1), made.reshape(-1)
    first, count, most = None, 0, 0.0
    for start in range(0, old.size, AT_ONCE):
        a, b = old[start : start + AT_ONCE], new[start : start + AT_ONCE]
        differ = np.flatnonzero(_bits_differ(a, b))
        if differ.size:
            first = start + int(differ[0]) if first is None else first
            count += differ.size
            most = max(most, _most(a[differ], b[differ]))
    if first is None:
        return None
    index = [int(i) for i in np.unravel_index(first, recorded.shape)]
    largest = f", at most by {most:.3g}" if most else ""
    return f"{index}: {new[first]!s}, recorded {old[first]!s}; {count} of {old.size} values differ{largest}"


def _bits_differ(a: NDArray[Any], b: NDArray[Any]) -> NDArray[np.bool_]:
    differ: NDArray[np.bool_] = np.any(_bits(a) != _bits(b), axis=1)
    return differ


def _bits(values: NDArray[Any]) -> NDArray[np.uint8]:
    return np.frombuffer(values.tobytes(), np.uint8).reshape(len(values), values.itemsize)


def _most(a: NDArray[Any], b: NDArray[Any]) -> float:
    """The largest distance between two numbers; what is no number has none."""
    if a.dtype.kind not in "fiu":
        return 0.0
    distance = np.abs(a.astype(np.float64) - b.astype(np.float64))
    return float(np.max(distance, where=np.isfinite(distance), initial=0.0))


def weights_difference(recorded: bytes, made: bytes) -> str | None:
    """Weight by weight, with its place in the HDF5 file."""
    old, new = weights(recorded), weights(made)
    for name in sorted({*old, *new}):
        if name not in old or name not in new:
            return f"{name}: {'not recorded' if name in new else 'recorded, but not made'}"
        found = array_difference(old[name], new[name])
        if found:
            return f"{name}{found}" if found.startswith("[") else f"{name}: {found}"
    return None


def weights(content: bytes) -> dict[str, NDArray[Any]]:
    import h5py

    found: dict[str, NDArray[Any]] = {}
    with h5py.File(io.BytesIO(content), "r") as file:

        def visit(name: str, node: Any) -> None:
            if isinstance(node, h5py.Dataset):
                found[name] = np.asarray(node[()])

        file.visititems(visit)
    return found
