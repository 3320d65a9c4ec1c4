"""`restage new` on a table with paths of pictures. A story runs what it writes."""

import io
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from PIL import Image

from stages.cli.new.pictures.find_picture_columns import PictureFolder, find_picture_columns
from stages.cli.new.read.new_files import find_file, read_new_data
from stages.cli.new.write.store_data import path_in_conf
from stages.download.formats.pictures.folder_hash import folder_hash, hash_folder
from tests.cli.new.test_new import new, written

ROWS = 24


def write_picture(path: Path, number: int, size: tuple[int, int] = (20, 10)) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    content = io.BytesIO()
    Image.new("L", size, 10 * number).save(content, "PNG")
    path.write_bytes(content.getvalue())


def write_table(paths: Sequence[str | None], file: str = "houses.csv") -> None:
    rooms = np.random.default_rng(0).normal(4, 1, len(paths)).round(2)
    frame = pd.DataFrame({"photo": paths, "rooms": rooms, "price": np.arange(len(paths)) * 1.5})
    Path(file).parent.mkdir(parents=True, exist_ok=True)
    frame.to_csv(file, index=False)


def found(file: str = "houses.csv") -> dict[str, PictureFolder]:
    data = read_new_data({"all": find_file(file)})
    return find_picture_columns(data, data.frames["all"])


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for number in range(6):
        write_picture(Path(f"data/photos/{number}.png"), number)
        write_picture(Path(f"data/photos/inner/{number}.png"), number)


@pytest.mark.parametrize(
    ("pattern", "place", "prefix"),
    [
        ("photos/{}.png", "data/photos", "photos/"),
        (r".\photos\{}.png", "data/photos", "photos/"),
        ("photos/inner/{}.png", "data/photos/inner", "photos/inner/"),
        ("{}.png", "data/photos", ""),
    ],
)
@pytest.mark.usefixtures("folder")
def test_the_folder_of_the_paths_is_found(pattern: str, place: str, prefix: str) -> None:
    write_table([pattern.format(row % 6) for row in range(ROWS)], "data/houses.csv")
    photo = found("data/houses.csv")["photo"]
    assert (path_in_conf(photo.folder), photo.prefix, photo.options) == (place, prefix, {"size": [10, 20]})
    assert photo.sha256 == folder_hash(hash_folder(Path(place)))


@pytest.mark.parametrize("pattern", ["photos/{}.txt", "photos/{}", "missing/{}.png", "../data/photos/{}.png"])
@pytest.mark.usefixtures("folder")
def test_other_texts_are_no_pictures(pattern: str) -> None:
    write_table([pattern.format(row % 6) for row in range(ROWS)], "data/houses.csv")
    assert found("data/houses.csv") == {}


def test_a_dataset_with_pictures(clone: Path) -> None:
    for number in range(6):
        write_picture(Path(f"photos/{number}.png"), number, (200, 100))
    write_table([f"photos/{row % 6}.png" if row else None for row in range(ROWS)])
    printed = new("houses.csv", "--target", "price")
    conf = written("houses")
    assert conf["download"]["pictures"] == {
        "photo": {
            "files": {"path": "photos", "sha256": folder_hash(hash_folder(clone / "photos"))},
            "prefix": "photos/",
            "size": [32, 64],
        }
    }
    assert conf["preprocess"]["columns"] == {"photo": {"kind": "picture", "missing": "blank"}}
    assert "photo: pictures of photos, read as 64" in printed


def test_a_target_is_no_picture(clone: Path) -> None:
    for number in range(2):
        write_picture(Path(f"photos/{number}.png"), number)
    write_table([f"photos/{row % 2}.png" for row in range(ROWS)])
    new("houses.csv", "--target", "photo")
    assert "pictures" not in written("houses")["download"]
