"""How a file of a picture becomes an array."""

from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from stages.core.parameters.params import Params

MAX_SIDE = 4096
# Pillow refuses larger pictures by itself (Image.MAX_IMAGE_PIXELS).
PILLOW_MAX_PIXELS = 89_478_485


def _check_size(size: list[int]) -> list[int]:
    if len(size) != 2:
        raise ValueError(f"should be two numbers, height and width; received {size}")
    return size


Side = Annotated[int, Field(ge=1, le=MAX_SIDE)]
Size = Annotated[list[Side], AfterValidator(_check_size)]


class PictureDecoding(Params):
    """How a PNG, JPEG, BMP or WebP file becomes an array of `size`, which is [height, width] in pixels.

    `fit` says what happens if a picture has another ratio of height to width: `resize` stretches it, `crop` cuts off
    what is too much at both sides, `pad` adds the `background` at both sides. Transparent pixels get the `background`
    too. The orientation in the EXIF data is applied. A file of more than `max_pixels` is refused before it is decoded.
    """

    size: Size
    colour: Literal["grey", "rgb"] = "rgb"
    fit: Literal["resize", "crop", "pad"] = "resize"
    background: Literal["white", "black"] = "white"
    max_pixels: int = Field(default=50_000_000, ge=1, le=PILLOW_MAX_PIXELS)

    @property
    def shape(self) -> tuple[int, int, int]:
        """Height, width and number of channels of the array."""
        height, width = self.size
        return height, width, 1 if self.colour == "grey" else 3
