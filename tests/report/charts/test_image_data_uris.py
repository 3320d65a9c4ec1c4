import base64
import io

import numpy as np
import pytest
from PIL import Image

from stages.report.charts.image_data_uris import LARGEST, data_uris


def opened(uri: str) -> Image.Image:
    head, body = uri.split(",")
    assert head == "data:image/png;base64"
    return Image.open(io.BytesIO(base64.b64decode(body)))


def test_the_darkest_is_black_and_the_brightest_white():
    uris = data_uris([np.array([[0, 8]], np.uint8), np.array([[16, 4]], np.uint8)])
    assert [np.asarray(opened(u)).tolist() for u in uris] == [[[0, 128]], [[255, 64]]]


@pytest.mark.parametrize(("shape", "mode"), [((2, 2), "L"), ((2, 2, 1), "L"), ((2, 2, 3), "RGB")])
def test_grey_and_colour(shape, mode):
    assert opened(data_uris([np.zeros(shape, np.uint8)])[0]).mode == mode


def test_real_numbers_and_large_pictures():
    picture = np.linspace(0, 1, 300 * 200).reshape(300, 200)
    assert max(opened(data_uris([picture])[0]).size) == LARGEST


def test_no_pictures():
    assert data_uris([]) == []
