"""The rows of the source, given as new rows, have the values of the raw data."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from stages.core.artefacts.processed import Fitted
from stages.core.artefacts.raw.ragged_rows import RaggedRows
from stages.core.artefacts.raw.raw_files import read_meta, read_raw, write_raw
from stages.core.columns.texts.token_ids import TokenIds
from stages.download.load_source import load_source
from stages.download.params.file_params import File
from stages.inference.output_settings import OutputSettings
from stages.inference.read.read_rows import read_rows
from stages.inference.schema.build_schema import build_schema
from stages.inference.schema.source_options import source_options
from tests.core.pictures.picture_files import random_pixels, save_picture
from tests.download.picture_columns.table_of_pictures import file_source, write_folder
from tests.download.sample_files import make_reuters, make_word_index, make_zip, sha256
from tests.inference.read.example_inputs import npz_of, values_of

EXIF = Image.Exif()
EXIF[0x0112] = 8
PALETTE = Image.fromarray(random_pixels(5, 9) % 2, "P")
PALETTE.putpalette([10, 20, 30, 40, 50, 60])
CONTENTS = {
    "cats/10.png": save_picture(random_pixels(9, 5, 3)),
    "cats/2.jpg": save_picture(random_pixels(9, 5, 3), "JPEG", exif=EXIF),
    "cats-old/1.webp": save_picture(random_pixels(9, 5, 3), "WEBP"),
    "cats-old/caf\u00e9.png": save_picture(random_pixels(9, 5, 4)),
    "dogs/1.png": save_picture(PALETTE, transparency=0),
    "dogs/2.bmp": save_picture(random_pixels(4, 6), "BMP"),
    "dogs/.DS_Store": b"hidden",
}
COLUMNS = {
    "images": {"kind": "pixels", "columns": ["image"]},
    "tokens": {"kind": "tokens", "columns": ["text"], "vocabulary_size": 6, "unknown_id": 2},
    "table": {"kind": "picture", "columns": ["photo"], "params": {"kind": "picture", "missing": "blank"}},
}


@pytest.fixture(autouse=True)
def working_directory(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


def download(params):
    """The raw data as download writes them, and the schema of new rows."""
    write_raw(load_source(params), Path("raw"))
    meta, raw = read_meta(Path("raw")), read_raw(Path("raw"))
    inputs = {"a": {"column": COLUMNS[meta.kind], "shape": [1]}}
    fitted = Fitted.model_validate({"inputs": inputs, "targets": {}, "splits": {}})
    options = source_options(params.model_dump(mode="json", exclude_unset=True))
    return raw, build_schema("new", meta, options, fitted, OutputSettings(), words=getattr(raw, "words", None))


@pytest.mark.parametrize("fit", ["resize", "crop", "pad"])
@pytest.mark.parametrize("colour", ["grey", "rgb"])
def test_pictures_in_class_folders(colour, fit):
    folder = write_folder(Path("pets"), CONTENTS)
    options = {"format": "pictures", "size": [8, 6], "colour": colour, "fit": fit, "background": "black"}
    raw, schema = download(File.model_validate({"source": "file", "format": options, "files": {"all": folder}}))
    expected = raw.images["all"].reshape(6, *schema.columns[0].shape)
    Path("pets.zip").write_bytes(make_zip(CONTENTS))
    for source in ("pets", "pets.zip"):
        [block] = read_rows(Path(source), schema)
        np.testing.assert_array_equal(values_of(block, "image"), expected, strict=True)
        assert block.carried["file"] == [path for path in CONTENTS if "DS_Store" not in path]


@pytest.mark.parametrize("pixel_type", ["uint8", "float64", "int16"])
@pytest.mark.parametrize("shape", [(3, 4, 5), (3, 4, 5, 1), (3, 4, 5, 3)])
def test_arrays_of_images(shape, pixel_type):
    content = npz_of(images=random_pixels(*shape).astype(pixel_type), labels=np.array([0, 1, 1]))
    Path("all.npz").write_bytes(content)
    options = {"format": "npz", "images": "images", "labels": "labels", "classes": ["a", "b"]}
    files = {"all": {"path": "all.npz", "sha256": sha256(content)}}
    raw, schema = download(File.model_validate({"source": "file", "format": options, "files": files}))
    expected = raw.images["all"].reshape(3, *schema.columns[0].shape)
    [block] = read_rows(Path("all.npz"), schema)
    np.testing.assert_array_equal(values_of(block, "image"), expected, strict=True)
    if pixel_type == "uint8":
        Path("pictures").mkdir()
        for number, image in enumerate(expected):
            Path(f"pictures/{number}.png").write_bytes(save_picture(np.squeeze(image)))
        [block] = read_rows(Path("pictures"), schema)
        np.testing.assert_array_equal(values_of(block, "image"), expected, strict=True)


@pytest.mark.parametrize("missing", ["", "NA"])
@pytest.mark.parametrize("prefix", ["", "photos/"])
def test_columns_of_pictures(prefix, missing):
    folder = write_folder(Path("photos"), CONTENTS)
    paths = [path for path in CONTENTS if "DS_Store" not in path] + [missing, "dogs/1.png"]
    rows = "photo,price\n" + "".join(f"{path and prefix + path if path != missing else path},1\n" for path in paths)
    options = {"size": [8, 6], "fit": "crop", "prefix": prefix}
    raw, schema = download(file_source(folder, rows, options))
    pictures = raw.pictures["photo"]
    expected = [pictures.pixels[number] if number >= 0 else None for number in pictures.numbers["all"].tolist()]
    Path("new.csv").write_text(rows)
    for given in [Path("photos"), *([None] if prefix else [])]:
        [block] = read_rows(Path("new.csv"), schema, pictures=given)
        found = values_of(block, "photo")
        assert block.problems == []
        for number, pixels in zip(found.numbers.tolist(), expected, strict=True):
            assert (number < 0) == (pixels is None)
            np.testing.assert_array_equal(found.pixels[number] if pixels is not None else None, pixels)


def test_word_numbers_and_their_texts():
    """The words are those that the vocabulary has; the others become one number, which preprocess takes as unknown."""
    content = make_reuters([[1, 2, 1], [3, 2], [2, 4]], [0, 1, 1])
    words = make_word_index("the", "company's", "'tis", "9")
    Path("reuters.npz").write_bytes(content)
    Path("words.json").write_bytes(words)
    files = {
        "reuters": {"path": "reuters.npz", "sha256": sha256(content)},
        "words": {"path": "words.json", "sha256": sha256(words)},
    }
    options = {"format": "reuters", "classes": ["a", "b"], "test": 0.4}
    raw, schema = download(File.model_validate({"source": "file", "format": options, "files": files}))
    column = TokenIds.model_validate(COLUMNS["tokens"])
    for split in ("train", "test"):
        expected = list(raw.texts(split))
        Path("new.txt").write_text("".join(" ".join(raw.words[i] for i in text[1:]) + "\n" for text in expected))
        [block] = read_rows(Path("new.txt"), schema)
        new = column.transform(values_of(block, "text"))
        stored = column.transform(RaggedRows(raw.ids[split], raw.offsets[split]))
        assert [row.tolist() for row in new] == [row.tolist() for row in stored]
        np.savez("ids.npz", ids=raw.ids[split], offsets=raw.offsets[split])
        [block] = read_rows(Path("ids.npz"), schema)
        assert [row.tolist() for row in values_of(block, "text")] == [row.tolist() for row in expected]
