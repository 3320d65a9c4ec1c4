"""The path of a picture as the value of a column has it."""

import re

from stages.core.pictures.file_names import plain_name, with_slashes
from stages.core.pictures.picture_error import PictureError

ABSOLUTE = re.compile(r"/|[A-Za-z]:")


def relative_path(value: str, prefix: str = "") -> str:
    """The path without `prefix`, relative to the folder or archive that has the pictures.

    Raises PictureError if it does not begin with the prefix, or leads out of the folder.

    >>> relative_path(r" photos\\cats\\1.png", "photos/")
    'cats/1.png'
    """
    path = plain_name(with_slashes(value.strip()))
    start = plain_name(with_slashes(prefix))
    if not path.startswith(start):
        raise PictureError(f"does not begin with prefix {prefix!r}")
    path = path.removeprefix(start)
    if ABSOLUTE.match(path) or ".." in path.split("/"):
        raise PictureError("leaves the folder")
    return path
