"""The same rows as data frames, dicts and files, and what `restage predict` gives for them."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from numpy.typing import NDArray

from stages.cli.predict.predict_input import predict_input
from stages.cli.predict.predict_options import PredictOptions
from stages.core.artefacts.processed import Fitted
from stages.core.errors import UserError
from stages.inference.input_schema import InputSchema
from stages.inference.run_model import RunModel
from stages.notebook.predict.loaded_model import LoadedModel
from stages.notebook.predict.predict_new_rows import predict_new_rows
from tests.cli.predict.example_model import ExampleModel, class_model, series_model
from tests.inference.read.example_inputs import picture_schema, word_schema
from tests.report.example_datasets import WORDS, images, texts

ROWS = pd.DataFrame({"name": ["u", "v", "w"], "b": [0.25, 1.0, 0.5], "a": [0.5, 0.75, 0.0]}, index=[7, 5, 6])
MONTHS = pd.DataFrame({"month": pd.date_range("2020-01-01", periods=3, freq="MS"), "value": [1.0, 2.0, 4.0]})


def loaded(model: ExampleModel) -> LoadedModel:
    return LoadedModel(model, None, model.load())


def predicted_by_command(model: ExampleModel, rows: pd.DataFrame, folder: Path) -> pd.DataFrame:
    rows.to_parquet(folder / "new.parquet", index=False)
    predict_input(model, PredictOptions(model.key, folder / "new.parquet", out=folder / "out.parquet"))
    return pd.read_parquet(folder / "out.parquet")


def test_a_frame_gives_what_the_command_gives(tmp_path: Path) -> None:
    model = class_model()
    found = predict_new_rows(loaded(model), ROWS)
    assert found.index.tolist() == [7, 5, 6]
    assert found["name"].tolist() == ["u", "v", "w"]
    assert found["y"].tolist() == ["no", "yes", "no"]
    expected = predicted_by_command(model, ROWS, tmp_path)
    pd.testing.assert_frame_equal(found.reset_index(drop=True), expected, check_exact=True)


def test_the_rows_of_a_series_give_a_forecast(tmp_path: Path) -> None:
    model = series_model()
    found = predict_new_rows(loaded(model), MONTHS)
    assert found["value"].tolist() == [14.0, 24.0]
    pd.testing.assert_frame_equal(found, predicted_by_command(model, MONTHS, tmp_path), check_exact=True)


@pytest.mark.parametrize(
    "rows",
    [
        ROWS.to_dict("records"),
        [{name: np.float64(value) if name != "name" else value for name, value in row.items()}
         for row in ROWS.to_dict("records")],
    ],
    ids=["values of Python", "values of NumPy"],
)  # fmt: skip
def test_dicts_give_what_a_frame_gives(rows: list[dict[str, Any]]) -> None:
    of_frame = predict_new_rows(loaded(class_model()), ROWS).reset_index(drop=True)
    pd.testing.assert_frame_equal(predict_new_rows(loaded(class_model()), rows), of_frame, check_exact=True)


def test_times_of_dicts_are_those_of_the_series() -> None:
    rows = MONTHS.to_dict("records")
    pd.testing.assert_frame_equal(
        predict_new_rows(loaded(series_model()), rows), predict_new_rows(loaded(series_model()), MONTHS)
    )


def test_one_dict_is_one_row() -> None:
    assert predict_new_rows(loaded(class_model()), {"a": 1.0, "b": 0.5})["y"].tolist() == ["yes"]


def test_a_path_is_a_file_of_rows(tmp_path: Path) -> None:
    ROWS.to_csv(tmp_path / "new.csv", index=False)
    assert predict_new_rows(loaded(class_model()), tmp_path / "new.csv")["y"].tolist() == ["no", "yes", "no"]
    assert predict_new_rows(loaded(class_model()), str(tmp_path / "new.csv"))["y"].tolist() == ["no", "yes", "no"]


def test_the_frame_is_not_changed() -> None:
    rows = ROWS.copy()
    predict_new_rows(loaded(class_model()), rows)
    pd.testing.assert_frame_equal(rows, ROWS)


def test_the_distance_of_the_input_is_an_attribute() -> None:
    far = pd.DataFrame({"a": [0.5, 7.0], "b": [0.5, 0.5]})
    assert predict_new_rows(loaded(class_model()), far).attrs["input"] == (
        "input: 2 rows; a: 1 value outside 0 to 1; the other columns are within the accepted profile"
    )


def test_gaps_between_the_times_of_a_series_are_an_attribute() -> None:
    days = pd.date_range("2020-01-01", periods=6, freq="D")
    rows = pd.DataFrame({"month": days.delete(4), "value": [1.0, 2.0, 3.0, 4.0, 5.0]})
    regular = predict_new_rows(loaded(series_model()), rows[:4]).attrs["input"]
    irregular = predict_new_rows(loaded(series_model()), rows).attrs["input"]
    assert "2020-01-04" not in regular
    assert "2020-01-04" in irregular


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        (ROWS[["a"]], r"^rows: no column 'b'; it has 'a'$"),
        (ROWS.assign(a=["x", "0.5", "y"]), r"^rows: row 1: column a: 'x' is not a number\nrows: row 3: .*'y' is not"),
        (ROWS[:0], r"^rows: the data frame has no rows$"),
        ([{"a": 1.0}], r"no column 'b'"),
        ([{"a": 1.0, "b": 2.0}, {"a": 1.0}], r"rows: row 2: column b: no value"),
        ([], r"rows: a data frame, .* is expected; received an empty list$"),
        ([1.0, 2.0], r"received a list of float$"),
        (np.zeros((2, 2)), r"received an array of the shape \(2, 2\)$"),
        (5, r"received int$"),
        (Path("nowhere.csv"), r"^nowhere.csv: no such file$"),
    ],
)
def test_rows_that_cannot_be_predicted_are_named(rows: Any, message: str) -> None:
    with pytest.raises(UserError, match=message):
        predict_new_rows(loaded(class_model()), rows)


def test_a_column_of_mixed_values_is_refused() -> None:
    rows = pd.DataFrame({"a": [1.0, "x"], "b": [1.0, 2.0]}, dtype=object)
    with pytest.raises(UserError, match=r"^rows: .*a"):
        predict_new_rows(loaded(class_model()), rows)


def test_too_few_rows_of_a_series_are_refused() -> None:
    with pytest.raises(UserError, match="needs the last 2 rows of the series; received 1"):
        predict_new_rows(loaded(series_model()), MONTHS[:1])


def test_nothing_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    predict_new_rows(loaded(class_model()), ROWS)
    captured = capsys.readouterr()
    assert (captured.out, captured.err) == ("", "")


def test_an_array_of_images_gives_a_row_for_each(tmp_path: Path) -> None:
    """An image is in the middle if its middle is bright."""
    model = model_of(images().processed.fitted, picture_schema(3, 3, 1), middle)
    pixels = np.zeros((3, 3, 3), np.uint8)
    pixels[1, 1, 1] = 255
    found = predict_new_rows(loaded(model), pixels)
    assert found["label"].tolist() == ["corner", "middle", "corner"]
    np.save(tmp_path / "new.npy", pixels)
    pd.testing.assert_frame_equal(predict_new_rows(loaded(model), tmp_path / "new.npy"), found)


def test_a_list_of_texts_gives_a_row_for_each() -> None:
    """A text is about grain if the word wheat is in it."""
    model = model_of(texts().processed.fitted, word_schema(words=WORDS), trade)
    found = predict_new_rows(loaded(model), ["wheat rose", "rose"])
    assert found["label"].tolist() == ["grain", "trade"]


def model_of(fitted: Fitted, schema: InputSchema, run: RunModel) -> ExampleModel:
    return replace(class_model(), fitted=fitted, schema=schema, accepted=None, run=run)


def middle(inputs: Mapping[str, NDArray[Any]]) -> dict[str, NDArray[np.float32]]:
    bright = inputs["image"][:, 1, 1, 0] > 0
    return {"label": np.stack([~bright, bright], axis=1).astype(np.float32)}


def trade(inputs: Mapping[str, NDArray[Any]]) -> dict[str, NDArray[np.float32]]:
    is_grain = inputs["text"][:, WORDS.index("wheat")] > 0
    return {"label": np.stack([is_grain, ~is_grain], axis=1).astype(np.float32)}
