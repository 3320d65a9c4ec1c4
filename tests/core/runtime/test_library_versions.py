"""A stage does not run with other library versions than the locked ones."""

from importlib.metadata import version
from pathlib import Path

import pytest

from stages.core.errors import UserError
from stages.core.runtime.library_versions import REQUIREMENTS_FOLDER, check_locked_versions

FILE = REQUIREMENTS_FOLDER / "train.txt"


@pytest.fixture(autouse=True)
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    REQUIREMENTS_FOLDER.mkdir(parents=True)


def check(requirements: str) -> None:
    FILE.write_text(requirements)
    check_locked_versions([Path("data/raw/iris"), FILE])


def test_the_locked_versions_pass() -> None:
    check(f"numpy=={version('numpy')}\n")


def test_all_differences_are_reported_together() -> None:
    with pytest.raises(UserError) as caught:
        check("no-such-library==1.0\nnumpy==1.0\n")
    missing, other, advice = caught.value.messages
    assert all(fact in missing for fact in (str(FILE), "no-such-library", "1.0", "none"))
    assert all(fact in other for fact in (str(FILE), "numpy", "1.0", version("numpy")))
    # Without a newer requirements.lock, make has nothing to do.
    assert "`touch requirements.lock && make setup`" in advice


def test_a_line_for_another_python_is_skipped() -> None:
    check("numpy==1.0 ; python_full_version < '3'\n")
    with pytest.raises(UserError, match="numpy"):
        check("numpy==1.0 ; python_full_version >= '3'\n")


def test_a_missing_file_names_the_command() -> None:
    with pytest.raises(UserError, match="restage lock"):
        check_locked_versions([FILE])
