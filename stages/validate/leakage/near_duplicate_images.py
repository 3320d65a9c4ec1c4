"""Images that are nearly the same: one pixel, the brightness, the contrast or the compression differs.

The similarity of two images is the correlation of their pixels. A thumbnail of at most 64 block sums, scaled to the
length of the image, is a projection of it, so two thumbnails are never further apart than their images. All
thumbnails are compared; only pairs whose thumbnails are close enough are compared in full. Thumbnails hold whole
numbers whose products stay below 2^24, where float32 is exact, so the result does not depend on the order in which
a processor adds them.
"""

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from stages.core.artefacts.concatenated_arrays import ConcatenatedArrays
from stages.validate.leakage.candidate_rows import Candidates, Integers, sampling_step
from stages.validate.leakage.select_nearest import Floats, NearestRows, select_nearest

THUMBNAIL_SIDE = 8
THUMBNAIL_LENGTH = 4000
# Each of the 64 numbers of two thumbnails is rounded by at most a half: 8 together, and sums above 2^24 by a few.
ROUNDING_ERROR = 10
PIXELS_PER_BLOCK = 1 << 20
ROWS_PER_BLOCK, EARLIER_ROWS_PER_BLOCK = 512, 8192
# Pairs of one row in one block that are compared in full. A row with more of them has many similar images.
PAIRS_PER_ROW = 4
# About ten seconds of one core.
MAX_PAIRS = 2_000_000_000

Bytes = NDArray[np.uint8]
Thumbnails = NDArray[np.float32]


def near_duplicate_images(
    parts: Sequence[NDArray[Any]], candidates: Candidates, threshold: float
) -> tuple[NearestRows, Candidates]:
    """Images whose similarity is at least `threshold`, and the candidates that were compared."""
    images, value_range = ConcatenatedArrays(parts), _value_range(parts)
    compared = candidates.every(sampling_step(candidates.limits, MAX_PAIRS))
    if not len(compared):
        return select_nearest([]), compared
    thumbnails = compute_thumbnails(images, value_range, int(compared.rows.max()) + 1)
    found = []
    for rows, earlier in _similar_thumbnails(thumbnails, compared, threshold):
        similarity = _correlation(*(_as_bytes(images[numbers], value_range) for numbers in (rows, earlier)))
        similar = similarity >= threshold
        found.append(NearestRows(rows[similar], earlier[similar], similarity[similar]))
    return select_nearest(found), compared


def _value_range(parts: Sequence[NDArray[Any]]) -> tuple[float, float]:
    """The smallest and the largest value, unless the images are bytes."""
    scaled = [part for part in parts if part.size and part.dtype != np.uint8]
    return float(min((part.min() for part in scaled), default=0)), float(
        max((part.max() for part in scaled), default=255)
    )


def _as_bytes(images: NDArray[Any], value_range: tuple[float, float]) -> Bytes:
    """The images in 256 levels."""
    if images.dtype == np.uint8:
        return images
    low, high = value_range
    return np.rint((np.asarray(images, np.float64) - low) / ((high - low) or 1.0) * 255).astype(np.uint8)


