from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from stages.core.artefacts.raw import Images, Table, Tokens, split_sizes
from stages.core.artefacts.raw_files import file_hashes, read_raw, sha256_of, write_raw
from stages.core.errors import UserError

FLOWERS = pd.DataFrame({"length": [1.5, 2.0, np.nan], "petals": [3, 5, 4], "kind": ["rose", "tulip", "rose"]})
TABLE = Table(
    {"train": FLOWERS, "test": FLOWERS.iloc[:1]}, classes={"kind": ["tulip", "rose"]}, source={"name": "garden"}
)
PRICES = pd.DataFrame({"day": pd.date_range("2020-01-01", periods=3, unit="us"), "price": [1.0, 2.0, 3.0]})
PICTURES = Images(
    {"train": np.arange(24, dtype=np.uint8).reshape(2, 3, 4), "test": np.zeros((1, 3, 4), np.uint8)},
    {"train": np.array([1, 0]), "test": np.array([1])},
    ["dark", "bright"],
)


def read_back(raw: Table | Images, folder: Path) -> Table | Images:
    write_raw(raw, folder)
    return read_raw(folder)


def test_a_table_comes_back_as_it_was(tmp_path: Path) -> None:
    back = read_back(TABLE, tmp_path / "flowers")
    assert isinstance(back, Table)
    for split, frame in TABLE.frames.items():
        pd.testing.assert_frame_equal(back.frames[split], frame)
    assert (back.kind, back.classes, back.time, back.source) == ("table", TABLE.classes, None, {"name": "garden"})
    assert back.columns == ["length", "petals", "kind"]


def test_splits_keep_their_order(tmp_path: Path) -> None:
    """Row numbers are counted over them in it, so an alphabet must not sort them."""
    assert list(split_sizes(read_back(TABLE, tmp_path / "flowers")).items()) == [("train", 3), ("test", 1)]


def test_a_series_keeps_its_time(tmp_path: Path) -> None:
    back = read_back(Table({"all": PRICES}, kind="series", time="day"), tmp_path / "prices")
    assert isinstance(back, Table)
    assert (back.kind, back.time) == ("series", "day")
    pd.testing.assert_frame_equal(back.frames["all"], PRICES)


def test_pictures_come_back_as_they_were(tmp_path: Path) -> None:
    back = read_back(PICTURES, tmp_path / "pictures")
    assert isinstance(back, Images)
    for split in ("train", "test"):
        np.testing.assert_array_equal(back.images[split], PICTURES.images[split], strict=True)
        np.testing.assert_array_equal(back.labels[split], PICTURES.labels[split], strict=True)
    assert back.classes == ["dark", "bright"]
    assert split_sizes(back) == {"train": 2, "test": 1}


def test_pictures_are_mapped_and_not_loaded(tmp_path: Path) -> None:
    back = read_back(PICTURES, tmp_path / "pictures")
    assert isinstance(back, Images)
    assert isinstance(back.images["train"], np.memmap)
    assert not back.images["train"].flags.writeable


def contents(folder: Path) -> dict[str, bytes]:
    return {f.name: f.read_bytes() for f in folder.iterdir()}


@pytest.mark.parametrize("raw", [TABLE, PICTURES, Table({"all": PRICES}, kind="series", time="day")])
def test_the_same_bytes_in_two_places(tmp_path: Path, raw: Table | Images) -> None:
    write_raw(raw, tmp_path / "here")
    write_raw(raw, tmp_path / "deep" / "there")
    assert contents(tmp_path / "here") == contents(tmp_path / "deep" / "there")


def test_neither_layout_in_memory_nor_the_index_shows_in_the_bytes(tmp_path: Path) -> None:
    turned = {s: np.asfortranarray(a) for s, a in PICTURES.images.items()}
    write_raw(PICTURES, tmp_path / "pictures")
    write_raw(Images(turned, PICTURES.labels, PICTURES.classes), tmp_path / "turned")
    assert contents(tmp_path / "pictures") == contents(tmp_path / "turned")
    write_raw(Table({"all": FLOWERS}), tmp_path / "flowers")
    write_raw(Table({"all": FLOWERS.set_index(pd.Index([9, 7, 8], name="n"))}), tmp_path / "indexed")
    assert contents(tmp_path / "flowers") == contents(tmp_path / "indexed")


def mistake(folder: Path) -> str:
    with pytest.raises(UserError) as caught:
        read_raw(folder)
    return str(caught.value)


