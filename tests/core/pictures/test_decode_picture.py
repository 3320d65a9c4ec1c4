import base64
import hashlib
import random
from contextlib import suppress

import numpy as np
import pytest
from PIL import Image
from pydantic import ValidationError

from stages.core.errors import UserError
from stages.core.pictures.decode_picture import decode_picture
from tests.core.pictures.picture_files import (
    picture_params,
    random_pixels,
    save_animation,
    save_picture,
)
from tests.download.sample_files import error_message

# 24 x 24 pixels with gradients, and the sha256 of their pixels in this size and in 7 x 9.
JPEG = (
    "/9j/4AAQSkZJRgABAQAAAQABAAD/2wBDAA0JCgsKCA0LCgsODg0PEyAVExISEyccHhcgLikxMC4pLSwzOko+MzZGNywtQFdBRkxOUlNSMj5aYVpQ"
    "YEpRUk//2wBDAQ4ODhMREyYVFSZPNS01T09PT09PT09PT09PT09PT09PT09PT09PT09PT09PT09PT09PT09PT09PT09PT09PT0//wAARCAAYABgD"
    "ASIAAhEBAxEB/8QAGAABAQEBAQAAAAAAAAAAAAAAAAUEBgP/xAAgEAABBAIBBQAAAAAAAAAAAAAAAQQRIQIDMRITIlFh/8QAGQEAAgMBAAAAAAAA"
    "AAAAAAAAAgYBAwQH/8QAIBEAAgICAQUBAAAAAAAAAAAAAQIAAwQRIRITMXGhsf/aAAwDAQACEQMRAD8A4TQ0mKKOhlxRubNJiiq2ZcUVVDuycTM1"
    "Juhh8B0etvjrVE6Zy9AJxio3S7c+ifwRlpzWKzwaNJiirg27eCQnkvABiqtZMVnU88fSBOb4djFhNjVjUqgAA2KkXQjNVaxXzP/Z"
)
WEBP = (
    "UklGRrAAAABXRUJQVlA4IKQAAADQBQCdASoYABgAPslao0unpaMhsAwA8BkJbACdMoR14LCzQ9ysLUJeGHPlPUmthjDnm2C6MF4AAP7+kJzprNs0"
    "IDMjEozbX9TKuyN7T6/IB5n1rgSdXhm7irAPKh33ar7o/5+qSotreRXrbp4d10X+TOp8E37amF9iDPns5ig/KpPLybcyu/qaKxDj9ce7xAWBr/f4"
    "FeRnaFnh6ejkVgc6ViAAAA=="
)
LOSSY = [
    (JPEG, 24, 24, "16bf8af4a308ab1e53a93751c601ea5863ac25d05d71c2695003598bf71f9f66"),
    (JPEG, 7, 9, "b6c12a92891bfa1c822dd3fcbdeab39c6203c70981094fed9b80840e63d37902"),
    (WEBP, 24, 24, "b82adcabbac7e247d6348e48c68f717005dd6440971fdfe3962cb4123fa0e13f"),
    (WEBP, 7, 9, "14112e0e9252e83ec029e4cdeecce03938fcd0879cdd91a4c19a0eb85f6065d3"),
]
ROW = np.array([[0, 100, 200, 40]], np.uint8)
PIXELS = random_pixels(3, 5, 3)
# (0.299, 0.587, 0.114) times red, green and blue, as in JPEG.
COLOURS, GREYS = np.array([[[255, 0, 0], [0, 255, 0], [0, 0, 255]]], np.uint8), [76, 150, 29]


def decode_grey(content, height, width, **options):
    return decode_picture(content, picture_params(height, width, colour="grey", **options))[..., 0]


@pytest.mark.parametrize("file_format", ["PNG", "BMP"])
def test_a_picture_of_the_requested_size_is_not_changed(file_format):
    decoded = decode_picture(save_picture(PIXELS, file_format), picture_params(3, 5))
    np.testing.assert_array_equal(decoded, PIXELS, strict=True)


def test_lossless_webp_is_not_changed():
    decoded = decode_picture(save_picture(PIXELS, "WEBP", lossless=True), picture_params(3, 5))
    np.testing.assert_array_equal(decoded, PIXELS, strict=True)


@pytest.mark.parametrize(("content", "height", "width", "sha256"), LOSSY)
def test_lossy_pictures_have_the_same_pixels_on_every_machine(content, height, width, sha256):
    decoded = decode_picture(base64.b64decode(content), picture_params(height, width))
    assert hashlib.sha256(decoded.tobytes()).hexdigest() == sha256


