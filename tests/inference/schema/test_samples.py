"""The schemas of datasets of pictures and of word numbers, and of columns of pictures."""

import pytest

from stages.core.artefacts.processed import Fitted
from stages.core.artefacts.raw.raw_files import ImagesMeta, TableMeta, TokensMeta
from stages.core.pictures.picture_decoding import PictureDecoding
from stages.inference.input_schema import InputSchema
from stages.inference.output_settings import OutputSettings
from stages.inference.schema.build_schema import build_schema
from stages.inference.schema.source_options import source_options

COMMON = {"source": {}, "splits": [("all", 2)], "files": {}, "classes": {"label": ["a", "b"]}}
PICTURES = {"format": "pictures", "size": [4, 6], "fit": "crop", "exclude": {"all": ["a/1.png"]}}


def fitted(column, shape):
    return Fitted.model_validate({"inputs": {"a": {"column": column, "shape": shape}}, "targets": {}, "splits": {}})


def schema_of(meta, column, download, words=None):
    built = build_schema("new", meta, source_options(download), fitted(column, [1]), OutputSettings(), words=words)
    assert InputSchema.model_validate_json(built.model_dump_json()) == built
    return built


def image_schema(shape, pixel_type, download):
    meta = ImagesMeta.model_validate({"kind": "images", "shape": shape, "type": pixel_type} | COMMON)
    [column] = schema_of(meta, {"kind": "pixels", "columns": ["image"]}, download).columns
    assert (column.name, column.type, column.pixel_type) == ("image", "picture", pixel_type)
    return column


def test_files_of_pictures_are_decoded_as_download_does():
    column = image_schema([4, 6, 3], "uint8", {"source": "file", "format": PICTURES})
    assert (column.shape, column.decoding) == ([4, 6, 3], PictureDecoding(size=[4, 6], fit="crop"))
    grey = PICTURES | {"colour": "grey", "background": "black"}
    column = image_schema([4, 6], "uint8", {"source": "file", "format": grey})
    expected = PictureDecoding(size=[4, 6], fit="crop", colour="grey", background="black")
    assert (column.shape, column.decoding) == ([4, 6, 1], expected)


@pytest.mark.parametrize(
    ("shape", "pixel_type", "decoding"),
    [
        ([28, 28], "uint8", PictureDecoding(size=[28, 28], colour="grey")),
        ([32, 32, 3], "uint8", PictureDecoding(size=[32, 32])),
        ([32, 32, 4], "uint8", None),
        ([8, 8], "float64", None),
        ([8, 5000], "uint8", None),
    ],
)
def test_arrays_give_size_and_colours(shape, pixel_type, decoding):
    column = image_schema(shape, pixel_type, {"source": "http", "format": {"format": "idx", "classes": ["a", "b"]}})
    assert column.decoding == decoding


def test_columns_of_pictures_have_the_names_of_the_raw_data():
    columns = {"photo": "object"}
    meta = TableMeta.model_validate(
        {"kind": "table", "columns": columns, "time": None, "pictures": [("photo", [4, 6, 3])]} | COMMON
    )
    files = {"path": "photos", "sha256": "0" * 64}
    pictures = {"Photo": {"size": [4, 6], "fit": "pad", "prefix": "x/", "files": files}}
    download = {"source": "file", "format": {"format": "csv"}, "rename": {"Photo": "photo"}, "pictures": pictures}
    column = {"kind": "picture", "columns": ["photo"], "params": {"kind": "picture", "missing": "blank"}}
    [found] = schema_of(meta, column, download).columns
    assert (found.name, found.source_name, found.path_prefix, found.can_be_missing) == ("photo", "Photo", "x/", True)
    assert (found.shape, found.decoding) == ([4, 6, 3], PictureDecoding(size=[4, 6], fit="pad"))


@pytest.mark.parametrize(("start", "expected"), [({}, 1), ({"start": 7}, 7)])
def test_words_outside_of_the_vocabulary_are_left_out(start, expected):
    meta = TokensMeta.model_validate({"kind": "tokens", "type": "uint8", "largest": 9, "words": True} | COMMON)
    column = {"kind": "tokens", "columns": ["text"], "vocabulary_size": 4, "unknown_id": 2}
    download = {"source": "http", "format": {"format": "reuters", "classes": ["a", "b"]} | start}
    words = ["", "<start>", "<unknown>", "the", "profit"]
    built = schema_of(meta, column, download, words)
    assert (built.names, built.columns[0].type) == (["text"], "words")
    assert (built.word_numbers.words, built.word_numbers.start) == (words[:4], expected)
    assert schema_of(meta, column, download).word_numbers is None
