"""Arrays to pictures that lie in the page itself."""

import base64
import io
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

LARGEST = 128


def data_uris(pictures: Sequence[NDArray[Any]]) -> list[str]:
    """PNG data URIs; the darkest value among all of them becomes black, the brightest white."""
    low = min((float(p.min()) for p in pictures), default=0.0)
    high = max((float(p.max()) for p in pictures), default=0.0)
    return [_uri(_bytes(picture, low, high)) for picture in pictures]


def _bytes(picture: NDArray[Any], low: float, high: float) -> NDArray[np.uint8]:
    flat = picture[..., 0] if picture.ndim == 3 and picture.shape[-1] == 1 else picture
    scaled = (flat.astype(np.float64) - low) * (255.0 / (high - low or 1.0))
    grey: NDArray[np.uint8] = np.rint(scaled).astype(np.uint8)
    return grey


def _uri(pixels: NDArray[np.uint8]) -> str:
    image = Image.fromarray(pixels)
    image.thumbnail((LARGEST, LARGEST))
    file = io.BytesIO()
    # Stored, not compressed: deflate's bytes differ between builds and processors.
    image.save(file, "PNG", compress_level=0)
    return "data:image/png;base64," + base64.b64encode(file.getvalue()).decode("ascii")
