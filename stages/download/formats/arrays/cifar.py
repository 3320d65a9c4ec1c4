"""CIFAR's Python batches: pickled dicts in one tar.gz, in which a row has the red, the green, then the blue plane."""

from collections.abc import Mapping, MutableMapping, Sequence
from typing import Any

import numpy as np

from stages.core.errors import ErrorList, UserError, prefix_errors, suggest
from stages.download.check_label_count import check_label_count
from stages.download.formats.archives import read_members
from stages.download.formats.arrays.restricted_pickle import PickledArray, unpickle
from stages.download.formats.read_untrusted_files import Array, OpenFile
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
            if name == params.meta:
                [class_names] = _entries(content, params.names)
                if not isinstance(class_names, list) or not all(isinstance(c, bytes | str) for c in class_names):
                    raise UserError("the names of the classes must be a list of texts")
                classes = [_text(c) for c in class_names]
            else:
                data, label_list = _entries(content, "data", params.labels)
                images[name] = _images(data)
                labels[name] = _labels(label_list, len(images[name]))
    errors.raise_if_any()
    split_images = {split: _concatenate(images, names) for split, names in params.splits.items()}
    split_labels = {split: _concatenate(labels, names) for split, names in params.splits.items()}
    return split_images, split_labels, classes


def _entries(content: bytes, *names: str) -> list[Any]:
    """The values under these names in a pickled batch."""
    batch = unpickle(content)
    if not isinstance(batch, dict) or not all(isinstance(name, bytes | str) for name in batch):
        raise UserError(f"not a batch: a dict with names is expected, received {type(batch).__name__}")
    entries = {_text(name): value for name, value in batch.items()}
    for name in names:
        if name not in entries:
            raise UserError(f"no entry {name!r}; {suggest(name, list(entries))}")
    return [entries[name] for name in names]


def _text(name: bytes | str) -> str:
    """Python 2 wrote names as bytes."""
    return name.decode("ascii", "replace") if isinstance(name, bytes) else name


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


def _concatenate(parts: MutableMapping[str, Array], names: Sequence[str]) -> Array:
    """The named parts in this order. Each is removed from `parts` when it is copied, to save memory."""
    first = parts[names[0]]
    whole = np.empty((sum(len(parts[name]) for name in names), *first.shape[1:]), first.dtype)
    start = 0
    for name in names:
        part = parts.pop(name)
        whole[start : start + len(part)] = part
        start += len(part)
    return whole
