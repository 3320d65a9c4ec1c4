import base64
import io

import numpy as np
import pytest
from PIL import Image

from stages.report.samples.sample_images import MAX_SIDE, data_uris


def opened(uri: str) -> Image.Image:
    head, body = uri.split(",")
    assert head == "data:image/png;base64"
    return Image.open(io.BytesIO(base64.b64decode(body)))


def test_the_lowest_value_is_black_and_the_highest_white() -> None:
    uris = data_uris([np.array([[0, 8]], np.uint8), np.array([[16, 4]], np.uint8)])
    assert [np.asarray(opened(u)).tolist() for u in uris] == [[[0, 128]], [[255, 64]]]


@pytest.mark.parametrize(("shape", "mode"), [((2, 2), "L"), ((2, 2, 1), "L"), ((2, 2, 3), "RGB")])
def test_grey_and_colour_images(shape: tuple[int, ...], mode: str) -> None:
    assert opened(data_uris([np.zeros(shape, np.uint8)])[0]).mode == mode


def test_large_images_of_floats_are_reduced() -> None:
    image = np.linspace(0, 1, 300 * 200).reshape(300, 200)
    assert max(opened(data_uris([image])[0]).size) == MAX_SIDE


def test_no_images() -> None:
    assert data_uris([]) == []
