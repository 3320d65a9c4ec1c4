from pathlib import Path

import pytest

from stages.core.artefacts.read_history import read_history
from stages.core.errors import UserError


def test_a_history_is_columns_of_numbers(tmp_path: Path) -> None:
    path = tmp_path / "iris.csv"
    path.write_text("epoch,loss,val_loss\n1,0.5,0.75\n2,0.25,1e-05\n")
    assert read_history(path, "iris") == {"epoch": [1, 2], "loss": [0.5, 0.25], "val_loss": [0.75, 1e-05]}


def test_a_history_may_hold_nan(tmp_path: Path) -> None:
    path = tmp_path / "iris.csv"
    path.write_text("epoch,loss\n1,0.5\n2,nan\n")
    assert read_history(path, "iris")["loss"][0] == 0.5


@pytest.mark.parametrize(
    "content", ["", "epoch,loss\n1\n", "epoch,loss\n1,x\n", "epoch,loss\n1,0.5\n2,0", "epoch,loss\n1,0.5"]
)
def test_a_damaged_history_names_file_and_command(tmp_path: Path, content: str) -> None:
    path = tmp_path / "iris.csv"
    path.write_text(content)
    with pytest.raises(UserError) as caught:
        read_history(path, "iris")
    assert str(caught.value).startswith(f"{path}: damaged (")
    assert "dvc repro --force train@iris" in str(caught.value)
