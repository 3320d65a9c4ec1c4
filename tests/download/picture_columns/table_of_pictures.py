"""A CSV file with a column of paths, and the pictures in a folder or an archive."""

from pathlib import Path

import numpy as np

from stages.core.artefacts.raw.raw_data import Table
from stages.download.formats.pictures.folder_hash import folder_hash, hash_folder
from stages.download.load_source import load_source
from stages.download.params.file_params import File
from tests.core.pictures.picture_files import random_pixels, save_picture
from tests.download.sample_files import sha256

SIZE = [4, 6]
# b and c have the same pixels; the files differ.
PIXELS = {
    "a.png": random_pixels(4, 6, 3, seed=1),
    "b.png": random_pixels(4, 6, 3, seed=2),
    "inner/c.bmp": random_pixels(4, 6, 3, seed=2),
}
ROWS = "photo,price\na.png,1\nb.png,2\n,3\ninner/c.bmp,4\na.png,5\n"


def picture_contents():
    return {path: save_picture(pixels, path[-3:].upper()) for path, pixels in PIXELS.items()}


def write_folder(folder: Path, contents) -> dict[str, str]:
    """Returns `files` of a column of pictures."""
    for path, content in contents.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(content)
    return {"path": str(folder), "sha256": folder_hash(hash_folder(folder))}


def file_source(files, rows=ROWS, pictures=None, **options) -> File:
    """`files` are those of the column photo, `pictures` its other options. `rows` are a text, or texts by split."""
    tables = {}
    for split, text in ({"all": rows} if isinstance(rows, str) else rows).items():
        Path(f"{split}.csv").write_text(text)
        tables[split] = {"path": f"{split}.csv", "sha256": sha256(text.encode())}
    column = {"files": files, "size": SIZE} | (pictures or {})
    params = {"source": "file", "format": {"format": "csv"}, "files": tables, "pictures": {"photo": column}}
    return File.model_validate(params | options)


def load(*args, **options) -> Table:
    raw = load_source(file_source(*args, **options))
    assert isinstance(raw, Table)
    return raw


def pixels_of_rows(raw: Table, column="photo", split="all") -> list[np.ndarray | None]:
    pictures = raw.pictures[column]
    return [None if number < 0 else pictures.pixels[number] for number in pictures.numbers[split].tolist()]
