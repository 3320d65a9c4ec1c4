from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from stages.core.artefacts.raw.raw_data import Images, RawData, Table, Tokens, split_sizes
from stages.core.artefacts.raw.raw_files import file_hashes, read_raw, sha256_of, write_raw
from stages.core.errors import UserError
from tests.core.artefacts.damage import Damage, contents, cut_short, empty, error, replace_by_objects
from tests.core.artefacts.example_pictures import table_with_pictures

FLOWERS = pd.DataFrame({"length": [1.5, 2.0, np.nan], "petals": [3, 5, 4], "kind": ["rose", "tulip", "rose"]})
TABLE = Table(
    {"train": FLOWERS, "test": FLOWERS.iloc[:1]}, classes={"kind": ["tulip", "rose"]}, source={"name": "garden"}
)
PRICES = pd.DataFrame({"day": pd.date_range("2020-01-01", periods=3, unit="us"), "price": [1.0, 2.0, 3.0]})
SERIES = Table({"all": PRICES}, kind="series", time="day")
PICTURES = Images(
    {"train": np.arange(24, dtype=np.uint8).reshape(2, 3, 4), "test": np.zeros((1, 3, 4), np.uint8)},
    {"train": np.array([1, 0]), "test": np.array([1])},
    ["dark", "bright"],
)
TEXTS = Tokens(
    {"train": np.array([1, 300, 2, 1]), "test": np.array([1, 2])},
    {"train": np.array([0, 3, 4]), "test": np.array([0, 2])},
    {"train": np.array([1, 0], np.uint8), "test": np.array([0], np.uint8)},
    ["earn", "acq"],
    ["", "start", "the"],
)


HOUSES = table_with_pictures(5, gaps=[2])


def read_back(raw: RawData, folder: Path) -> RawData:
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
    back = read_back(SERIES, tmp_path / "prices")
    assert isinstance(back, Table)
    assert (back.kind, back.time) == ("series", "day")
    pd.testing.assert_frame_equal(back.frames["all"], PRICES)


def test_private_columns_are_recorded_only_if_there_are_some(tmp_path: Path) -> None:
    back = read_back(replace(SERIES, private=["price"]), tmp_path / "prices")
    assert isinstance(back, Table)
    assert back.private == ["price"]
    assert '"private"' in (tmp_path / "prices" / "meta.json").read_text()
    write_raw(SERIES, tmp_path / "public")
    assert "private" not in (tmp_path / "public" / "meta.json").read_text()


def test_the_pictures_of_a_table_are_beside_its_rows(tmp_path: Path) -> None:
    back = read_back(HOUSES, tmp_path / "houses")
    assert isinstance(back, Table)
    photo, expected = back.pictures["photo"], HOUSES.pictures["photo"]
    assert isinstance(photo.pixels, np.memmap)
    np.testing.assert_array_equal(photo.pixels, expected.pixels, strict=True)
    np.testing.assert_array_equal(photo.numbers["all"], expected.numbers["all"], strict=True)
    assert back.frames["all"]["photo"].isna().tolist() == [False, False, True, False, False]
    assert "pictures_1.npy" in file_hashes(tmp_path / "houses")


