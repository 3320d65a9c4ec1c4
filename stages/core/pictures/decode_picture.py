"""The pixels of a PNG, JPEG, BMP or WebP file as an array of a fixed shape.

The same bytes give the same array wherever Pillow has the same libraries (decoder_versions.py):

- JPEG is decoded by libjpeg's accurate integer DCT (ISLOW), which is Pillow's default. Draft mode, which is faster and
  uses another DCT, is not used.
- Pictures are resized by Pillow's bilinear filter, which averages over all pixels of a larger picture. Its weights are
  products and quotients; those of other filters need the sine of the C library.
"""

import struct
import warnings
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO

import numpy as np
from numpy.typing import NDArray
from PIL import ExifTags, Image

from stages.core.pictures.picture_decoding import PictureDecoding
from stages.core.pictures.picture_error import PictureError

# Width and height.
Size = tuple[int, int]
FORMATS = {"PNG": b"\x89PNG", "JPEG": b"\xff\xd8\xff", "BMP": b"BM", "WEBP": b"RIFF"}
FORMAT_NAMES = list(FORMATS)
# A photo with a preview or a depth map beside it; the first picture is the photo.
JPEG_OF_SEVERAL_PICTURES = "MPO"
PNG_BIT_DEPTH = 24
# What Pillow raises for damaged files.
DAMAGE = (
    OSError,
    SyntaxError,
    ValueError,
    TypeError,
    LookupError,
    AttributeError,
    EOFError,
    OverflowError,
    NotImplementedError,
    struct.error,
    zlib.error,
)
MODES = {"grey": "L", "rgb": "RGB"}
BACKGROUNDS = {"white": 255, "black": 0}
UPRIGHT = 1
# By the number in EXIF data: how the stored picture is turned or mirrored to be shown.
TRANSPOSE = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
SIDEWAYS = {5, 6, 7, 8}


def decode_picture(content: bytes, params: PictureDecoding) -> NDArray[np.uint8]:
    """The picture as an array (height, width, channels).

    Raises PictureError if the file is no picture, is damaged, is too large, or has what cannot be represented: several
    frames, or 16 bits a channel.
    """
    image = _convert_colour(load_picture(content, params.max_pixels), params)
    height, width, channels = params.shape
    fitted = _fit(image, (width, height), params)
    return np.asarray(fitted, np.uint8).reshape(height, width, channels)


def load_picture(content: bytes, max_pixels: int) -> Image.Image:
    """The decoded picture in its own size and colours, turned as its EXIF data say."""
    with _explain_damage(content, max_pixels):
        image = Image.open(BytesIO(content), formats=FORMAT_NAMES)
        _check_header(image, content, max_pixels)
        image.load()
        transpose = TRANSPOSE.get(_orientation(image))
        return image if transpose is None else image.transpose(transpose)


def read_size(content: bytes, max_pixels: int) -> tuple[int, int]:
    """Height and width of the picture as it is shown, without decoding it."""
    with _explain_damage(content, max_pixels):
        image = Image.open(BytesIO(content), formats=FORMAT_NAMES)
        _check_header(image, content, max_pixels)
        width, height = image.size
        return (width, height) if _orientation(image) in SIDEWAYS else (height, width)


@contextmanager
def _explain_damage(content: bytes, max_pixels: int) -> Iterator[None]:
    """Pillow's warnings, of odd EXIF data for example, are not shown: what matters is an error here."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    except Image.DecompressionBombError:
        raise _too_large("far too many", max_pixels) from None
    except Image.UnidentifiedImageError:
        raise _describe_unknown(content) from None
    except DAMAGE as error:
        reason = " ".join(str(error).split()) or "ends too early"
        raise PictureError("damaged", reason) from None


def _too_large(size: str, max_pixels: int) -> PictureError:
    return PictureError(f"more pixels than max_pixels allows ({max_pixels:,})", size)


def _describe_unknown(content: bytes) -> PictureError:
    if not content:
        return PictureError("an empty file")
    for name, signature in FORMATS.items():
        if content.startswith(signature):
            return PictureError("damaged", f"it begins as {name}, but its header cannot be read")
    return PictureError("not a PNG, JPEG, BMP or WebP file", f"it begins with {content[:4]!r}")


def _check_header(image: Image.Image, content: bytes, max_pixels: int) -> None:
    """Check what is known before the pixels are decoded."""
    width, height = image.size
    if width * height > max_pixels:
        raise _too_large(f"{width:,} x {height:,}", max_pixels)
    frames = getattr(image, "n_frames", 1)
    if frames > 1 and image.format != JPEG_OF_SEVERAL_PICTURES:
        raise PictureError("an animation; save one of its frames as a picture", f"{frames} frames")
    if image.format == "PNG" and content[PNG_BIT_DEPTH] > 8:
        raise PictureError("16 bits a channel; convert it to 8 bits, in the range that matters")


def _orientation(image: Image.Image) -> int:
    """The orientation in EXIF data. Data that cannot be read have none, as in viewers of pictures."""
    try:
        orientation = image.getexif().get(ExifTags.Base.Orientation)
    except DAMAGE:
        return UPRIGHT
    return orientation if isinstance(orientation, int) else UPRIGHT


def _convert_colour(image: Image.Image, params: PictureDecoding) -> Image.Image:
    if image.has_transparency_data:
        canvas = Image.new("RGBA", image.size, (*[BACKGROUNDS[params.background]] * 3, 255))
        canvas.alpha_composite(image.convert("RGBA"))
        image = canvas
    return image.convert(MODES[params.colour])


def _fit(image: Image.Image, size: Size, params: PictureDecoding) -> Image.Image:
    """A picture of the requested size already is not changed."""
    if image.size == size:
        return image
    if params.fit == "resize":
        return image.resize(size, Image.Resampling.BILINEAR)
    if params.fit == "crop":
        return image.resize(size, Image.Resampling.BILINEAR, box=_centre_box(image.size, size))
    inner = image.resize(_size_inside(image.size, size), Image.Resampling.BILINEAR)
    canvas = Image.new(image.mode, size, (BACKGROUNDS[params.background],) * len(image.getbands()))
    canvas.paste(inner, ((size[0] - inner.width) // 2, (size[1] - inner.height) // 2))
    return canvas


def _centre_box(size: Size, target: Size) -> tuple[float, float, float, float]:
    """The largest part in the centre that has the ratio of `target`: left, top, right, bottom.

    >>> _centre_box((40, 20), (10, 10))
    (10.0, 0.0, 30.0, 20.0)
    """
    (width, height), (to_width, to_height) = size, target
    if width * to_height > height * to_width:
        margin = (width - height * to_width / to_height) / 2
        return margin, 0.0, width - margin, float(height)
    margin = (height - width * to_height / to_width) / 2
    return 0.0, margin, float(width), height - margin


def _size_inside(size: Size, target: Size) -> Size:
    """The largest size with the ratio of `size` that lies inside of `target`.

    >>> _size_inside((40, 20), (10, 10))
    (10, 5)
    """
    (width, height), (to_width, to_height) = size, target
    if width * to_height > height * to_width:
        return to_width, max(1, (2 * height * to_width + width) // (2 * width))
    return max(1, (2 * width * to_height + height) // (2 * height)), to_height
