"""CIFAR's Python batches: pickled dicts of pixels, planes of red, green and blue, in one tar.gz that is read once."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from stages.core.errors import ErrorList, UserError, suggest
from stages.download.fetch.checksums import collected
from stages.download.formats.archives import members
from stages.download.formats.bounded_reading import Opens
from stages.download.formats.check_images import Array, joined
from stages.download.formats.restricted_pickle import Stored, unpickled
from stages.download.params import Cifar, Limits

SIDE = 32
PLANES = 3
LARGEST = 255


def read_cifar(
    archive: Opens, form: Cifar, limits: Limits, md5: Mapping[str, str]
) -> tuple[dict[str, Array], dict[str, Array], list[str]]:
    """Images and labels of every split, and the names of the classes."""
    batches = {name for names in form.splits.values() for name in names}
    pixels: dict[str, Array] = {}
    labels: dict[str, Array] = {}
    classes: list[str] = []
    errors = ErrorList()
    for name, content in members(archive, batches | {form.meta}, limits, md5):
        with collected(errors, name):
            batch = _batch(content)
            if name == form.meta:
                classes = _names(_entry(batch, form.names))
            else:
                pixels[name] = _pixels(_entry(batch, "data"))
                labels[name] = _labels(_entry(batch, form.labels), len(pixels[name]))
    errors.raise_if_any()
    images = {split: joined(pixels, names) for split, names in form.splits.items()}
    return images, {split: joined(labels, names) for split, names in form.splits.items()}, classes


def _batch(content: bytes) -> dict[str, Any]:
    batch = unpickled(content)
    if not isinstance(batch, dict):
        raise UserError(f"not a batch: a dict is expected, received {type(batch).__name__}")
    return batch


def _entry(batch: Mapping[str, Any], name: str) -> Any:
    if name not in batch:
        raise UserError(f"no entry {name!r}; {suggest(name, list(batch))}")
    return batch[name]


def _pixels(stored: Any) -> Array:
    """One row a picture in the file, its colours last here."""
    rows = stored.content if isinstance(stored, Stored) else None
    if not isinstance(rows, np.ndarray) or rows.dtype != np.uint8 or rows.shape[1:] != (PLANES * SIDE * SIDE,):
        raise UserError(f"data must be rows of {PLANES * SIDE * SIDE} bytes, one a picture")
    return np.ascontiguousarray(rows.reshape(-1, PLANES, SIDE, SIDE).transpose(0, 2, 3, 1))


def _labels(numbers: Any, count: int) -> Array:
    if not isinstance(numbers, list) or not all(type(n) is int and 0 <= n <= LARGEST for n in numbers):
        raise UserError(f"labels must be a list of whole numbers from 0 to {LARGEST}")
    if len(numbers) != count:
        raise UserError(f"{count} images and {len(numbers)} labels; one label an image")
    return np.array(numbers, np.uint8)


def _names(names: Any) -> list[str]:
    if not isinstance(names, list) or not all(isinstance(name, bytes | str) for name in names):
        raise UserError("the names of the classes must be a list of texts")
    return [name.decode("ascii", "replace") if isinstance(name, bytes) else name for name in names]
