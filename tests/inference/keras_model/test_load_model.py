from pathlib import Path

import keras
import pytest

from stages.core.errors import UserError
from stages.inference.keras_model.load_model import load_model
from tests.inference.linear_model import linear_model


def error_message(folder: Path) -> str:
    with pytest.raises(UserError) as caught:
        load_model(folder)
    return str(caught.value)


def test_a_missing_model_names_file_and_command(tmp_path: Path) -> None:
    message = error_message(tmp_path / "iris")
    assert f"{tmp_path}/iris/model.keras" in message
    assert "`dvc repro train@iris`" in message


def test_a_damaged_model_names_file_and_command(tmp_path: Path) -> None:
    folder = tmp_path / "iris"
    folder.mkdir()
    linear_model(1, 0).save(folder / "model.keras")
    content = (folder / "model.keras").read_bytes()
    half = len(content) // 2
    overwritten = content[:half] + b"\xff" * 40 + content[half + 40 :]
    for damaged in (b"", content[:-100], content[:200], overwritten):
        (folder / "model.keras").write_bytes(damaged)
        message = error_message(folder)
        assert message.startswith(f"{folder}/model.keras: damaged (")
        assert message.endswith("run `dvc repro --force train@iris`")


def test_a_model_that_carries_code_is_refused(tmp_path: Path) -> None:
    code = keras.layers.Lambda(lambda x: x, name="code")
    keras.Sequential([keras.layers.Input((1,)), code]).save(tmp_path / "model.keras")
    assert "damaged" in error_message(tmp_path)