def test_grey_is_the_luma_of_the_colours():
    assert decode_grey(save_picture(COLOURS), 1, 3).tolist() == [GREYS]
    grey = decode_picture(save_picture(ROW), picture_params(1, 4, colour="rgb"))
    np.testing.assert_array_equal(grey, np.repeat(ROW[..., np.newaxis], 3, -1))


def test_a_smaller_picture_has_means_with_the_weights_of_a_triangle():
    """The weights are 0.75, 0.75, 0.25 for the left pixel, and the same from the right for the other one."""
    means = [(0.75 * 0 + 0.75 * 100 + 0.25 * 200) / 1.75, (0.25 * 100 + 0.75 * 200 + 0.75 * 40) / 1.75]
    assert decode_grey(save_picture(ROW), 1, 2).tolist() == [[round(mean) for mean in means]]


def test_crop_keeps_the_centre():
    assert decode_grey(save_picture(ROW), 1, 2, fit="crop").tolist() == [[100, 200]]
    assert decode_grey(save_picture(ROW.T), 2, 1, fit="crop").tolist() == [[100], [200]]


def test_pad_adds_background():
    padded = decode_grey(save_picture(ROW), 4, 4, fit="pad", background="black")
    assert padded.tolist() == [[0] * 4, ROW[0].tolist(), [0] * 4, [0] * 4]
    padded = decode_grey(save_picture(ROW.T), 4, 3, fit="pad")
    assert padded.tolist() == [[255, value, 255] for value in ROW[0].tolist()]
    thin = np.zeros((1, 100), np.uint8)
    assert decode_grey(save_picture(thin), 3, 3, fit="pad").tolist() == [[255] * 3, [0] * 3, [255] * 3]


@pytest.mark.parametrize(("background", "value"), [("white", 255), ("black", 0)])
def test_transparent_pixels_get_the_background(background, value):
    transparent = np.array([[[10, 20, 30, 0], [10, 20, 30, 255]]], np.uint8)
    decoded = decode_picture(save_picture(transparent), picture_params(1, 2, background=background))
    assert decoded.tolist() == [[[value] * 3, [10, 20, 30]]]


def test_a_transparent_colour_of_a_palette_gets_the_background():
    palette = Image.fromarray(np.array([[0, 1]], np.uint8), "P")
    palette.putpalette([10, 20, 30, 40, 50, 60])
    decoded = decode_picture(save_picture(palette, transparency=0), picture_params(1, 2))
    assert decoded.tolist() == [[[255] * 3, [40, 50, 60]]]


def test_black_and_white_and_cmyk_are_converted():
    ones = Image.fromarray(np.array([[0, 255]], np.uint8)).convert("1")
    assert decode_grey(save_picture(ones), 1, 2).tolist() == [[0, 255]]
    cmyk = save_picture(Image.new("CMYK", (8, 8), (0, 255, 255, 0)), "JPEG", quality=100)
    red = decode_picture(cmyk, picture_params(8, 8))
    np.testing.assert_allclose(red.reshape(-1, 3), [[255, 0, 0]] * 64, atol=2)


@pytest.mark.parametrize("file_format", ["PNG", "WEBP"])
@pytest.mark.parametrize(
    ("orientation", "expected"),
    [
        (1, [[1, 2, 3], [4, 5, 6]]),
        (2, [[3, 2, 1], [6, 5, 4]]),
        (3, [[6, 5, 4], [3, 2, 1]]),
        (4, [[4, 5, 6], [1, 2, 3]]),
        (5, [[1, 4], [2, 5], [3, 6]]),
        (6, [[4, 1], [5, 2], [6, 3]]),
        (7, [[6, 3], [5, 2], [4, 1]]),
        (8, [[3, 6], [2, 5], [1, 4]]),
        (9, [[1, 2, 3], [4, 5, 6]]),
    ],
)
def test_the_orientation_of_exif_is_applied(file_format, orientation, expected):
    pixels = np.repeat(np.array([[1, 2, 3], [4, 5, 6]], np.uint8)[..., np.newaxis], 3, -1)
    options = {"lossless": True} if file_format == "WEBP" else {}
    exif = Image.Exif()
    exif[0x0112] = orientation
    content = save_picture(pixels, file_format, exif=exif, **options)
    assert decode_grey(content, *np.shape(expected)).tolist() == expected


def test_exif_data_that_cannot_be_read_have_no_orientation():
    content = save_picture(PIXELS, exif=b"Exif\0\0XX\0*damaged")
    np.testing.assert_array_equal(decode_picture(content, picture_params(3, 5)), PIXELS)


