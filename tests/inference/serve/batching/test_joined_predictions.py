import numpy as np

from stages.core.artefacts.raw.ragged_rows import RaggedRows
from stages.core.columns.pictures.picture_pixels import PictureValues
from stages.inference.new_rows.raw_rows import RawRows, RawValues
from stages.inference.read.row_block import concatenate_rows
from stages.inference.serve.batching.joined_predictions import form_of_rows, join_predictions, split_predictions
from tests.inference.serve.small_models import sizes_predictor

ROWS = RawRows({"length": np.array([1.0, 2.0, 3.0]), "width": np.array([4.0, 5.0, 6.0])}, 3)


def form(values: RawValues) -> object:
    return form_of_rows(RawRows({"x": values}, len(values)))


def test_parts_of_predictions_join_to_the_whole() -> None:
    whole = sizes_predictor().predict(ROWS)
    parts = split_predictions(whole, [1, 2])
    assert [len(part["size"].predicted) for part in parts] == [1, 2]
    joined = join_predictions(parts)["size"]
    assert joined.predicted.tolist() == whole["size"].predicted.tolist()
    assert joined.probabilities is not None
    assert whole["size"].probabilities is not None
    assert joined.probabilities.tolist() == whole["size"].probabilities.tolist()
    assert joined.lower is None


def test_only_rows_whose_values_stay_the_same_have_the_same_form() -> None:
    assert form(np.array([1.0])) == form(np.array([2.0, 3.0]))
    assert form(np.array([1])) != form(np.array([1.0]))
    assert form(np.array(["a"], object)) == form(np.array([None, "b"], object))
    assert form(np.array(["2020-01-01"], "M8[s]")) != form(np.array(["2020-01-01"], "M8[us]"))
    assert form(np.zeros((1, 2, 2, 1), np.uint8)) != form(np.zeros((1, 2, 3, 1), np.uint8))


def test_pictures_of_two_requests_keep_their_pixels() -> None:
    def pictures(*values: int) -> RawRows:
        pixels = np.array(values, np.uint8).reshape(-1, 1, 1, 1)
        numbers = np.array([*range(len(values)), -1], np.int32)
        return RawRows({"x": PictureValues(pixels, numbers)}, len(numbers))

    first, second = pictures(5, 6), pictures(7)
    assert form_of_rows(first) == form_of_rows(second)
    joined = concatenate_rows([first, second]).columns["x"]
    assert isinstance(joined, PictureValues)
    assert [None if n < 0 else int(joined.pixels[n, 0, 0, 0]) for n in joined.numbers] == [5, 6, None, 7, None]


def test_words_of_two_requests_keep_their_numbers() -> None:
    first = RaggedRows(np.array([1, 2]), np.array([0, 2]))
    second = RaggedRows(np.array([3]), np.array([0, 1, 1]))
    assert form(first) == form(second)
    joined = concatenate_rows([RawRows({"x": first}, 1), RawRows({"x": second}, 2)]).columns["x"]
    assert isinstance(joined, RaggedRows)
    assert joined.ids.tolist() == [1, 2, 3]
    assert joined.offsets.tolist() == [0, 2, 3, 3]
