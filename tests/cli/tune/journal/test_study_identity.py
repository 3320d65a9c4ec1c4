"""What starts a new study."""

import json

import pytest

from stages.cli.tune.journal.study_identity import study_identity
from stages.cli.tune.study import Choices, NumberRange

RANGES = {"train.batch": Choices(values=["8", "16"]), "train.epochs": NumberRange(kind="int", low=1, high=5)}
SECTIONS = {"preprocess": {"targets": "y"}, "train": {"epochs": 3}, "evaluate": {"headline": "rmse"}}


@pytest.fixture(name="files")
def _files(tmp_path):
    (tmp_path / "raw").mkdir()
    (tmp_path / "raw/meta.json").write_text(json.dumps({"files": {"all.parquet": "abc"}}))
    (tmp_path / "mine.py").write_text("x = 1\n")
    return tmp_path


def identity(files, ranges=RANGES, sections=SECTIONS, seed=0):
    return study_identity(ranges, sections, files / "raw", [files / "mine.py"], seed)


def test_the_same_inputs_are_the_same_study(files):
    assert identity(files) == identity(files)
    assert identity(files).folder_name == identity(files).folder_name


def test_the_changed_parts_are_named(files):
    before = identity(files)
    assert identity(files, ranges=dict(reversed(RANGES.items()))).changed_parts(before) == ["ranges"]
    assert identity(files, sections=SECTIONS | {"train": {"epochs": 4}}).changed_parts(before) == ["parameters"]
    assert identity(files, seed=1).changed_parts(before) == ["seed"]
    (files / "raw/meta.json").write_text("{}")
    (files / "mine.py").write_text("x = 2\n")
    after = identity(files)
    assert after.changed_parts(before) == ["data", "code"]
    assert after.folder_name != before.folder_name
