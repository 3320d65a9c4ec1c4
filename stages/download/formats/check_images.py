"""Checks of images and labels that every image format shares."""

from collections.abc import MutableMapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from stages.core.errors import ErrorList, UserError

Array = NDArray[Any]


def check_images(images: Any, labels: Any) -> tuple[Array, Array]:
    """Both arrays, after a check of their types and shapes."""
    errors = ErrorList()
    errors.check(
        isinstance(images, np.ndarray) and images.ndim in (3, 4) and images.dtype.kind in "biuf",
        f"images must be numbers of shape (count, height, width[, channels]); received {_describe(images)}",
    )
    errors.check(
        isinstance(labels, np.ndarray) and labels.ndim == 1 and labels.dtype.kind in "iu",
        f"labels must be whole numbers of shape (count,); received {_describe(labels)}",
    )
    errors.raise_if_any()
    check_label_count(len(images), len(labels), "images")
    return images, labels


def check_label_count(rows: int, labels: int, kind: str) -> None:
    """`kind` is what the labels are of: images or texts."""
    if rows != labels:
        raise UserError(f"{rows} {kind} and {labels} labels; the numbers must be equal")


def check_same_shape(images: Array, first: Array) -> None:
    received, expected = (f"{array.dtype} of shape {array.shape[1:]}" for array in (images, first))
    if received != expected:
        raise UserError(f"an image is {received}, in the first file {expected}; all images must have the same shape")


def concatenate_parts(parts: MutableMapping[str, Array], names: Sequence[str]) -> Array:
    """The named parts in this order. Each is removed from `parts` when it is copied, to save memory."""
    first = parts[names[0]]
    whole = np.empty((sum(len(parts[name]) for name in names), *first.shape[1:]), first.dtype)
    start = 0
    for name in names:
        part = parts.pop(name)
        whole[start : start + len(part)] = part
        start += len(part)
    return whole


def _describe(array: Any) -> str:
    return f"{array.dtype} of shape {array.shape}" if isinstance(array, np.ndarray) else "objects"