def test_columns_of_pictures_keep_their_order(tmp_path: Path) -> None:
    """Their files are numbered by it."""
    photo = HOUSES.pictures["photo"]
    darker = replace(photo, pixels=photo.pixels // 2)
    back = read_back(replace(HOUSES, pictures={"z": photo, "a": darker}), tmp_path / "houses")
    assert isinstance(back, Table)
    assert list(back.pictures) == ["z", "a"]
    np.testing.assert_array_equal(back.pictures["a"].pixels, darker.pixels)


def test_a_table_without_pictures_does_not_record_them(tmp_path: Path) -> None:
    write_raw(TABLE, tmp_path / "flowers")
    assert "pictures" not in (tmp_path / "flowers" / "meta.json").read_text()


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


@pytest.mark.parametrize("raw", [TABLE, SERIES, HOUSES, PICTURES, TEXTS, replace(TEXTS, words=None)])
def test_the_same_bytes_in_two_places(tmp_path: Path, raw: RawData) -> None:
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


def test_the_same_data_are_the_same_files_wherever_they_came_from(tmp_path: Path) -> None:
    write_raw(TABLE, tmp_path / "here")
    write_raw(replace(TABLE, source={"name": "elsewhere"}), tmp_path / "there")
    assert file_hashes(tmp_path / "here") == file_hashes(tmp_path / "there")
    assert file_hashes(tmp_path / "here")["test.parquet"] == sha256_of(tmp_path / "here/test.parquet")


def test_a_dataset_that_was_never_downloaded(tmp_path: Path) -> None:
    expected = f"{tmp_path}/iris/meta.json: not found; run `dvc repro download@iris`"
    assert error(read_raw, tmp_path / "iris") == expected


@pytest.mark.parametrize("name", ["test.parquet", "meta.json"])
def test_a_file_of_it_is_missing(tmp_path: Path, name: str) -> None:
    write_raw(TABLE, tmp_path / "iris")
    (tmp_path / "iris" / name).unlink()
    assert error(read_raw, tmp_path / "iris") == f"{tmp_path}/iris/{name}: not found; run `dvc repro download@iris`"


def scratched(file: Path) -> None:
    content = bytearray(file.read_bytes())
    content[-40:-8] = b"\xff" * 32
    file.write_bytes(content)


@pytest.mark.parametrize(
    ("raw", "name", "damage"),
    [
        *((TABLE, name, d) for name in ("train.parquet", "meta.json") for d in (empty, cut_short, scratched)),
        *((HOUSES, name, d) for name in ("pictures_1.npy", "all.pictures_1.npy") for d in (empty, cut_short)),
        *((PICTURES, "train.images.npy", d) for d in (empty, cut_short, replace_by_objects)),
        *((TEXTS, name, cut_short) for name in ("train.ids.npy", "test.offsets.npy", "words.json")),
    ],
)
def test_a_damaged_file(tmp_path: Path, raw: RawData, name: str, damage: Damage) -> None:
    write_raw(raw, tmp_path / "iris")
    damage(tmp_path / "iris" / name)
    text = error(read_raw, tmp_path / "iris")
    assert text.startswith(f"{tmp_path}/iris/{name}: damaged (")
    assert text.endswith("run `dvc repro --force download@iris`")


def test_texts_come_back_as_they_were_in_the_smallest_type_that_holds_every_id(tmp_path: Path) -> None:
    back = read_back(TEXTS, tmp_path / "news")
    assert isinstance(back, Tokens)
    assert split_sizes(back) == {"train": 2, "test": 1}
    assert [text.tolist() for text in back.texts("train")] == [[1, 300, 2], [1]]
    assert back.ids["test"].dtype == back.ids["train"].dtype == np.uint16
    assert (back.classes, back.words) == (["earn", "acq"], ["", "start", "the"])
    assert back.labels["train"].tolist() == [1, 0]


def test_texts_without_words(tmp_path: Path) -> None:
    back = read_back(replace(TEXTS, words=None), tmp_path / "news")
    assert isinstance(back, Tokens)
    assert back.words is None


def test_a_large_table_is_stored_in_blocks(tmp_path: Path) -> None:
    rows = pd.DataFrame({"length": [1.5, 2.0, np.nan, 3.0, 4.0], "kind": ["rose", "tulip", "rose", None, "lily"]})
    table = Table({"train": rows, "test": rows.iloc[:2]}, block_rows=2)
    back = read_back(table, tmp_path / "flowers")
    assert isinstance(back, Table)
    assert back.is_large
    assert split_sizes(back) == {"train": 5, "test": 2}
    assert [len(block) for block in back.blocks("train")] == [2, 2, 1]
    assert back.block("train", 1, ["kind"]).equals(rows[["kind"]].iloc[2:4].reset_index(drop=True))
    assert set(file_hashes(tmp_path / "flowers")) == {*(f"train/0000{n}.parquet" for n in range(3)), "test.parquet"}
    pd.testing.assert_frame_equal(back.frames["train"], rows)


def test_a_block_of_a_large_table_is_damaged(tmp_path: Path) -> None:
    write_raw(Table({"all": FLOWERS}, block_rows=1), tmp_path / "flowers")
    cut_short(tmp_path / "flowers/all/00001.parquet")
    raw = read_raw(tmp_path / "flowers")
    assert isinstance(raw, Table)
    assert raw.block("all", 0).equals(FLOWERS.iloc[:1])
    with pytest.raises(UserError, match=r"all/00001.parquet: damaged .*dvc repro --force download@flowers"):
        raw.block("all", 1)


def test_the_columns_of_a_large_table_are_in_the_order_of_the_source(tmp_path: Path) -> None:
    write_raw(Table({"all": pd.DataFrame({"z": [1, 2], "a": [3, 4]})}, block_rows=1), tmp_path / "mine")
    raw = read_raw(tmp_path / "mine")
    assert isinstance(raw, Table)
    assert raw.columns == ["z", "a"]
