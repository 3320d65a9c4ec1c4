"""Which libraries belong to which stage."""

from pathlib import Path

import pytest

from stages.cli.lock.stage_imports import ROOT
from stages.cli.lock.stage_requirements import QUIET, check_slices, directly_used, read_lock, required_by, slices
from stages.core.errors import UserError
from stages.core.runtime.locked_versions import REQUIREMENTS_FOLDER


@pytest.fixture(autouse=True)
def root(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)


def with_library(name: str) -> set[str]:
    """The stages that a new version of it reruns."""
    return {file.stem for file, text in slices().items() if any(line.startswith(f"{name}==") for line in text.split())}


def test_what_is_committed_is_what_the_lock_gives() -> None:
    check_slices()
    assert set(slices()) == set(REQUIREMENTS_FOLDER.glob("*"))


@pytest.mark.parametrize(
    ("library", "stages"),
    [
        ("tensorflow", {"train", "evaluate"}),
        ("h5py", {"train", "evaluate"}),
        ("ml-dtypes", {"train", "evaluate"}),
        ("scikit-learn", {"download", "preprocess"}),
        ("scipy", {"download", "validate", "preprocess"}),
        ("great-expectations", {"validate"}),
        ("jinja2", {"report", "summary"}),
        ("hydra-core", {"guard"}),
        *[(name, set()) for name in ("ruff", "pytest", "mypy", "dvc", "tqdm", "requests", "setuptools")],
    ],
)
def test_a_new_version_reruns(library: str, stages: set[str]) -> None:
    assert with_library(library) == stages


def test_a_lock_is_read_without_hashes_and_with_what_pythons_differ_in(tmp_path: Path) -> None:
    (tmp_path / "lock").write_text(
        "a-b==1 \\\n    --hash=sha256:00 \\\n    --hash=sha256:11\n"
        "c==1 ; python_full_version < '3.12' \\\n    --hash=sha256:22\n"
        "c==2 ; python_full_version >= '3.12' \\\n    --hash=sha256:33\n"
    )
    assert read_lock(tmp_path / "lock") == {
        "a-b": ["a-b==1"],
        "c": ["c==1 ; python_full_version < '3.12'", "c==2 ; python_full_version >= '3.12'"],
    }


def test_what_a_library_requires_belongs_to_it_and_what_cannot_show_does_not() -> None:
    locked = set(read_lock())
    assert directly_used("stages.report.suite_summary", {"jinja2": ["Jinja2"], "typer": ["typer"]}) == {"jinja2"}
    assert required_by({"jinja2"}, locked) == {"jinja2", "markupsafe"}
    assert required_by({"great-expectations"}, locked) & QUIET == set()
    assert required_by({"tqdm", "not-locked"}, locked) == set()


def test_a_stale_slice_is_named_with_the_command(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        "stages.cli.lock.stage_requirements.slices", lambda: {REQUIREMENTS_FOLDER / "train.txt": "keras==0\n"}
    )
    with pytest.raises(UserError, match=r"stages/locked/train\.txt: not what .* run `restage lock`"):
        check_slices()
