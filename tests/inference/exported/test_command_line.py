"""The command line of an exported folder, with a small model that was exported for the tests."""

import io
import json
import shutil
import sys
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from stages.inference.exported.command_line import main
from stages.inference.model_folder import MODEL_FILES, sha256_of
from tests.export.exported_examples import export_example
from tests.inference.prediction_examples import EXAMPLES
from tests.missing_library import without_library

GOOD, WRONG = "a,id,b,c,d\n1,x,2,3,4\n", "a,id,b,c,d\n1,x,2,3,4\nz,y,2,3,4\n1,z,2,,5\n"


@pytest.fixture(scope="module", name="table")
def _table(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("table")
    export_example(EXAMPLES["three classes"], folder, tmp_path_factory.mktemp("results"))
    return folder


@pytest.fixture(scope="module", name="series")
def _series(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("series")
    export_example(EXAMPLES["differences of a logarithm"], folder, tmp_path_factory.mktemp("results"))
    return folder


@pytest.fixture(autouse=True)
def _in_empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def test_predictions_of_a_file(table: Path) -> None:
    Path("new.csv").write_text(GOOD)
    assert main(["predict", "new.csv", "-o", "out.jsonl"], table) == 0
    [record] = map(json.loads, Path("out.jsonl").read_text().splitlines())
    assert record["id"] == "x"
    assert record["kind"] in ("x", "y", "z")
    assert sum(record[f"kind_p_{name}"] for name in "xyz") == pytest.approx(1)


def test_one_row(table: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """It is that of a file with the same row."""
    Path("new.csv").write_text(GOOD)
    assert main(["predict", "new.csv", "-o", "out.jsonl"], table) == 0
    assert main(["predict", "--row", "a=1", "b=2", "c=3", "d=4"], table) == 0
    of_file = json.loads(Path("out.jsonl").read_text())
    assert json.loads(capsys.readouterr().out) == {name: value for name, value in of_file.items() if name != "id"}


def test_standard_input_and_output(
    table: Path, monkeypatch: pytest.MonkeyPatch, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BufferedReader(io.BytesIO(GOOD.encode()))))
    assert main(["predict", "-"], table) == 0
    header, row = capfdbinary.readouterr().out.decode().splitlines()
    assert header.split(",")[:2] == ["id", "kind"]
    assert row.startswith("x,")


def test_all_mistakes_are_reported_and_no_file_is_written(table: Path, capsys: pytest.CaptureFixture[str]) -> None:
    Path("new.csv").write_text(WRONG)
    assert main(["predict", "new.csv", "-o", "out.csv"], table) == 1
    first, second = capsys.readouterr().err.splitlines()
    assert first.startswith("model: predict: new.csv: row 2: column a: 'z'")
    assert second.startswith("model: predict: new.csv: row 3: column c: ")
    assert not Path("out.csv").exists()


def test_rows_with_a_mistake_are_left_out(table: Path, capsys: pytest.CaptureFixture[str]) -> None:
    Path("new.csv").write_text(WRONG)
    assert main(["predict", "new.csv", "-o", "out.csv", "--skip-bad"], table) == 0
    assert capsys.readouterr().out == "rows predicted: 1; rows left out: 2, see out.bad.csv\n"
    assert len(Path("out.csv").read_text().splitlines()) == 2
    assert [line.partition(",")[0] for line in Path("out.bad.csv").read_text().splitlines()] == ["row", "2", "3"]


def test_many_mistakes_are_counted(table: Path, capsys: pytest.CaptureFixture[str]) -> None:
    Path("new.csv").write_text("a,b,c,d\n" + "z,1,2,3\n" * 5000)
    assert main(["predict", "new.csv"], table) == 1
    *described, last = capsys.readouterr().err.splitlines()
    assert len(described) == 20
    assert last == "model: predict: new.csv: and 4,980 more"


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        (["predict"], "name an INPUT, or the values of a row"),
        (["predict", "new.csv", "--row", "a=1"], "name an INPUT, or the values of a row"),
        (["predict", "new.csv", "--skip-bad"], "--skip-bad writes a file beside that of -o"),
        (["predict", "nothing.csv"], "nothing.csv"),
        (["predict", "new.csv", "-o", "new.csv"], "new.csv: is the input, and would be replaced"),
        (["predict", "--row", "a=1"], "b"),
        (["predict", "--row", "a=1", "b=x", "c=1", "d=2"], "column b: 'x' is not a number"),
    ],
)
def test_mistakes_of_the_command_line(
    arguments: list[str], problem: str, table: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    Path("new.csv").write_text(GOOD)
    assert main(arguments, table) == 1
    assert problem in capsys.readouterr().err


def test_a_forecast_has_a_row_for_each_step(series: Path, capsys: pytest.CaptureFixture[str]) -> None:
    days = np.arange("2021-01-01", "2021-03-01", dtype="datetime64[D]")
    schema = json.loads((series / MODEL_FILES / "input_schema.json").read_text())
    columns = [column["name"] for column in schema["columns"]]
    rows = [[str(day) if name == "day" else "5.5" for name in columns] for day in days]
    Path("series.csv").write_text("\n".join(",".join(row) for row in [columns, *rows]) + "\n")
    assert main(["predict", "series.csv", "-o", "out.csv"], series) == 0, capsys.readouterr().err
    header, *steps = Path("out.csv").read_text().splitlines()
    assert "step" in header.split(",")
    fitted = json.loads((series / MODEL_FILES / "fitted.json").read_text())
    [step_count] = {target.get("step_count", 1) for target in fitted["targets"].values()}
    assert len(steps) == step_count > 1
    for arguments, need in (
        (["predict", "series.csv", "-o", "x.csv", "--skip-bad"], "predictions need each row"),
        (["predict", "--row", "price=1"], "a forecast needs several rows"),
    ):
        assert main(arguments, series) == 1
        assert need in capsys.readouterr().err


def test_the_check_passes_and_fails(table: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check"], table) == 0
    assert capsys.readouterr().out.startswith("the answers to 5 kept rows differ by at most")

    changed = Path(shutil.copytree(table, tmp_path / "changed"))
    files = changed / MODEL_FILES
    answers = json.loads((files / "kept_answers.json").read_text())
    first = answers["targets"]["kind"]["probabilities"][0]
    first[0] += 0.001
    (files / "kept_answers.json").write_text(json.dumps(answers))
    manifest = json.loads((files / "manifest.json").read_text())
    manifest["files"]["kept_answers.json"] = sha256_of(files / "kept_answers.json")
    (files / "manifest.json").write_text(json.dumps(manifest))
    assert main(["check"], changed) == 1
    assert "differ by 0.001, more than 0.0001" in capsys.readouterr().err


def test_what_a_model_is(table: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["describe"], table) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[:3] == [
        "houses: Houses",
        "predicts kind, one of x, y, z",
        "accuracy 0.75 on 4 test rows; 0.5 by the best baseline, majority",
    ]
    assert [line.strip().partition(":")[0] for line in lines[4:]] == ["a", "b", "c", "d"]


def test_the_server_needs_its_libraries(
    table: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for library in ("fastapi", "uvicorn"):
        without_library(monkeypatch, library, "stages.inference.serve")
    assert main(["serve"], table) == 1
    assert "requirements-serve.txt" in capsys.readouterr().err


def test_ctrl_c_ends_it_without_a_traceback(table: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("stages.inference.predictor.Predictor.predict", interrupt)
    Path("new.csv").write_text(GOOD)
    assert main(["predict", "new.csv", "-o", "out.csv"], table) == 130
    assert not Path("out.csv").exists()
