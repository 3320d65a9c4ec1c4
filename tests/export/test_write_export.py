"""The folder of an export: for data of every kind its answers are those of Keras, and its bytes depend on nothing."""

import json
import re
from contextlib import chdir
from pathlib import Path

import numpy as np
import pytest

from stages.core import paths
from stages.core.artefacts.processed import TEST, read_processed
from stages.core.artefacts.raw.raw_files import sha256_of
from stages.core.files.atomic_write import write_text
from stages.export.dataset_inputs import read_dataset_inputs
from stages.export.exported_files import EXPORTED_NAMES
from stages.export.litert.not_convertible import NotConvertibleError
from stages.export.write_export import write_export
from stages.inference.kept_rows.check_kept_rows import largest_difference
from stages.inference.model_card import TOLERANCE
from stages.inference.model_folder import MODEL_FILES, open_model_folder
from tests.export.exported_examples import KEY, export_example, write_results
from tests.inference.prediction_examples import EXAMPLES

WITHOUT_KEPT_ROWS = ["columns of every kind"]


def content_of(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.mark.parametrize("name", EXAMPLES)
def test_the_answers_are_those_of_keras(name: str, tmp_path: Path) -> None:
    work, folder = tmp_path / "work", tmp_path / "export"
    work.mkdir()
    export_example(EXAMPLES[name], folder, work)
    assert {path.name for path in folder.iterdir()} == EXPORTED_NAMES
    model = open_model_folder(folder)
    assert model.card.engine == "litert", model.card.reason
    found = largest_difference(model)
    if name in WITHOUT_KEPT_ROWS:
        assert found is None
    else:
        assert found is not None
        kept, difference = found
        assert 0 <= difference <= TOLERANCE == kept.tolerance
        assert all(answers.keys() & {"probabilities", "values"} for answers in kept.targets.values())
    test_rows = read_processed(work / "data/processed" / KEY)
    assert model.card.data.samples == test_rows.fitted.splits
    assert test_rows.sample_count(TEST) > 0


def test_the_same_inputs_give_the_same_bytes(tmp_path: Path) -> None:
    with chdir(tmp_path):
        write_results(EXAMPLES["three classes"])
        for name in ("first", "second"):
            write_export(read_dataset_inputs(KEY), Path(name))
    first, second = (content_of(tmp_path / name) for name in ("first", "second"))
    assert first == second


def test_the_manifest_has_the_hash_of_each_file(export_of_every_kind: Path) -> None:
    files = export_of_every_kind / MODEL_FILES
    hashes = json.loads((files / "manifest.json").read_text())["files"]
    names = {path.relative_to(files).as_posix() for path in files.rglob("*") if path.is_file()}
    assert hashes.keys() == names - {"manifest.json"}
    assert hashes == {name: sha256_of(files / name) for name in hashes}
    assert names == {
        *("fitted.json", "input_schema.json", "manifest.json", "model.keras", "model.tflite", "model_card.json"),
        "output_settings.json",
    }


def test_no_value_of_a_private_column_is_in_any_file(export_of_every_kind: Path) -> None:
    """The values of the column `owner` are owner 0, owner 1 and owner 2."""
    for path in export_of_every_kind.rglob("*"):
        if path.is_file():
            assert re.search(rb"owner \d", path.read_bytes()) is None, path
    assert b"owner" in (export_of_every_kind / MODEL_FILES / "fitted.json").read_bytes()


def test_kept_rows_have_all_kinds_of_values(export_without_private: Path) -> None:
    model = open_model_folder(export_without_private)
    assert model.card.kept_rows == 5
    with np.load(model.files / "kept_rows.npz", allow_pickle=False) as arrays:
        kinds = {array.dtype.kind for array in arrays.values()}
    assert kinds >= {"f", "i", "u", "b", "U", "M"}
    found = largest_difference(model)
    assert found is not None
    assert found[1] <= TOLERANCE


def test_pictures_need_pillow(export_of_every_kind: Path) -> None:
    for name in ("requirements.txt", "requirements-serve.txt"):
        text = (export_of_every_kind / name).read_text()
        assert re.findall(r"^pillow==", text, re.MULTILINE) == ["pillow=="]
        assert ("fastapi==" in text) is (name == "requirements-serve.txt")
        assert "tensorflow" not in text


def test_a_model_that_is_not_convertible(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is exported for Keras, with the user's own code."""
    from stages.export.litert import convert_model as module

    def refuse(*_: object) -> bytes:
        raise NotConvertibleError("LiteRT has no built-in operation for Erfinv of TensorFlow")

    monkeypatch.setattr(module, "convert_model", refuse)
    with chdir(tmp_path):
        write_results(EXAMPLES["three classes"])
        write_text(paths.model_file_copies(KEY) / "mine.py", "NUMBER = 1\n")
        write_export(read_dataset_inputs(KEY), Path("export"))
    model = open_model_folder(tmp_path / "export")
    assert (model.card.engine, model.card.kept_rows) == ("keras", 5)
    assert (model.files / "own_code/mine.py").read_text() == "NUMBER = 1\n"
    assert not (model.files / "model.tflite").exists()
    requirements = (tmp_path / "export/requirements.txt").read_text()
    assert "\ntensorflow==" in requirements
    assert "ai-edge-litert" not in requirements
    assert "Erfinv" in (tmp_path / "export/README.md").read_text()
    found = largest_difference(model)
    assert found is not None
    assert found[1] == 0


def test_a_converted_model_with_other_outputs_is_not_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from stages.export.litert import compare_outputs as module

    monkeypatch.setattr(module, "TOLERANCE", -1.0)
    with chdir(tmp_path):
        write_results(EXAMPLES["three classes"])
        write_export(read_dataset_inputs(KEY), Path("export"))
    model = open_model_folder(tmp_path / "export")
    assert model.card.engine == "keras"
    assert not (model.files / "model.tflite").exists()
