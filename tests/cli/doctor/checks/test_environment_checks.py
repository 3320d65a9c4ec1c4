"""Python, .venv, packages and byte code."""

import compileall
import os
import sys
from pathlib import Path

import pytest

import stages
from stages.cli.doctor.checks.environment_checks import (
    byte_code,
    byte_code_writing,
    code_of_this_clone,
    packages,
    python,
    virtual_environment,
)
from stages.cli.doctor.finding import Level
from tests.cli.doctor.conftest import write

LOCK = """\
absl-py==2.5.1 \\
    --hash=sha256:0
numpy==2.4.0 ; python_version >= '3' \\
    --hash=sha256:0
windows-only==1.0 ; sys_platform == 'another'
"""


@pytest.mark.parametrize(
    ("running", "level"), [((3, 11), Level.OK), ((3, 10), Level.PROBLEM), ((3, 14), Level.PROBLEM)]
)
def test_the_supported_pythons_are_those_of_the_project(running: tuple[int, int], level: Level, folder: Path) -> None:
    write("pyproject.toml", '[project]\nrequires-python = ">=3.11,<3.14"\n')
    assert python(running).level is level


def make_environment(folder: Path, version: str) -> None:
    write(f"{folder}/pyvenv.cfg", f"home = /usr/bin\nversion = {version}\n")
    (folder / "bin").mkdir(exist_ok=True)
    (folder / "bin/python").symlink_to(sys.executable)


def test_an_active_environment_is_fine(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    make_environment(folder / ".venv", "{}.{}.1".format(*sys.version_info))
    monkeypatch.setattr(sys, "prefix", str(folder / ".venv"))
    assert virtual_environment().level is Level.OK


def test_a_missing_environment_is_a_problem_unless_another_is_active(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "prefix", "/other")
    assert virtual_environment().level is Level.WARNING
    monkeypatch.setattr(sys, "prefix", sys.base_prefix)
    monkeypatch.delenv("CONDA_PREFIX", raising=False)
    assert virtual_environment() == (Level.PROBLEM, "no .venv", "`make setup`")


def test_an_environment_without_its_python_is_a_problem(folder: Path) -> None:
    make_environment(folder / ".venv", "3.11.2")
    (folder / ".venv/bin/python").unlink()
    (folder / ".venv/bin/python").symlink_to("/removed/python3.11")
    assert virtual_environment().level is Level.PROBLEM


def test_an_environment_that_is_not_active_is_named_with_its_python(folder: Path) -> None:
    make_environment(folder / ".venv", "3.12.4")
    finding = virtual_environment()
    assert finding.level is Level.WARNING
    assert "3.12" in finding.found


def test_an_environment_of_an_older_python_is_a_problem(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    make_environment(folder / ".venv", "3.9.1")
    monkeypatch.setattr(sys, "prefix", str(folder / ".venv"))
    assert virtual_environment().level is Level.PROBLEM


def test_locked_packages_of_this_system_are_compared(folder: Path) -> None:
    write("requirements.lock", LOCK)
    installed = {"absl-py": "2.5.1", "numpy": "2.4.0"}
    assert packages(installed=installed.get) == (Level.OK, "2 as in requirements.lock", "")


def test_missing_packages_and_other_versions_are_named(folder: Path) -> None:
    write("requirements.lock", LOCK)
    finding = packages(installed={"numpy": "2.3.0"}.get)
    assert finding.level is Level.PROBLEM
    assert "absl-py missing (locked 2.5.1), numpy 2.3.0 (locked 2.4.0)" in finding.found


def test_without_the_library_for_markers_its_absence_is_found(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write("requirements.lock", f"packaging==25.0 \\\n{LOCK}")
    monkeypatch.setitem(sys.modules, "packaging.markers", None)
    assert "packaging missing" in packages(installed=lambda _: None).found


@pytest.fixture
def library(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A package `library` of three modules, and Restage's own package as it is after `make setup`."""
    for name in ("__init__", "a", "b/__init__"):
        write(f"library/{name}.py")
    monkeypatch.syspath_prepend(str(folder))
    ours = write("ours/__init__.py")
    compileall.compile_dir(ours.parent, quiet=1)
    monkeypatch.setattr(stages, "__file__", str(ours))
    return folder / "library"


def test_a_package_without_byte_code_is_named(library: Path) -> None:
    assert "library" in byte_code(["library"]).found
    compileall.compile_dir(library, quiet=1)
    assert byte_code(["library"]).level is Level.OK


def test_byte_code_that_is_older_than_its_source_is_of_no_use(library: Path) -> None:
    compileall.compile_dir(library, quiet=1)
    os.utime(library / "__init__.py", (1e9, 1e9))
    assert byte_code(["library"]).level is Level.WARNING


def test_our_own_code_without_byte_code_is_named(library: Path) -> None:
    for file in Path("ours/__pycache__").iterdir():
        file.unlink()
    assert byte_code([]).solution == "`python -m compileall -q stages`"


def test_a_package_that_is_not_installed_is_no_finding_here(library: Path) -> None:
    assert byte_code(["not_installed"]).level is Level.OK


def test_disabled_writing_of_byte_code_is_found() -> None:
    assert byte_code_writing(disabled=True).level is Level.WARNING
    assert byte_code_writing(disabled=False).level is Level.OK


def test_code_of_another_clone_is_a_problem(folder: Path) -> None:
    Path("stages").mkdir()
    assert code_of_this_clone().level is Level.PROBLEM
    assert code_of_this_clone(folder / "stages").level is Level.OK
