import numpy as np
import pytest

from benchmarks.inference.http_answers import json_rows, prediction_of_records
from stages.core.artefacts.processed import TargetSpec
from stages.core.artefacts.raw.ragged_rows import RaggedRows
from stages.core.columns.categories.class_labels import ClassLabels
from stages.core.columns.number_columns import NumberColumns
from stages.core.columns.pictures.picture_pixels import PictureValues
from stages.core.pictures.picture_decoding import PictureDecoding
from stages.inference.input_schema import InputColumn, InputSchema
from stages.inference.new_rows.raw_rows import RawRows
from stages.inference.predictor import TargetPrediction
from stages.inference.read.formats.records import rows_from_records
from stages.inference.read.row_block import RowBlock
from stages.inference.write.write_predictions import prediction_records

PICTURE = InputColumn(
    name="photo", type="picture", can_be_missing=True, shape=[1, 2, 3], decoding=PictureDecoding(size=[1, 2])
)


def test_rows_of_a_table_read_back_to_the_same_values() -> None:
    columns = [
        InputColumn(name="size", type="number", can_be_missing=True),
        InputColumn(name="count", type="number", whole=True),
        InputColumn(name="new", type="boolean"),
        InputColumn(name="color", type="text", can_be_missing=True),
        InputColumn(name="day", type="time"),
    ]
    schema = InputSchema(key="k", kind="series", columns=columns, time="day", time_format="%d.%m.%Y", rows=2)
    rows = RawRows(
        {
            "size": np.array([0.1, np.nan]),
            "count": np.array([1, 2**60]),
            "new": np.array([True, False]),
            "color": np.array(["red", None], object),
            "day": np.array(["2020-01-31", "2020-02-01"], "M8[us]"),
        },
        2,
    )
    found = rows_from_records(json_rows(rows, schema), schema).rows
    for name, values in rows.columns.items():
        np.testing.assert_array_equal(found.columns[name], values)


def test_texts_and_images_are_lists_of_numbers() -> None:
    words = RawRows({"text": RaggedRows(np.array([4, 5, 6]), np.array([0, 2, 3]))}, 2)
    schema = InputSchema(key="k", kind="tokens", columns=[InputColumn(name="text", type="words")])
    assert json_rows(words, schema) == [{"text": [4, 5]}, {"text": [6]}]
    images = RawRows({"image": np.array([[[[1], [2]]]], np.uint8)}, 1)
    column = InputColumn(name="image", type="picture", shape=[1, 2, 1], pixel_type="uint8")
    schema = InputSchema(key="k", kind="images", columns=[column])
    assert json_rows(images, schema) == [{"image": [[[1], [2]]]}]


def test_pictures_of_a_table_are_files() -> None:
    pixels = np.array([[[[255, 0, 7], [1, 2, 3]]]], np.uint8)
    rows = RawRows({"photo": PictureValues(pixels, np.array([0, -1], np.int32))}, 2)
    schema = InputSchema(key="k", kind="table", columns=[PICTURE])
    found = rows_from_records(json_rows(rows, schema), schema).rows.columns["photo"]
    assert isinstance(found, PictureValues)
    np.testing.assert_array_equal(found.pixels, pixels)
    assert found.numbers.tolist() == [0, -1]


@pytest.mark.parametrize(
    "prediction",
    [
        TargetPrediction(
            TargetSpec(column=ClassLabels(columns=["c"], encoding="integer", classes=["no", "yes"])),
            np.array([1, 0]),
            np.array([[0.1, 0.9], [2 / 3, 1 / 3]], np.float32),
        ),
        TargetPrediction(
            TargetSpec(column=NumberColumns(columns=["a", "b"])),
            np.array([[0.1, 1 / 3]]),
            lower=np.array([[0.0, 0.2]]),
            upper=np.array([[0.2, 1e300]]),
        ),
    ],
)
def test_answers_read_back_to_the_same_bits(prediction: TargetPrediction) -> None:
    count = len(prediction.predicted)
    records = prediction_records(RowBlock(RawRows({}, count), np.arange(count), {}), {"y": prediction})
    found = prediction_of_records("y", prediction.spec, records)
    for name in ("predicted", "probabilities", "lower", "upper"):
        np.testing.assert_equal(getattr(found, name), getattr(prediction, name))