def compute_thumbnails(images: ConcatenatedArrays, value_range: tuple[float, float], count: int) -> Thumbnails:
    """The thumbnails of the first `count` images; a uniform image has zeros."""
    step = max(1, PIXELS_PER_BLOCK // int(np.prod(images.shape[1:])))
    blocks = (images[start : min(start + step, count)] for start in range(0, count, step))
    return np.concatenate([_thumbnails(_as_bytes(block, value_range)) for block in blocks])


def _thumbnails(images: Bytes) -> Thumbnails:
    """Sums of blocks of pixels without the mean, divided by the length of the image and the root of the block size."""
    depth = int(np.prod(images.shape[3:]))
    pixels = images.reshape(*images.shape[:2], -1)
    row_bounds, column_bounds = _block_bounds(images.shape[1]), _block_bounds(images.shape[2])
    sums = np.add.reduceat(pixels, row_bounds[:-1], axis=1, dtype=np.int64)
    sums = np.add.reduceat(sums, column_bounds[:-1] * depth, axis=2).reshape(len(images), -1)
    block_sizes = np.outer(np.diff(row_bounds), np.diff(column_bounds) * depth).ravel()
    total, count = sums.sum(axis=1), block_sizes.sum()
    length = np.sqrt((count * _dot_products(pixels, pixels) - total**2).astype(np.float64))
    scale = THUMBNAIL_LENGTH / np.where(length == 0, 1.0, length * np.sqrt(float(count)))
    centred = (count * sums - block_sizes * total[:, None]) / np.sqrt(block_sizes)
    thumbnails: Thumbnails = np.rint(centred * scale[:, None]).astype(np.float32)
    return thumbnails


def _block_bounds(side: int) -> Integers:
    """
    >>> _block_bounds(28).tolist(), _block_bounds(3).tolist()
    ([0, 3, 7, 10, 14, 17, 21, 24, 28], [0, 1, 2, 3])
    """
    return np.linspace(0, side, min(THUMBNAIL_SIDE, side) + 1).astype(np.int64)


def _similar_thumbnails(
    thumbnails: Thumbnails, compared: Candidates, threshold: float
) -> Iterator[tuple[Integers, Integers]]:
    """Rows and earlier rows whose thumbnails are close enough, by |a - b|^2 / 2 = |a|^2 / 2 - (ab - |b|^2 / 2)."""
    half_squares = np.einsum("ij,ij->i", thumbnails, thumbnails) / 2
    max_half_square = (THUMBNAIL_LENGTH * np.sqrt(2 - 2 * threshold) + ROUNDING_ERROR) ** 2 / 2
    for first in range(0, len(compared), ROWS_PER_BLOCK):
        block = slice(first, first + ROWS_PER_BLOCK)
        rows, limits = compared.rows[block], compared.limits[block]
        required = (half_squares[rows] - max_half_square)[:, None]
        for start in range(0, int(limits.max()), EARLIER_ROWS_PER_BLOCK):
            earlier = np.arange(start, min(start + EARLIER_ROWS_PER_BLOCK, int(limits.max())))
            closeness = thumbnails[rows] @ thumbnails[start : earlier[-1] + 1].T
            closeness -= half_squares[earlier]
            if earlier[-1] >= limits.min():
                closeness[earlier >= limits[:, None]] = -np.inf
            yield from _closest_pairs(closeness, required, rows, earlier)


def _closest_pairs(
    closeness: Thumbnails, required: NDArray[Any], rows: Integers, earlier: Integers
) -> Iterator[tuple[Integers, Integers]]:
    """The closest earlier row of each row, then the second closest, and so on."""
    for _ in range(PAIRS_PER_ROW):
        close = (closeness >= required).any(axis=1)
        if not close.any():
            return
        closeness, required, rows = closeness[close], required[close], rows[close]
        closest = closeness.argmax(axis=1)
        yield rows, earlier[closest]
        closeness[np.arange(len(rows)), closest] = -np.inf


def _correlation(one: Bytes, other: Bytes) -> Floats:
    """The correlation of the pixels of each pair; 0 for a uniform image."""
    pixels = int(np.prod(one.shape[1:]))
    sum_one, sum_other = (images.reshape(len(images), -1).sum(axis=1, dtype=np.int64) for images in (one, other))
    variance_one = (pixels * _dot_products(one, one) - sum_one**2).astype(np.float64)
    variance_other = (pixels * _dot_products(other, other) - sum_other**2).astype(np.float64)
    covariance = pixels * _dot_products(one, other) - sum_one * sum_other
    length = np.sqrt(variance_one) * np.sqrt(variance_other)
    return np.where(length == 0, 0.0, covariance / np.where(length == 0, 1.0, length))


def _dot_products(one: Bytes, other: Bytes) -> Integers:
    """Sums of whole numbers below 2^53, which are exact in any order."""
    a, b = (images.reshape(len(images), -1).astype(np.float64) for images in (one, other))
    products: Integers = np.einsum("ij,ij->i", a, b).astype(np.int64)
    return products
