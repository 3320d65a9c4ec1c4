"""Images with their labels, whatever file they came in."""

from collections.abc import MutableMapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from stages.core.errors import ErrorList, UserError

Array = NDArray[Any]


def check_images(images: Any, labels: Any) -> tuple[Array, Array]:
    """Both as they are, once they are known to be pictures, and numbers of their classes."""
    errors = ErrorList()
    errors.check(
        isinstance(images, np.ndarray) and images.ndim in (3, 4) and images.dtype.kind in "biuf",
        f"images must be numbers of shape (count, height, width[, channels]); received {_shape(images)}",
    )
    errors.check(
        isinstance(labels, np.ndarray) and labels.ndim == 1 and labels.dtype.kind in "iu",
        f"labels must be whole numbers of shape (count,); received {_shape(labels)}",
    )
    errors.raise_if_any()
    if len(images) != len(labels):
        raise UserError(f"{len(images)} images and {len(labels)} labels; one label an image")
    return images, labels


def check_alike(these: Array, first: Array) -> None:
    one, other = (f"{a.dtype} of shape {a.shape[1:]}" for a in (these, first))
    if one != other:
        raise UserError(f"a picture is {one}, in the first file {other}; one data set has one kind of picture")


def joined(parts: MutableMapping[str, Array], names: Sequence[str]) -> Array:
    """In the order of `names`; each part is taken out as soon as it is copied, so that memory holds it once."""
    first = parts[names[0]]
    whole = np.empty((sum(len(parts[name]) for name in names), *first.shape[1:]), first.dtype)
    at = 0
    for name in names:
        part = parts.pop(name)
        whole[at : at + len(part)] = part
        at += len(part)
    return whole


def _shape(array: Any) -> str:
    return f"{array.dtype} of shape {array.shape}" if isinstance(array, np.ndarray) else "objects"
