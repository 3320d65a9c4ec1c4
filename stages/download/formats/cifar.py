"""CIFAR's Python batches: pickled dicts in one tar.gz, in which a row has the red, the green, then the blue plane."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from stages.core.errors import ErrorList, UserError, suggest
from stages.download.file_errors import prefix_errors
from stages.download.formats.archives import read_members
from stages.download.formats.bounded_reading import OpenFile
from stages.download.formats.check_images import Array, check_label_count, concatenate_parts
from stages.download.formats.restricted_pickle import PickledArray, unpickle
from stages.download.params.file_params import Limits
from stages.download.params.format_params import Cifar

SIDE = 32
PLANES = 3
MAX_LABEL = 255


def read_cifar(
    archive: OpenFile, params: Cifar, limits: Limits, md5: Mapping[str, str]
) -> tuple[dict[str, Array], dict[str, Array], list[str]]:
    """Images and labels of every split, and the names of the classes. The archive is read once."""
    batches = {name for names in params.splits.values() for name in names}
    images: dict[str, Array] = {}
    labels: dict[str, Array] = {}
    classes: list[str] = []
    errors = ErrorList()
    for name, content in read_members(archive, batches | {params.meta}, limits, md5):
        with errors.collect(), prefix_errors(name):
            batch = _batch(content)
            if name == params.meta:
                classes = _class_names(_entry(batch, params.names))
            else:
                images[name] = _images(_entry(batch, "data"))
                labels[name] = _labels(_entry(batch, params.labels), len(images[name]))
    errors.raise_if_any()
    split_images = {split: concatenate_parts(images, names) for split, names in params.splits.items()}
    split_labels = {split: concatenate_parts(labels, names) for split, names in params.splits.items()}
    return split_images, split_labels, classes


def _batch(content: bytes) -> dict[str, Any]:
    batch = unpickle(content)
    if not isinstance(batch, dict) or not all(isinstance(name, bytes | str) for name in batch):
        raise UserError(f"not a batch: a dict with names is expected, received {type(batch).__name__}")
    return {_text(name): value for name, value in batch.items()}


def _text(name: bytes | str) -> str:
    """Python 2 wrote names as bytes."""
    return name.decode("ascii", "replace") if isinstance(name, bytes) else name


def _entry(batch: Mapping[str, Any], name: str) -> Any:
    if name not in batch:
        raise UserError(f"no entry {name!r}; {suggest(name, list(batch))}")
    return batch[name]


def _images(data: Any) -> Array:
    rows = data.content if isinstance(data, PickledArray) else None
    if not isinstance(rows, np.ndarray) or rows.dtype != np.uint8 or rows.shape[1:] != (PLANES * SIDE * SIDE,):
        raise UserError(f"data must be rows of {PLANES * SIDE * SIDE} bytes, one per image")
    return np.ascontiguousarray(rows.reshape(-1, PLANES, SIDE, SIDE).transpose(0, 2, 3, 1))


def _labels(labels: Any, images: int) -> Array:
    if not isinstance(labels, list) or not all(type(n) is int and 0 <= n <= MAX_LABEL for n in labels):
        raise UserError(f"labels must be a list of whole numbers from 0 to {MAX_LABEL}")
    check_label_count(images, len(labels), "images")
    return np.array(labels, np.uint8)


def _class_names(names: Any) -> list[str]:
    if not isinstance(names, list) or not all(isinstance(name, bytes | str) for name in names):
        raise UserError("the names of the classes must be a list of texts")
    return [_text(name) for name in names]
