"""Rows whose values are pictures or texts of word numbers, in the formats of tables."""

import base64
import io
import json

import numpy as np
import pytest

from stages.core.errors import UserError
from stages.core.pictures.picture_decoding import PictureDecoding
from stages.inference.input_schema import InputColumn, InputSchema
from stages.inference.read.read_rows import read_rows, rows_from_records
from tests.core.pictures.picture_files import random_pixels, save_picture
from tests.inference.read.example_inputs import messages, picture_schema, values_of, word_schema, write_files, zip_of

PICTURES = [random_pixels(2, 2, 3, seed=seed) for seed in range(2)]
FILES = {"a.png": save_picture(PICTURES[0]), "inner/b.png": save_picture(PICTURES[1])}
ROWS = b"id,photo,size\n7,inner/b.png,1.5\n8,nowhere.png,2\n9,a.png,3\n10,,4\n11,inner/b.png,5\n"
SCHEMA = InputSchema(
    key="houses",
    kind="table",
    columns=[
        InputColumn(name="size", type="number"),
        InputColumn(name="photo", type="picture", shape=[2, 2, 3], decoding=PictureDecoding(size=[2, 2])),
    ],
)


def base64_of(content):
    return base64.b64encode(content).decode()


def check_houses(blocks):
    [block] = blocks
    photos = values_of(block, "photo")
    np.testing.assert_array_equal(photos.pixels, [PICTURES[1], PICTURES[0]])
    assert photos.numbers.tolist() == [0, 1, -1, 0]
    assert (block.numbers.tolist(), block.carried) == ([1, 3, 4, 5], {"id": ["7", "9", "10", "11"]})
    assert messages([block]) == ["row 2: column photo: 'nowhere.png': no such file"]
    assert block.left_out == {2: {"id": "8", "photo": "nowhere.png", "size": "2"}}


def test_paths_are_relative_to_the_folder_of_the_file(tmp_path):
    write_files(tmp_path, FILES | {"new.csv": ROWS})
    check_houses(read_rows(tmp_path / "new.csv", SCHEMA))


def test_paths_are_relative_to_a_folder_or_zip_that_is_named(tmp_path):
    write_files(tmp_path, {"new.csv": ROWS, "photos.zip": zip_of(FILES)})
    write_files(tmp_path / "photos", FILES)
    for pictures in ("photos", "photos.zip"):
        check_houses(read_rows(tmp_path / "new.csv", SCHEMA, pictures=tmp_path / pictures))
        check_houses(read_rows(io.BytesIO(ROWS), SCHEMA, pictures=tmp_path / pictures))


@pytest.mark.error_case("new pictures refused")
def test_a_folder_of_pictures_that_cannot_be_read_is_refused(tmp_path):
    write_files(tmp_path, {"new.csv": ROWS})
    for pictures, message in (("nowhere", "no such folder or zip"), ("new.csv", "not readable as zip")):
        with pytest.raises(UserError) as caught:
            list(read_rows(tmp_path / "new.csv", SCHEMA, pictures=tmp_path / pictures))
        assert str(caught.value).startswith(f"{tmp_path}/{pictures}: {message}")


@pytest.mark.error_case("new pictures refused")
def test_an_error_of_the_file_does_not_name_the_zip(tmp_path):
    write_files(tmp_path, {"new.csv": b"photo\na.png\n", "photos.zip": zip_of(FILES)})
    with pytest.raises(UserError) as caught:
        list(read_rows(tmp_path / "new.csv", SCHEMA, pictures=tmp_path / "photos.zip"))
    assert str(caught.value).startswith(f"{tmp_path}/new.csv: no column 'size'")


def test_a_stream_and_records_never_read_files(tmp_path, monkeypatch):
    monkeypatch.chdir(write_files(tmp_path, FILES))
    records = [{"size": 1, "photo": base64_of(FILES["a.png"])}, {"size": 1, "photo": "a.png"}]
    lines = "\n".join(map(json.dumps, records)).encode()
    for block in (rows_from_records(records, SCHEMA), *read_rows(io.BytesIO(lines), SCHEMA)):
        np.testing.assert_array_equal(values_of(block, "photo").pixels, PICTURES[:1])
        assert messages([block]) == ["row 2: column photo: 'a.png': not base64"]


def test_paths_of_records_are_relative_to_a_folder_that_is_named(tmp_path):
    """As the values of one row on the command line."""
    write_files(tmp_path, FILES)
    block = rows_from_records([{"size": "1", "photo": "a.png"}], SCHEMA, pictures=tmp_path)
    np.testing.assert_array_equal(values_of(block, "photo").pixels, PICTURES[:1])


def test_a_dataset_of_pictures_takes_files_of_pictures_and_json(tmp_path):
    schema = picture_schema(2, 2)
    lines = "\n".join(json.dumps({"image": base64_of(content), "id": n}) for n, content in enumerate(FILES.values()))
    write_files(tmp_path, {"photos.zip": zip_of(FILES), "new.jsonl": lines.encode()})
    sources = [tmp_path / "photos.zip", io.BytesIO(zip_of(FILES)), tmp_path / "new.jsonl", io.BytesIO(lines.encode())]
    for source in sources:
        [block] = read_rows(source, schema)
        np.testing.assert_array_equal(values_of(block, "image"), PICTURES)
    assert block.carried == {"id": [0, 1]}
    [block] = read_rows(write_files(tmp_path / "photos", FILES), schema)
    np.testing.assert_array_equal(values_of(block, "image"), PICTURES)


def test_a_dataset_of_word_numbers_takes_lines_and_tables(tmp_path):
    write_files(tmp_path, {"new.txt": b"the profit, the\nthe", "new.csv": b'id,text\n7,"the profit, the"\n8,the\n'})
    for source in (tmp_path / "new.txt", io.BytesIO(b"the profit, the\nthe"), tmp_path / "new.csv"):
        [block] = read_rows(source, word_schema())
        assert [text.tolist() for text in values_of(block, "text")] == [[1, 3, 4, 3], [1, 3]]
    assert block.carried == {"id": ["7", "8"]}
    [block] = read_rows(io.BytesIO(b'{"text": "the"}\n{"text": null}\n{"text": [1, 9]}'), word_schema())
    assert [text.tolist() for text in values_of(block, "text")] == [[1, 3], [1, 9]]
    assert messages([block]) == ["row 2: column text: no text"]
