"""Raw images with their labels, as data URIs, so that a page needs no other files."""

import base64
import io
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from stages.core.artefacts.raw.raw_data import Images
from stages.report.samples.locate_row import locate_row

MAX_SIDE = 128


def sample_images(raw: Images, rows: Sequence[int]) -> list[tuple[str, str]]:
    """The data URI and the class of each image."""
    located = [locate_row(raw, row) for row in rows]
    uris = data_uris([np.asarray(raw.images[split][index]) for split, index in located])
    return list(zip(uris, (raw.classes[int(raw.labels[split][index])] for split, index in located), strict=True))


def data_uris(images: Sequence[NDArray[Any]]) -> list[str]:
    """PNG data URIs. The lowest value of all images becomes black, the highest white."""
    low = min((float(image.min()) for image in images), default=0.0)
    high = max((float(image.max()) for image in images), default=0.0)
    uris = []
    for image in images:
        without_channel = image[..., 0] if image.ndim == 3 and image.shape[-1] == 1 else image
        scaled = (without_channel.astype(np.float64) - low) * (255.0 / (high - low or 1.0))
        uris.append(png_uri(np.rint(scaled).astype(np.uint8)))
    return uris


def png_uri(pixels: NDArray[np.uint8]) -> str:
    """The data URI of a picture with the axes (height, width) or (height, width, 3)."""
    picture = Image.fromarray(pixels)
    picture.thumbnail((MAX_SIDE, MAX_SIDE))
    file = io.BytesIO()
    # Without compression: the bytes of deflate differ between builds and processors.
    picture.save(file, "PNG", compress_level=0)
    return "data:image/png;base64," + base64.b64encode(file.getvalue()).decode("ascii")
