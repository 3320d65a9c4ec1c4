"""A stage with other libraries than the locked ones says so and stops."""

from importlib.metadata import version
from pathlib import Path

import pytest

from stages.core.errors import UserError
from stages.core.runtime.locked_versions import check_installed_versions


def locked(folder: Path, text: str) -> Path:
    (folder / "train.txt").write_text(text)
    return folder / "train.txt"


def test_what_is_installed_may_run(tmp_path: Path) -> None:
    check_installed_versions(locked(tmp_path, f"numpy=={version('numpy')}\n"))


def test_all_that_differs_is_told_at_once(tmp_path: Path) -> None:
    file = locked(tmp_path, "no-such-library==1.0\nnumpy==1.0\n")
    with pytest.raises(UserError) as caught:
        check_installed_versions(file)
    assert caught.value.messages == (
        f"{file}: no-such-library: 1.0 is locked; received none",
        f"{file}: numpy: 1.0 is locked; received {version('numpy')}",
        "another version may give another result: run `make setup`, or activate the environment it made",
    )


def test_a_line_for_another_python_is_none_of_ours(tmp_path: Path) -> None:
    check_installed_versions(locked(tmp_path, "numpy==1.0 ; python_full_version < '3'\n"))
    with pytest.raises(UserError, match=r"numpy: 1\.0 is locked"):
        check_installed_versions(locked(tmp_path, "numpy==1.0 ; python_full_version >= '3'\n"))


def test_a_missing_slice_has_its_command(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="not here; run `restage lock`"):
        check_installed_versions(tmp_path / "train.txt")
