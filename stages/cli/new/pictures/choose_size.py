"""The size that all pictures of a new dataset get, and how they get it."""

from collections.abc import Iterable
from statistics import median
from typing import Any

from stages.core.errors import UserError
from stages.core.pictures.decode_picture import read_size
from stages.core.pictures.picture_decoding import PictureDecoding
from stages.core.pictures.picture_error import PictureError

# The longer side of the pictures unless it is asked for, and the least side that a convolution of 3x3 can use.
MAX_SIDE, MIN_SIDE = 64, 8
# Pictures whose ratio of height to width is this near to that of the median are stretched, others are cropped.
SAME_RATIO = 0.1
# Larger pictures are not decoded, unless conf/ says so.
MAX_PIXELS: int = PictureDecoding.model_fields["max_pixels"].default

# Height and width.
Size = tuple[int, int]


def read_sizes(pictures: Iterable[bytes]) -> list[Size]:
    """The sizes of the pictures that can be read."""
    sizes = []
    for content in pictures:
        try:
            sizes.append(read_size(content, MAX_PIXELS))
        except PictureError:
            continue
    return sizes


def choose_size(sizes: Iterable[Size], longer_side: int | None = None) -> dict[str, Any]:
    """The parameters `size` and `fit`: the median size, made smaller if its longer side has more pixels than allowed.

    >>> choose_size([(28, 28), (28, 28)])
    {'size': [28, 28]}
    >>> choose_size([(600, 800), (600, 800), (800, 600)])
    {'size': [48, 64], 'fit': 'crop'}
    >>> choose_size([(600, 800)], longer_side=96)
    {'size': [72, 96]}
    """
    listed = list(sizes)
    height, width = (median(size[axis] for size in listed) for axis in (0, 1))
    longest = max(height, width)
    target = longer_side or min(longest, MAX_SIDE)
    size = [max(MIN_SIDE, round(side * target / longest)) for side in (height, width)]
    ratio = height / width
    same = all(abs(h / w / ratio - 1) <= SAME_RATIO for h, w in listed)
    return {"size": size} if same else {"size": size, "fit": "crop"}


def check_longer_side(longer_side: int | None) -> None:
    allowed = range(MIN_SIDE, 513)
    if longer_side is not None and longer_side not in allowed:
        raise UserError(f"--size: {allowed[0]} to {allowed[-1]} pixels are allowed; received {longer_side}")