def test_the_same_data_are_the_same_files_wherever_they_came_from(tmp_path: Path) -> None:
    write_raw(TABLE, tmp_path / "here")
    write_raw(replace(TABLE, source={"name": "elsewhere"}), tmp_path / "there")
    assert file_hashes(tmp_path / "here") == file_hashes(tmp_path / "there")
    assert file_hashes(tmp_path / "here")["test.parquet"] == sha256_of(tmp_path / "here/test.parquet")


def test_a_set_that_was_never_downloaded(tmp_path: Path) -> None:
    assert mistake(tmp_path / "iris") == f"{tmp_path}/iris/meta.json: not found; run `dvc repro download@iris`"


@pytest.mark.parametrize("name", ["test.parquet", "meta.json"])
def test_a_file_of_it_is_missing(tmp_path: Path, name: str) -> None:
    write_raw(TABLE, tmp_path / "iris")
    (tmp_path / "iris" / name).unlink()
    assert mistake(tmp_path / "iris") == f"{tmp_path}/iris/{name}: not found; run `dvc repro download@iris`"


def empty(file: Path) -> None:
    file.write_bytes(b"")


def cut_short(file: Path) -> None:
    file.write_bytes(file.read_bytes()[:-10])


def scratched(file: Path) -> None:
    content = bytearray(file.read_bytes())
    content[-40:-8] = b"\xff" * 32
    file.write_bytes(content)


def replaced_by_objects(file: Path) -> None:
    np.save(file, np.array([{"a": 1}], dtype=object), allow_pickle=True)


@pytest.mark.parametrize("damage", [empty, cut_short, scratched])
@pytest.mark.parametrize("name", ["train.parquet", "meta.json"])
def test_a_damaged_table(tmp_path: Path, name: str, damage: Callable[[Path], None]) -> None:
    write_raw(TABLE, tmp_path / "iris")
    damage(tmp_path / "iris" / name)
    text = mistake(tmp_path / "iris")
    assert text.startswith(f"{tmp_path}/iris/{name}: damaged (")
    assert text.endswith("run `dvc repro --force download@iris`")


@pytest.mark.parametrize("damage", [empty, cut_short, replaced_by_objects])
def test_damaged_pictures(tmp_path: Path, damage: Callable[[Path], None]) -> None:
    write_raw(PICTURES, tmp_path / "mnist")
    damage(tmp_path / "mnist" / "train.images.npy")
    assert mistake(tmp_path / "mnist").startswith(f"{tmp_path}/mnist/train.images.npy: damaged (")


TEXTS = Tokens(
    {"train": np.array([1, 300, 2, 1]), "test": np.array([1, 2])},
    {"train": np.array([0, 3, 4]), "test": np.array([0, 2])},
    {"train": np.array([1, 0], np.uint8), "test": np.array([0], np.uint8)},
    ["earn", "acq"],
    ["", "start", "the"],
)


def test_texts_come_back_as_they_were_in_the_smallest_type_that_holds_every_id(tmp_path: Path) -> None:
    write_raw(TEXTS, tmp_path / "news")
    back = read_raw(tmp_path / "news")
    assert isinstance(back, Tokens)
    assert split_sizes(back) == {"train": 2, "test": 1}
    assert [text.tolist() for text in back.texts("train")] == [[1, 300, 2], [1]]
    assert back.ids["test"].dtype == back.ids["train"].dtype == np.uint16
    assert (back.classes, back.words) == (["earn", "acq"], ["", "start", "the"])
    assert back.labels["train"].tolist() == [1, 0]


def test_texts_without_words_are_the_same_bytes_in_two_places(tmp_path: Path) -> None:
    plain = replace(TEXTS, words=None)
    write_raw(plain, tmp_path / "here")
    write_raw(plain, tmp_path / "deep" / "there")
    assert contents(tmp_path / "here") == contents(tmp_path / "deep" / "there")
    back = read_raw(tmp_path / "here")
    assert isinstance(back, Tokens)
    assert back.words is None


@pytest.mark.parametrize("name", ["train.ids.npy", "test.offsets.npy", "words.json"])
def test_damaged_texts(tmp_path: Path, name: str) -> None:
    write_raw(TEXTS, tmp_path / "news")
    cut_short(tmp_path / "news" / name)
    assert mistake(tmp_path / "news").startswith(f"{tmp_path}/news/{name}: damaged (")
