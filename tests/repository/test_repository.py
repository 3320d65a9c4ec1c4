"""What must hold of the repository itself."""

import re
import subprocess
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.version import Version

from stages.config.committed_secrets import check_secrets
from tests.repository.dvc_file import ROOT

LOCK = (ROOT / "requirements.lock").read_text(encoding="utf-8")
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


def tracked() -> list[Path]:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    return [ROOT / name for name in listed.split("\0") if name and (ROOT / name).is_file()]


def locked() -> dict[str, Version]:
    pairs = re.findall(r"^([a-z0-9-]+)==([^ ;\\]+)", LOCK, re.MULTILINE)
    return {name: Version(version) for name, version in pairs}


def required() -> list[Requirement]:
    return [Requirement(r) for r in PROJECT["project"]["dependencies"] + PROJECT["dependency-groups"]["dev"]]


@pytest.mark.parametrize("requirement", required(), ids=str)
def test_the_lock_holds_what_the_project_asks_for(requirement: Requirement) -> None:
    version = locked().get(re.sub(r"[._]", "-", requirement.name.lower()))
    assert version is not None, "run `make lock`"
    assert version in requirement.specifier, "run `make lock`"


def test_the_lock_names_hashes_and_no_host() -> None:
    entries = re.findall(r"^[a-z0-9-]+==.*(?:\n {4}--hash=sha256:[0-9a-f]{64}.*)+", LOCK, re.MULTILINE)
    assert len(entries) == len(re.findall(r"^[a-z0-9-]+==", LOCK, re.MULTILINE))
    assert "://" not in LOCK
    assert "index-url" not in LOCK


def test_one_version_of_what_results_depend_on_serves_every_python() -> None:
    for name in ("keras", "numpy", "pandas", "pyarrow", "scikit-learn", "tensorflow", "great-expectations", "pillow"):
        assert len(re.findall(rf"^{name}==", LOCK, re.MULTILINE)) == 1, name


def test_git_holds_no_data() -> None:
    assert [p for p in tracked() if p.stat().st_size > 1_000_000] == []
    assert [p for p in tracked() if p.suffix in {".npy", ".npz", ".parquet", ".keras", ".h5", ".gz", ".pkl"}] == []


def test_nothing_dangerous_is_called() -> None:
    forbidden = re.compile(
        r"\bimport (pickle|joblib|dill|shelve)\b|\beval\(|\bexec\(|shell=True|allow_pickle=True|os\.system"
    )
    for file in (p for p in tracked() if p.suffix == ".py" and "stages" in p.parts and "tests" not in p.parts):
        assert not forbidden.search(file.read_text(encoding="utf-8")), file


def test_git_holds_no_secrets() -> None:
    check_secrets(ROOT / ".dvc/config")
    assert ROOT / ".dvc/config.local" not in tracked()


def test_every_room_has_its_tests() -> None:
    rooms = {p.name for p in (ROOT / "stages").iterdir() if (p / "__init__.py").is_file()}
    assert rooms <= {p.name for p in (ROOT / "tests").iterdir() if any(p.glob("test_*.py"))}


def test_the_readme_names_only_what_there_is() -> None:
    readme, makefile = ((ROOT / name).read_text(encoding="utf-8") for name in ("README.md", "Makefile"))
    for target in re.findall(r"\bmake ([a-z]+)", readme):
        assert re.search(rf"^{target}:", makefile, re.MULTILINE), f"make {target}"
    for link in re.findall(r"\]\(([^)#:]+)\)", readme):
        assert (ROOT / link).exists(), link
