"""Parameters of files of pictures."""

from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from stages.core.errors import format_examples
from stages.core.params import Params
from stages.download.params.builtin_params import SplitName

MAX_SIDE = 4096
# Pillow refuses larger pictures by itself (Image.MAX_IMAGE_PIXELS).
PILLOW_MAX_PIXELS = 89_478_485


def _check_size(size: list[int]) -> list[int]:
    if len(size) != 2:
        raise ValueError(f"should be two numbers, height and width; received {size}")
    return size


Side = Annotated[int, Field(ge=1, le=MAX_SIDE)]
Size = Annotated[list[Side], AfterValidator(_check_size)]


class PictureParams(Params):
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


class Pictures(PictureParams):
    """Pictures in class folders: `cats/1.png`, `dogs/2.jpg`. The class of a picture is the name of its folder.

    The class folders of a split lie in one folder, or in one zip or tar.gz, whose `member` is the folder that they lie
    in. All files in class folders must be pictures. Left out are hidden files (names that begin with a dot, Thumbs.db,
    desktop.ini, the folder __MACOSX) and those that `exclude` lists for a split: `exclude: {all: [cats/3.png]}`.
    """

    format: Literal["pictures"]
    exclude: dict[SplitName, list[str]] = {}

    def check_splits(self, splits: set[str]) -> None:
        if unknown := sorted(set(self.exclude) - splits):
            raise ValueError(f"exclude names splits without files: {format_examples(unknown)}")
