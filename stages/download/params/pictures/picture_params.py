"""Parameters of files of pictures."""

from typing import Literal

from stages.core.errors import format_examples
from stages.core.pictures.picture_decoding import PictureDecoding
from stages.download.params.builtin_params import SplitName


class Pictures(PictureDecoding):
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
