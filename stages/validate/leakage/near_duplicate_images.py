"""Pictures that are nearly the same: one pixel changed, another brightness or contrast, packed anew.

Two pictures are alike as far as their pixels are correlated. A thumbnail of at most 64 block sums, scaled to the
picture's length, is a projection of it, so no two pictures are nearer than their thumbnails: all thumbnails are held
against each other, and what they leave open is looked at in full. The thumbnails' numbers are whole and their
products stay below 2^24, where float32 is exact: the result is the same bits in whatever order a processor adds up.
"""

from collections.abc import Iterator, Sequence
from itertools import accumulate, pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from stages.validate.leakage.nearest_rows import Numbers, Sought, Twins, nearest

SIDE = 8
LENGTH = 4000
# Each of 64 numbers in both thumbnails is rounded by a half at most: together 8, and sums above 2^24 by a few.
ROUNDED = 10
PIXELS = 1 << 20
ROWS, OTHERS = 512, 8192
# Of a row's candidates in one block; where there are more, they are all much alike.
CANDIDATES = 4
# Some ten seconds of one core.
PAIRS = 2_000_000_000

Bytes = NDArray[np.uint8]
Thumbnails = NDArray[np.float32]


class Album:
    """All splits' pictures as if they were one array, in 256 levels."""

    def __init__(self, parts: Sequence[NDArray[Any]]) -> None:
        self.parts = parts
        self.bounds = list(accumulate(map(len, parts), initial=0))
        self.low, self.high = _range(parts)

    def __len__(self) -> int:
        return self.bounds[-1]

    @property
    def shape(self) -> tuple[int, ...]:
        return self.parts[0].shape[1:]

    def pick(self, rows: Numbers) -> Bytes:
        picked = np.empty((len(rows), *self.shape), np.uint8)
        for part, (begin, end) in zip(self.parts, pairwise(self.bounds), strict=True):
            inside = (rows >= begin) & (rows < end)
            picked[inside] = self._levels(part[rows[inside] - begin])
        return picked

    def _levels(self, pictures: NDArray[Any]) -> Bytes:
        if pictures.dtype == np.uint8:
            return pictures
        spread = (self.high - self.low) or 1.0
        levels: Bytes = np.rint((np.asarray(pictures, np.float64) - self.low) / spread * 255).astype(np.uint8)
        return levels


def _range(parts: Sequence[NDArray[Any]]) -> tuple[float, float]:
    filled = [part for part in parts if part.size and part.dtype != np.uint8]
    if not filled:
        return 0.0, 255.0
    return float(min(part.min() for part in filled)), float(max(part.max() for part in filled))


def near_pictures(parts: Sequence[NDArray[Any]], sought: Sought, least: float) -> tuple[Twins, Sought]:
    """Those that are alike by `least` or more, and the rows that were looked at."""
    album = Album(parts)
    looked = sought.thinned(sought.limits, PAIRS)
    if not len(looked):
        return nearest([]), looked
    small = thumbnails(album, int(looked.rows.max()) + 1)
    found = [_confirmed(album, rows, others, least) for rows, others in _candidates(small, looked, least)]
    return nearest(found), looked


def thumbnails(album: Album, many: int) -> Thumbnails:
    """Block sums without the mean, as long as the share of the picture that they hold; a flat picture has none."""
    step = max(1, PIXELS // int(np.prod(album.shape)))
    return np.concatenate(
        [_thumbnails(album.pick(np.arange(start, min(start + step, many)))) for start in range(0, many, step)]
    )


def _thumbnails(pictures: Bytes) -> Thumbnails:
    depth = int(np.prod(pictures.shape[3:]))
    flat = pictures.reshape(*pictures.shape[:2], -1)
    down, across = _cuts(pictures.shape[1]), _cuts(pictures.shape[2])
    sums = np.add.reduceat(flat, down[:-1], axis=1, dtype=np.int64)
    sums = np.add.reduceat(sums, across[:-1] * depth, axis=2).reshape(len(pictures), -1)
    sizes = np.outer(np.diff(down), np.diff(across) * depth).ravel()
    total, pixels = sums.sum(axis=1), sizes.sum()
    length = np.sqrt((pixels * _products(flat, flat) - total**2).astype(np.float64))
    scale = LENGTH / np.where(length == 0, 1.0, length * np.sqrt(float(pixels)))
    centred = (pixels * sums - sizes * total[:, None]) / np.sqrt(sizes)
    small: Thumbnails = np.rint(centred * scale[:, None]).astype(np.float32)
    return small


def _cuts(side: int) -> Numbers:
    """
    >>> _cuts(28).tolist(), _cuts(3).tolist()
    ([0, 3, 7, 10, 14, 17, 21, 24, 28], [0, 1, 2, 3])
    """
    return np.linspace(0, side, min(SIDE, side) + 1).astype(np.int64)


def _products(one: Bytes, other: Bytes) -> Numbers:
    """Sums of whole numbers below 2^53, in any order the same."""
    a, b = (x.reshape(len(x), -1).astype(np.float64) for x in (one, other))
    products: Numbers = np.einsum("ij,ij->i", a, b).astype(np.int64)
    return products


def _candidates(small: Thumbnails, looked: Sought, least: float) -> Iterator[tuple[Numbers, Numbers]]:
    """Pairs whose thumbnails are near enough, by |a - b|^2 = |a|^2 - 2(ab - |b|^2 / 2)."""
    halves = np.einsum("ij,ij->i", small, small) / 2
    apart = (LENGTH * np.sqrt(2 - 2 * least) + ROUNDED) ** 2 / 2
    for start in range(0, len(looked), ROWS):
        rows, limits = looked.rows[start : start + ROWS], looked.limits[start : start + ROWS]
        enough = (halves[rows] - apart)[:, None]
        for begin in range(0, int(limits.max()), OTHERS):
            others = np.arange(begin, min(begin + OTHERS, int(limits.max())))
            closeness = small[rows] @ small[begin : others[-1] + 1].T
            closeness -= halves[others]
            if others[-1] >= limits.min():
                closeness[others >= limits[:, None]] = -np.inf
            yield from _best(closeness, enough, rows, others)


def _best(
    closeness: Thumbnails, enough: NDArray[Any], rows: Numbers, others: Numbers
) -> Iterator[tuple[Numbers, Numbers]]:
    """Each row's few closest, one a round."""
    for _ in range(CANDIDATES):
        hopeful = (closeness >= enough).any(axis=1)
        if not hopeful.any():
            return
        closeness, enough, rows = closeness[hopeful], enough[hopeful], rows[hopeful]
        closest = closeness.argmax(axis=1)
        yield rows, others[closest]
        closeness[np.arange(len(rows)), closest] = -np.inf


def _confirmed(album: Album, rows: Numbers, others: Numbers, least: float) -> Twins:
    likeness = _alike(album.pick(rows), album.pick(others))
    near = likeness >= least
    return Twins(rows[near], others[near], likeness[near])


def _alike(one: Bytes, other: Bytes) -> NDArray[np.float64]:
    """Pixels' correlation; a flat picture is like no other."""
    pixels = int(np.prod(one.shape[1:]))
    sums = [x.reshape(len(x), -1).sum(axis=1, dtype=np.int64) for x in (one, other)]
    spread = [pixels * _products(x, x) - s**2 for x, s in zip((one, other), sums, strict=True)]
    common = pixels * _products(one, other) - sums[0] * sums[1]
    length = np.sqrt(spread[0].astype(np.float64)) * np.sqrt(spread[1].astype(np.float64))
    return np.where(length == 0, 0.0, common / np.where(length == 0, 1.0, length))
