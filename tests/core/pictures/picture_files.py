"""Small files of pictures."""

import io

import numpy as np
from PIL import Image

from stages.core.pictures.picture_decoding import PictureDecoding


def random_pixels(*shape, seed=0):
    return np.random.default_rng(seed).integers(0, 256, shape).astype(np.uint8)


def save_picture(pixels, file_format="PNG", **options):
    """The bytes of a file. `pixels` is an array or a picture of Pillow."""
    content = io.BytesIO()
    picture = pixels if isinstance(pixels, Image.Image) else Image.fromarray(pixels)
    picture.save(content, file_format, **options)
    return content.getvalue()


def save_animation(file_format, frames=2):
    first, *others = [Image.new("RGB", (4, 4), (90 * frame, 0, 0)) for frame in range(frames)]
    return save_picture(first, file_format, save_all=True, append_images=others)


def picture_params(height=2, width=2, **options):
    return PictureDecoding.model_validate({"size": [height, width]} | options)
