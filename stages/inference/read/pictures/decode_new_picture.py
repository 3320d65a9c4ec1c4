"""One new picture as the array that download would have made of its file."""

import base64
import binascii
import re

import numpy as np
from numpy.typing import NDArray

from stages.core.errors import UserError
from stages.core.pictures.decode_picture import decode_picture
from stages.core.pictures.decoder_versions import check_decoder_versions
from stages.core.pictures.picture_decoding import PictureDecoding
from stages.core.pictures.picture_error import PictureError
from stages.inference.input_schema import InputColumn

# The decoded pixels depend on the versions of Pillow's libraries.
INSTALL = "install the version of Pillow that the requirements name"
DATA_URL = re.compile(r"data:[^,;]*(;[^,;]*)*,")


def picture_from_bytes(content: bytes, column: InputColumn) -> NDArray[np.uint8]:
    """The pixels of one picture, with the axes (height, width, channels). Raises UserError with what is wrong."""
    return decode_picture(content, check_can_be_decoded(column))


def check_can_be_decoded(column: InputColumn) -> PictureDecoding:
    """How a file becomes a picture of this column.

    Raises UserError if no file can, or if Pillow decodes by other libraries than those whose pixels are expected.
    """
    if column.decoding is None:
        raise UserError(
            f"the dataset has images of {column.pixel_type} and shape {column.shape}, which no picture file has; give "
            "an npy or npz file"
        )
    check_decoder_versions(INSTALL)
    return column.decoding


def is_data_url(text: str) -> bool:
    return text.startswith("data:")


def bytes_from_text(text: str) -> bytes:
    """The content of a file that is written in base64, as a data URL or without its beginning.

    >>> bytes_from_text("data:image/png;base64,iVBO"), bytes_from_text("iVBO")
    (b'\\x89PN', b'\\x89PN')
    """
    encoded = text.strip()
    if is_data_url(encoded):
        start = DATA_URL.match(encoded)
        if start is None or not start[0].endswith(";base64,"):
            raise PictureError("a data URL that is not base64")
        encoded = encoded[start.end() :]
    try:
        return base64.b64decode("".join(encoded.split()), validate=True)
    except (binascii.Error, ValueError):
        raise PictureError("not base64") from None
