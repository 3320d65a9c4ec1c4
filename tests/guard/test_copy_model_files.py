"""The guard copies the files of conf/models that each dataset uses: an edit changes that dataset's folder alone."""

from pathlib import Path

import pytest

from stages.config.compose_conf import Composition, compose
from stages.core import paths
from stages.core.own_model.model_files import PACKAGE_FILE, import_model_files
from stages.guard.guard_stage import guard as guard_stage
from tests.core.own_model.example_files import FILES
from tests.run_in_process import published

guard = published(guard_stage)


@pytest.fixture
def own(conf: Path, edit):
    edit("dataset/iris.yaml", "model: {", "model: {kind: own, build: 'mine.py:build', files: [layers.py]} # {")
    (conf / "models").mkdir()
    for name, text in FILES.items():
        (conf / "models" / name).write_text(text)
    Path("params.yaml").write_text(compose(conf).text)
    return conf


def copies() -> dict[str, bytes]:
    folder = paths.MODEL_FILE_COPIES
    return {str(file.relative_to(folder)): file.read_bytes() for file in folder.rglob("*") if file.is_file()}


def test_each_dataset_has_its_own_files_and_a_file_that_dvc_keeps(own: Path):
    guard()
    files = {f"iris/{name}": text.encode() for name, text in FILES.items()}
    assert {name: content for name, content in copies().items() if not name.endswith(PACKAGE_FILE)} == files
    assert {name for name in copies() if name.endswith(PACKAGE_FILE)} == {
        f"{key}/{PACKAGE_FILE}" for key in ("iris", "wine", "sequence")
    }


def test_the_copies_are_what_train_and_evaluate_import(conf: Path, small_composition: Composition):
    Path("params.yaml").write_text(small_composition.text)
    guard()
    assert import_model_files(paths.model_file_copies("wine")).modules == {}


def test_an_edit_changes_the_copies_of_this_dataset_alone(own: Path):
    guard()
    before = copies()
    with (own / "models/layers.py").open("a") as file:
        file.write("# A comment.\n")
    guard()
    assert [name for name, content in copies().items() if before[name] != content] == ["iris/layers.py"]


def test_a_file_that_is_no_longer_used_is_removed(own: Path, edit, small_composition: Composition):
    guard()
    edit("dataset/iris.yaml", "model: {kind: own, build: 'mine.py:build', files: [layers.py]} # {", "model: {")
    Path("params.yaml").write_text(small_composition.text)
    guard()
    assert sorted(name for name in copies() if name.startswith("iris/")) == [f"iris/{PACKAGE_FILE}"]
