"""Columns of a new table whose values are paths of pictures beside the file."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import takewhile
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any

from stages.cli.new.describe.describe_columns import ColumnDescription
from stages.cli.new.pictures.choose_size import choose_size, read_sizes
from stages.cli.new.read.new_files import NewData
from stages.cli.new.write.store_data import is_in_repository
from stages.core.pictures.file_names import with_slashes
from stages.download.formats.pictures.folder_hash import folder_hash, hash_folder
from stages.report.rendering.format_text import TIMES, count

if TYPE_CHECKING:
    import pandas as pd

SUFFIXES = (".png", ".jpg", ".jpeg", ".bmp", ".webp")
# Of the different paths of a column. The run lists the paths without a file.
EXISTING_SHARE = 0.5
# Whose sizes are looked at.
MOST_SIZES = 1000


@dataclass(frozen=True)
class PictureFolder:
    """The folder that has the pictures of a column. Its paths begin with `prefix`; `options` are size and fit."""

    folder: Path
    prefix: str
    sha256: str
    options: Mapping[str, Any]


def find_picture_columns(data: NewData, frame: "pd.DataFrame") -> dict[str, PictureFolder]:
    """Return the folder of each column of texts whose values are paths of pictures.

    They are relative to the folder of the first file, or to a folder in it.
    """
    file = next(iter(data.files.values()), None)
    if file is None or file.address is not None or file.member is not None:
        return {}
    found = {str(name): _find_folder(frame[name], file.path.parent) for name in frame.columns}
    return {name: folder for name, folder in found.items() if folder is not None}


def with_picture_columns(
    columns: Sequence[ColumnDescription], folders: Mapping[str, PictureFolder]
) -> list[ColumnDescription]:
    return [
        replace(column, kind="picture", reason="", values=count(column.distinct, "picture"))
        if column.name in folders
        else column
        for column in columns
    ]


def picture_sentences(folders: Mapping[str, PictureFolder]) -> Iterator[str]:
    for column, found in folders.items():
        height, width = found.options["size"]
        place = "" if is_in_repository(found.folder) else ", outside the repository: they are on this machine alone"
        yield f"{column}: pictures of {found.folder}, read as {width} {TIMES} {height} pixels{place}"


def _find_folder(column: "pd.Series", parent: Path) -> PictureFolder | None:
    values = column.dropna().unique().tolist()
    if not values or not all(isinstance(value, str) and value.strip().lower().endswith(SUFFIXES) for value in values):
        return None
    paths = sorted(with_slashes(value.strip()) for value in values)
    common = _common_folder(paths)
    if common:
        candidates = [(parent / common, f"{common}/")]
    else:
        candidates = [(folder, "") for folder in sorted(parent.iterdir()) if folder.is_dir()]
    for folder, prefix in candidates:
        files = [folder / path.removeprefix(prefix) for path in paths]
        existing = [file for file in files if file.is_file()]
        if len(existing) < max(1, EXISTING_SHARE * len(paths)):
            continue
        if sizes := read_sizes(file.read_bytes() for file in existing[:MOST_SIZES]):
            return PictureFolder(folder, prefix, folder_hash(hash_folder(folder)), choose_size(sizes))
    return None


def _common_folder(paths: Sequence[str]) -> str:
    """
    >>> _common_folder(["photos/a/1.png", "photos/b/1.png"]), _common_folder(["1.png", "photos/1.png"])
    ('photos', '')
    >>> _common_folder(["../1.png"]), _common_folder(["/data/1.png"])
    ('', '')
    """
    folders = [PurePosixPath(path).parent.parts for path in paths]
    common = [parts[0] for parts in takewhile(lambda parts: len(set(parts)) == 1, zip(*folders, strict=False))]
    return "/".join(common) if not {"..", "/"} & set(common) else ""
