"""Which libraries belong to which stage."""

import sys
from pathlib import Path

import pytest

from stages.cli.lock.stage_imports import ROOT, import_graph
from stages.cli.lock.stage_requirements import (
    WITHOUT_EFFECT,
    imported_distributions,
    read_lock,
    requirements_files,
    with_requirements,
)
from stages.core.errors import UserError
from stages.core.runtime.library_versions import REQUIREMENTS_FOLDER


@pytest.fixture(autouse=True)
def _in_repository(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)


@pytest.fixture(scope="module")
def libraries_by_stage() -> dict[str, set[str]]:
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(ROOT)
        contents = requirements_files()
    return {file.stem: {line.partition("==")[0] for line in text.splitlines()} for file, text in contents.items()}


def test_every_stage_has_a_file(libraries_by_stage: dict[str, set[str]]) -> None:
    assert set(libraries_by_stage) == {file.stem for file in REQUIREMENTS_FOLDER.glob("*")}


@pytest.mark.parametrize(
    ("library", "stages"),
    [
        ("tensorflow", {"train", "evaluate", "export"}),
        ("h5py", {"train", "evaluate", "export"}),
        ("ml-dtypes", {"train", "evaluate", "export"}),
        ("scikit-learn", {"download", "preprocess", "evaluate"}),
        ("scipy", {"download", "validate", "preprocess", "evaluate"}),
        ("great-expectations", {"validate"}),
        ("ai-edge-litert", {"export"}),
        ("jinja2", {"report", "summary"}),
        ("hydra-core", {"guard"}),
        *[(name, set()) for name in ("ruff", "pytest", "mypy", "dvc", "tqdm", "requests", "setuptools")],
    ],
)
def test_stages_that_depend_on_a_library(
    library: str, stages: set[str], libraries_by_stage: dict[str, set[str]]
) -> None:
    assert {stage for stage, libraries in libraries_by_stage.items() if library in libraries} == stages


def test_lock_lines_are_read_without_hashes_and_with_markers(tmp_path: Path) -> None:
    (tmp_path / "lock").write_text(
        "a-b==1 \\\n    --hash=sha256:00 \\\n    --hash=sha256:11\n"
        "c==1 ; python_full_version < '3.12' \\\n    --hash=sha256:22\n"
        "c==2 ; python_full_version >= '3.12' \\\n    --hash=sha256:33\n"
    )
    assert read_lock(tmp_path / "lock") == {
        "a-b": ["a-b==1"],
        "c": ["c==1 ; python_full_version < '3.12'", "c==2 ; python_full_version >= '3.12'"],
    }


def test_imported_distributions() -> None:
    provided = {"jinja2": ["Jinja2"], "typer": ["typer"]}
    assert imported_distributions("stages.report.summary_stage", provided) == {"jinja2"}


def test_requirements_without_effect_are_left_out() -> None:
    locked = set(read_lock())
    assert with_requirements({"jinja2"}, locked) == {"jinja2", "markupsafe"}
    assert with_requirements({"great-expectations"}, locked) & WITHOUT_EFFECT == set()
    assert with_requirements({"tqdm", "not-locked"}, locked) == set()


def test_without_grimp(monkeypatch: pytest.MonkeyPatch) -> None:
    import_graph.cache_clear()
    monkeypatch.setitem(sys.modules, "grimp", None)
    with pytest.raises(UserError, match=r"grimp is not installed.*`make setup`"):
        import_graph()
