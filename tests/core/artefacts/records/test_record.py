import json
from pathlib import Path

import pytest
from pydantic import ValidationError

from stages.core.artefacts.records.record import Record, read_record, write_record
from stages.core.errors import UserError


class Point(Record):
    y: float
    x: float = 1.0


def test_a_record_reads_back_as_it_was_written(tmp_path: Path) -> None:
    path = tmp_path / "point.json"
    write_record(path, Point(y=0.1))
    assert path.read_text(encoding="utf-8") == '{\n  "x": 1.0,\n  "y": 0.1\n}\n'
    assert read_record(Point, path, "evaluate", "iris") == Point(y=0.1)


@pytest.mark.parametrize("content", ["", "[]", '{"x": 1}', '{"y": "a"}', '{"y": 1, "z": 2}', '{"y": NaN}'])
def test_a_damaged_record_names_file_and_command(content: str, tmp_path: Path) -> None:
    path = tmp_path / "point.json"
    path.write_text(content)
    with pytest.raises(UserError) as caught:
        read_record(Point, path, "evaluate", "iris")
    assert str(path) in str(caught.value)
    assert "dvc repro --force evaluate@iris" in str(caught.value)


def test_a_missing_record_names_file_and_command(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="dvc repro evaluate@iris"):
        read_record(Point, tmp_path / "point.json", "evaluate", "iris")


def test_a_record_holds_finite_numbers_only() -> None:
    with pytest.raises(ValidationError):
        Point(y=float("nan"))


def test_numbers_keep_their_shortest_text(tmp_path: Path) -> None:
    write_record(tmp_path / "point.json", Point(y=1e-7, x=0.30000000000000004))
    assert json.loads((tmp_path / "point.json").read_text()) == {"x": 0.30000000000000004, "y": 1e-7}
