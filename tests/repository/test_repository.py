"""Rules for the repository itself: locked packages, tracked files, and the names in README.md."""

import re
import shutil
import subprocess
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.version import Version

from stages.config.dvc_config_secrets import check_secrets
from tests.repository.dvc_yaml import ROOT
from tests.stories.repo import environment

LOCK = (ROOT / "requirements.lock").read_text(encoding="utf-8")
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


def tracked_files() -> list[Path]:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    return [ROOT / name for name in listed.split("\0") if name and (ROOT / name).is_file()]


def locked_versions() -> dict[str, Version]:
    pairs = re.findall(r"^([a-z0-9-]+)==([^ ;\\]+)", LOCK, re.MULTILINE)
    return {name: Version(version) for name, version in pairs}


def project_requirements() -> list[Requirement]:
    return [Requirement(r) for r in PROJECT["project"]["dependencies"] + PROJECT["dependency-groups"]["dev"]]


@pytest.mark.parametrize("requirement", project_requirements(), ids=str)
def test_the_lock_satisfies_pyproject(requirement: Requirement) -> None:
    version = locked_versions().get(re.sub(r"[._]", "-", requirement.name.lower()))
    assert version is not None, "run `make lock`"
    assert version in requirement.specifier, "run `make lock`"


def test_the_lock_contains_hashes_and_no_host_names() -> None:
    entries = re.findall(r"^[a-z0-9-]+==.*(?:\n {4}--hash=sha256:[0-9a-f]{64}.*)+", LOCK, re.MULTILINE)
    assert len(entries) == len(re.findall(r"^[a-z0-9-]+==", LOCK, re.MULTILINE))
    assert "://" not in LOCK
    assert "index-url" not in LOCK


def test_libraries_that_affect_results_have_one_version_for_all_pythons() -> None:
    for name in ("keras", "numpy", "pandas", "pyarrow", "scikit-learn", "tensorflow", "great-expectations", "pillow"):
        assert len(re.findall(rf"^{name}==", LOCK, re.MULTILINE)) == 1, name


def test_git_contains_no_data() -> None:
    assert [p for p in tracked_files() if p.stat().st_size > 1_000_000] == []
    assert [
        p for p in tracked_files() if p.suffix in {".npy", ".npz", ".parquet", ".keras", ".h5", ".gz", ".pkl"}
    ] == []


# It subclasses pickle.Unpickler, so that nothing a pickle names is called; see tests/download/hostile_pickles.py.
MAY_IMPORT_PICKLE = ROOT / "stages/download/formats/arrays/restricted_pickle.py"


def test_no_unsafe_calls() -> None:
    forbidden = re.compile(
        r"\bimport (pickle|joblib|dill|shelve)\b|\beval\(|\bexec\(|shell=True|allow_pickle=True|os\.system"
    )
    for file in (p for p in tracked_files() if p.suffix == ".py" and "stages" in p.parts and "tests" not in p.parts):
        found = {match[0] for match in forbidden.finditer(file.read_text(encoding="utf-8"))}
        assert found == ({"import pickle"} if file == MAY_IMPORT_PICKLE else set()), file


def test_git_contains_no_secrets() -> None:
    check_secrets(ROOT / ".dvc/config")
    assert ROOT / ".dvc/config.local" not in tracked_files()


def test_every_package_has_tests() -> None:
    packages = {p.name for p in (ROOT / "stages").iterdir() if (p / "__init__.py").is_file()}
    assert packages <= {p.name for p in (ROOT / "tests").iterdir() if any(p.glob("test_*.py"))}


PAGES = sorted(
    p.relative_to(ROOT).as_posix() for p in tracked_files() if p.suffix == ".md" and "reports" not in p.parts
)


@pytest.mark.parametrize("page", PAGES)
def test_pages_name_existing_targets_and_files(page: str) -> None:
    text, makefile = ((ROOT / name).read_text(encoding="utf-8") for name in (page, "Makefile"))
    for target in re.findall(r"(?:`|^ *\$ )make ([a-z]+)", text, re.MULTILINE):
        assert re.search(rf"^{target}:", makefile, re.MULTILINE), f"make {target}"
    for link in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", text):
        assert (ROOT / page).parent.joinpath(link).exists(), link


def test_dvc_finds_what_is_tracked_in_data(tmp_path: Path) -> None:
    """DVC does not look into a folder that it takes to be ignored, and then removes the file as an unused link.

    It reads `/data/*/` as if it meant `data/` too, unlike Git.
    """

    def run(*command: str) -> None:
        subprocess.run(command, cwd=tmp_path, env=environment(), check=True, capture_output=True)

    shutil.copy(ROOT / ".gitignore", tmp_path)
    (tmp_path / "data/raw").mkdir(parents=True)
    (tmp_path / "data/own.csv").write_text("a,b\n1,2\n")
    run("git", "init", "--quiet")
    run("dvc", "init", "--quiet")
    run("dvc", "add", "--quiet", "data/own.csv")
    run("dvc", "checkout", "--quiet")
    assert (tmp_path / "data/own.csv").is_file()
    ignored = subprocess.run(["git", "check-ignore", "data/raw"], cwd=tmp_path, check=False, capture_output=True)
    assert ignored.returncode == 0