def test_a_jpeg_with_a_second_picture_is_its_first_one():
    first, second = Image.new("RGB", (8, 8), (0, 0, 0)), Image.new("RGB", (8, 8), (255, 0, 0))
    content = save_picture(first, "MPO", save_all=True, append_images=[second])
    assert not decode_picture(content, picture_params(8, 8)).any()


PNG_FILE, JPEG_FILE = save_picture(random_pixels(9, 9, 3)), save_picture(random_pixels(9, 9, 3), "JPEG")
BMP_FILE, WEBP_FILE = save_picture(random_pixels(9, 9, 3), "BMP"), save_picture(random_pixels(9, 9, 3), "WEBP")


@pytest.mark.error_case("pictures refused")
@pytest.mark.parametrize(
    ("content", "message"),
    [
        pytest.param(b"", "an empty file", id="empty"),
        pytest.param(b"label,value\n", "not a PNG, JPEG, BMP or WebP file: it begins with b'labe'", id="text"),
        pytest.param(save_picture(PIXELS, "GIF"), "it begins with b'GIF8'", id="gif"),
        pytest.param(save_picture(PIXELS, "TIFF"), "it begins with b'II*\\x00'", id="tiff"),
        pytest.param(b"<svg></svg>", "it begins with b'<svg'", id="svg"),
        pytest.param(bytes(100), "it begins with b'\\x00\\x00\\x00\\x00'", id="zeros"),
        pytest.param(PNG_FILE[:8], "it begins as PNG, but its header cannot be read", id="png signature"),
        pytest.param(PNG_FILE[:30], "damaged", id="png header cut"),
        pytest.param(PNG_FILE[: len(PNG_FILE) // 2], "damaged: image file is truncated", id="png cut"),
        pytest.param(PNG_FILE[:50] + bytes(9) + PNG_FILE[59:], "damaged: broken data", id="png with zeros"),
        pytest.param(JPEG_FILE[:4], "it begins as JPEG, but its header cannot be read", id="jpeg signature"),
        pytest.param(JPEG_FILE[:-20], "damaged: image file is truncated", id="jpeg cut"),
        pytest.param(JPEG_FILE[:-1], "damaged: image file is truncated", id="jpeg without its last byte"),
        pytest.param(BMP_FILE[:10], "it begins as BMP, but its header cannot be read", id="bmp header cut"),
        pytest.param(BMP_FILE[:-10], "damaged: image file is truncated", id="bmp cut"),
        pytest.param(WEBP_FILE[:12], "damaged: it begins as WEBP", id="webp signature"),
        pytest.param(WEBP_FILE[:-10], "damaged: could not create decoder object", id="webp cut"),
        pytest.param(b"RIFF\x10\0\0\0WAVEfmt " + bytes(9), "cannot be read", id="a sound"),
        pytest.param(save_picture(np.full((2, 2), 999, np.uint16)), "16 bits a channel", id="16 bits"),
        pytest.param(
            save_animation("PNG"), "an animation; save one of its frames as a picture: 2 frames", id="png animation"
        ),
        pytest.param(save_animation("WEBP", 3), "picture: 3 frames", id="webp animation"),
        pytest.param(
            save_picture(Image.new("1", (200, 51))), "more pixels than max_pixels allows (10,000): 200 x 51", id="large"
        ),
        pytest.param(
            save_picture(Image.new("1", (20_000, 20_000))), "max_pixels allows (10,000): far too many", id="png bomb"
        ),
    ],
)
def test_a_wrong_picture_is_refused(content, message):
    received = error_message(decode_picture, content, picture_params(max_pixels=10_000))
    assert message in received
    assert len(received) < 150


@pytest.mark.parametrize("content", [PNG_FILE, JPEG_FILE, BMP_FILE, WEBP_FILE], ids=["png", "jpeg", "bmp", "webp"])
def test_any_damage_is_a_user_error(content):
    """No other exception, whatever the bytes are."""
    random_numbers = random.Random(0)
    for _ in range(300):
        damaged = bytearray(content[: random_numbers.choice([len(content), random_numbers.randrange(len(content))])])
        for _ in range(min(3, len(damaged))):
            damaged[random_numbers.randrange(len(damaged))] = random_numbers.randrange(256)
        with suppress(UserError):
            assert decode_picture(bytes(damaged), picture_params(max_pixels=10_000)).shape == (2, 2, 3)


@pytest.mark.parametrize(
    "options", [{"size": [8]}, {"size": [8, 0]}, {"size": 8}, {"size": [8, 5000]}, {"size": [8, 8], "fit": "stretch"}]
)
def test_wrong_parameters_are_refused(options):
    with pytest.raises(ValidationError):
        picture_params(**options)
