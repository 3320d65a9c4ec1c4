"""An exported folder is opened only if its files are those that were exported."""

import json
import shutil
from pathlib import Path

import pytest

from stages.core.errors import UserError
from stages.inference.model_folder import MODEL_FILES, open_model_folder
from tests.export.conftest import export_without_private

__all__ = ["export_without_private"]
from tests.missing_library import without_library


@pytest.fixture(name="folder")
def _folder(export_without_private: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(export_without_private, tmp_path / "export"))


def refused(folder: Path) -> tuple[str, ...]:
    with pytest.raises(UserError) as caught:
        open_model_folder(folder)
    return caught.value.messages


def change_manifest(folder: Path, **changes: object) -> None:
    path = folder / MODEL_FILES / "manifest.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | changes))


def test_a_folder_is_opened(folder: Path) -> None:
    model = open_model_folder(folder)
    assert model.schema.key == model.card.key == "houses"
    assert set(model.predictor.fitted.targets) == {"value", "kind"}
    assert model.files == folder / "model/files"


def test_all_missing_and_changed_files_are_named(folder: Path) -> None:
    files = folder / MODEL_FILES
    (files / "model.tflite").unlink()
    (files / "fitted.json").write_text((files / "fitted.json").read_text() + "\n")
    changed, missing = refused(folder)
    assert changed.startswith(f"{files / 'fitted.json'}: was changed")
    assert missing.startswith(f"{files / 'model.tflite'}: missing")


@pytest.mark.parametrize("name", ["", "nothing", "model/files/fitted.json"])
def test_another_folder(folder: Path, name: str) -> None:
    other = folder.parent / "other" if not name else folder / name
    [message] = refused(other)
    assert message.startswith(f"{other}: no exported model")


def test_a_newer_format_names_both_versions(folder: Path) -> None:
    change_manifest(folder, format_version=2, new_key=1)
    [message] = refused(folder)
    assert "has format version 2, and this code reads 1" in message


@pytest.mark.parametrize("content", ["", "[]", "{}", "{"])
def test_a_damaged_manifest(folder: Path, content: str) -> None:
    (folder / MODEL_FILES / "manifest.json").write_text(content)
    [message] = refused(folder)
    assert "manifest.json: damaged" in message


def test_a_missing_library_is_named_with_the_command(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    without_library(monkeypatch, "ai_edge_litert", "stages.inference.litert.litert_model")
    [message] = refused(folder)
    assert "ai_edge_litert" in message
    assert "pip install --require-hashes -r requirements.txt" in message


def test_the_keras_model_of_a_folder(folder: Path) -> None:
    """As of an export that LiteRT cannot run."""
    change_manifest(folder, engine="keras")
    model = open_model_folder(folder)
    assert model.predictor.batch == 256
