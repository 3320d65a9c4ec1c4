"""Rows of files, of standard input and of options, with a model that needs no Keras."""

import io
import json
import sys
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from stages.cli.predict.predict_input import predict_input
from stages.cli.predict.predict_options import PredictOptions
from stages.core.errors import UserError
from tests.cli.predict.example_model import class_model, series_model

GOOD = "id,b,a\nx,0.5,0.7\ny,0.25,0\nz,1,1\n"
PREDICTED = "id,y,y_probability,y_p_no,y_p_yes\nx,yes,0.6,0.39999998,0.6\ny,no,0.875,0.875,0.125\nz,yes,1.0,0.0,1.0\n"


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def predict(text: str = "", **options: Any) -> None:
    if text:
        Path("new.csv").write_text(text)
        options = {"source": Path("new.csv")} | options
    predict_input(class_model(), PredictOptions("tiny", **options))


def error(*args: str, **options: Any) -> str:
    with pytest.raises(UserError) as raised:
        predict(*args, **options)
    return str(raised.value)


def test_a_file_to_standard_output(capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    predict(GOOD)
    printed = capfdbinary.readouterr()
    assert printed.out.decode() == PREDICTED
    assert printed.err.decode() == "restage: predict: input: 3 rows; within the accepted profile\n"


def test_a_file_to_a_file(capsys: pytest.CaptureFixture[str]) -> None:
    predict(GOOD, out=Path("done.csv"))
    assert Path("done.csv").read_text() == PREDICTED
    assert "done.csv: 3 rows" in capsys.readouterr().err
    predict(GOOD, out=Path("done.parquet"))
    assert pq.read_table("done.parquet")["y"].to_pylist() == ["yes", "no", "yes"]


def test_standard_input_in_its_format(
    monkeypatch: pytest.MonkeyPatch, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    lines = b'{"a": 1, "b": 1}\n{"a": 0, "b": 0}\n'
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(lines)))
    predict(source="-", file_format="jsonl")
    answers = [json.loads(line) for line in capfdbinary.readouterr().out.splitlines()]
    assert [answer["y"] for answer in answers] == ["yes", "no"]


def test_one_row(capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    predict(row=["a=0.5", "b=0.25"])
    assert capfdbinary.readouterr().out.decode().splitlines()[1] == "no,0.625,0.625,0.375"


@pytest.mark.error_case("predict")
def test_all_bad_rows_are_reported_and_nothing_is_written(capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    bad = "a,b\n" + "1,1\n" * 3 + "one,1\n" * 7 + "1,\n"
    text = error(bad, out=Path("done.csv"))
    assert text.count("'one' is not a number") == 5
    assert "new.csv: row 4: column a: 'one' is not a number" in text
    assert "new.csv: column a: 2 more problems" in text
    assert "new.csv: row 11: column b: " in text
    assert text.splitlines()[-1] == (
        "new.csv: nothing was predicted; correct these rows, or leave them out with --skip-bad"
    )
    assert [*Path().iterdir()] == [Path("new.csv")]
    error(bad)
    assert capfdbinary.readouterr().out == b""


def test_bad_rows_go_to_a_side_file(capsys: pytest.CaptureFixture[str]) -> None:
    predict("id,a,b\nx,1,1\ny,one,0\nz,,\n", out=Path("done.csv"), skip_bad=True)
    assert Path("done.csv").read_text().splitlines()[1:] == ["x,yes,1.0,0.0,1.0"]
    header, *rows = Path("done.bad.csv").read_text().splitlines()
    assert header == "row,problems,id,a,b"
    assert [row.split(",")[0] for row in rows] == ["2", "3"]
    assert "2 left out, see done.bad.csv" in capsys.readouterr().err


def test_without_bad_rows_there_is_no_side_file(capsys: pytest.CaptureFixture[str]) -> None:
    predict(GOOD, out=Path("done.csv"), skip_bad=True)
    assert not Path("done.bad.csv").exists()
    assert "0 left out" in capsys.readouterr().err


@pytest.mark.error_case("predict")
def test_what_is_wrong_with_the_whole_input_is_found_before_the_model_is_loaded(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("tests.cli.predict.example_model.ExampleModel.load", None)
    assert error("a\n1\n") == "new.csv: no column 'b'; it has 'a'"
    assert error(source=Path("absent.csv")) == "absent.csv: no such file"
    assert error(source=Path()).startswith(".: a folder; ")


def test_an_error_in_the_middle_leaves_no_file(monkeypatch: pytest.MonkeyPatch) -> None:
    Path("done.csv").write_text("before")

    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("stages.inference.predictor.Predictor.predict", interrupt)
    with pytest.raises(KeyboardInterrupt):
        predict(GOOD, out=Path("done.csv"))
    assert Path("done.csv").read_text() == "before"
    assert {path.name for path in Path().iterdir()} == {"done.csv", "new.csv"}


SERIES = "value,month\n1,2020-01-31\n2,2020-02-29\n5,2020-03-31\n"


def forecast(text: str, **options: Any) -> None:
    Path("series.csv").write_text(text)
    predict_input(series_model(), PredictOptions("monthly", source=Path("series.csv"), **options))


def test_the_next_values_of_a_given_series(capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    forecast(SERIES)
    assert capfdbinary.readouterr().out.decode() == "month,step,value\n2020-04-30,1,15.0\n2020-05-31,2,25.0\n"


@pytest.mark.error_case("predict")
def test_a_series_needs_each_of_its_rows() -> None:
    with pytest.raises(UserError, match=r"series\.csv: row 2: column value: ") as raised:
        forecast(SERIES.replace("2,2020-02", "?,2020-02"))
    assert "--skip-bad" not in str(raised.value)
    with pytest.raises(UserError, match="--skip-bad: predictions need each row"):
        forecast(SERIES, skip_bad=True)
    with pytest.raises(UserError, match="that of row 3 is not; remove repeated times"):
        forecast(SERIES.replace("2020-03-31", "2020-02-29"))
    with pytest.raises(UserError, match="needs the last 2 rows of the series; received 1"):
        forecast("value,month\n1,2020-01-31\n")


@pytest.mark.error_case("predict")
def test_the_input_is_not_replaced() -> None:
    """The side file of bad rows is an input when they were corrected there."""
    assert (
        error(GOOD, out=Path("new.csv")) == "new.csv: is the input, and would be replaced; name another output with -o"
    )
    Path("done.bad.csv").write_text(GOOD)
    assert "done.bad.csv: is the input" in error(source=Path("done.bad.csv"), out=Path("done.csv"), skip_bad=True)
    assert Path("done.bad.csv").read_text() == GOOD
    predict(source=Path("done.bad.csv"), out=Path("done.csv"))


@pytest.mark.error_case("predict")
def test_a_folder_is_not_replaced() -> None:
    """Some programs write folders with such names."""
    Path("done.csv").mkdir()
    Path("done.csv/part-0.csv").write_text(GOOD)
    assert error(GOOD, out=Path("done.csv")) == "done.csv: is a folder; name a file with -o"
    assert Path("done.csv/part-0.csv").read_text() == GOOD
