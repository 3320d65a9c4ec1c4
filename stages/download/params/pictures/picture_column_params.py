"""Parameters of a column with the paths of pictures."""

from stages.core.pictures.picture_decoding import PictureDecoding


class PictureColumn(PictureDecoding):
    """The pictures whose paths are the values of a column.

    `files` is a folder, or a zip or tar.gz; the paths are relative to it, or to the folder `member` of the archive.
    `prefix` is what all paths begin with that is not in it, as in `photos/`.
    """

    prefix: str = ""
