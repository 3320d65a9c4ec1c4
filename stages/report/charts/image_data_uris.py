"""Images as data URIs, so that a page needs no other files."""

import base64
import io
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

MAX_SIDE = 128


def data_uris(images: Sequence[NDArray[Any]]) -> list[str]:
    """PNG data URIs. The lowest value of all images becomes black, the highest white."""
    low = min((float(image.min()) for image in images), default=0.0)
    high = max((float(image.max()) for image in images), default=0.0)
    return [_data_uri(_to_bytes(image, low, high)) for image in images]


def _to_bytes(image: NDArray[Any], low: float, high: float) -> NDArray[np.uint8]:
    without_channel = image[..., 0] if image.ndim == 3 and image.shape[-1] == 1 else image
    scaled = (without_channel.astype(np.float64) - low) * (255.0 / (high - low or 1.0))
    pixels: NDArray[np.uint8] = np.rint(scaled).astype(np.uint8)
    return pixels


def _data_uri(pixels: NDArray[np.uint8]) -> str:
    image = Image.fromarray(pixels)
    image.thumbnail((MAX_SIDE, MAX_SIDE))
    file = io.BytesIO()
    # Without compression: the bytes of deflate differ between builds and processors.
    image.save(file, "PNG", compress_level=0)
    return "data:image/png;base64," + base64.b64encode(file.getvalue()).decode("ascii")
