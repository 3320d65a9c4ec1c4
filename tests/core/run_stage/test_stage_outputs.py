import json
from pathlib import Path

import pytest

from stages.core.errors import UserError
from stages.core.files.atomic_write import write_json
from stages.core.run_stage.stage_outputs import StageOutputs, published_outputs


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def write_outputs(outputs: StageOutputs, folder: Path) -> None:
    with outputs.folder(folder / "model") as model:
        write_json(model / "training.json", {})
    outputs.write_text(folder / "history.csv", "new")


def raise_error() -> None:
    raise ZeroDivisionError


def write_and_raise(folder: Path, check_fails: bool) -> None:
    with published_outputs(raise_error if check_fails else lambda: None) as outputs:
        write_outputs(outputs, folder)
        if not check_fails:
            raise_error()


def publish_then_raise(folder: Path) -> None:
    with published_outputs() as outputs:
        outputs.write_json(folder / "result.json", {"passed": False})
        outputs.publish()
        outputs.write_text(folder / "marker", "valid")
        raise UserError("not valid")


def test_outputs_appear_together(tmp_path: Path) -> None:
    with published_outputs() as outputs:
        write_outputs(outputs, tmp_path)
        assert names(tmp_path) == ["history.csv.incomplete", "model.incomplete"]
    assert names(tmp_path) == ["history.csv", "model"]
    assert names(tmp_path / "model") == ["training.json"]


@pytest.mark.parametrize("check_fails", [True, False])
def test_a_failure_discards_all_outputs(tmp_path: Path, check_fails: bool) -> None:
    (tmp_path / "history.csv").write_text("old")
    with pytest.raises(ZeroDivisionError):
        write_and_raise(tmp_path, check_fails)
    assert names(tmp_path) == ["history.csv"]
    assert (tmp_path / "history.csv").read_text() == "old"


def test_outputs_published_before_a_failure_are_kept(tmp_path: Path) -> None:
    with pytest.raises(UserError):
        publish_then_raise(tmp_path)
    assert names(tmp_path) == ["result.json"]
    assert json.loads((tmp_path / "result.json").read_text()) == {"passed": False}
