"""The requirements of exported folders: a closed part of requirements.lock, with hashes."""

import re
from pathlib import Path

import pytest

from stages.cli.lock import exported_requirements
from stages.cli.lock.exported_requirements import exported_requirements_files
from stages.cli.lock.stage_imports import ROOT
from stages.core.errors import UserError
from stages.export.requirements import part_file, requirements_text


@pytest.fixture(autouse=True)
def _in_repository(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)


def names(text: str) -> list[str]:
    return re.findall(r"^([a-z0-9-]+)==", text, re.MULTILINE)


def test_what_each_part_holds() -> None:
    parts = {file.stem: set(names(text)) for file, text in exported_requirements_files().items()}
    assert parts.keys() == {"litert", "keras", "pictures", "serve"}
    assert parts["litert"] >= {"ai-edge-litert", "flatbuffers", "numpy", "pydantic", "pydantic-core", "annotated-types"}
    assert parts["litert"] & {"tensorflow", "keras", "pandas", "pyarrow", "pyyaml", "dvc"} == set()
    assert parts["keras"] >= {"tensorflow", "keras", "h5py", "numpy", "pydantic"}
    assert parts["pictures"] == {"pillow"}
    assert parts["serve"] >= {"fastapi", "starlette", "uvicorn", "h11", "pydantic"}


def test_every_requirement_has_hashes_and_occurs_once() -> None:
    text = requirements_text("requirements-serve.txt", ["litert", "pictures", "serve"])
    lines = text.splitlines()
    assert lines[0].endswith("pip install --require-hashes -r requirements-serve.txt")
    assert names(text) == sorted(set(names(text)))
    for line, following in zip(lines[1:], [*lines[2:], ""], strict=True):
        assert line.endswith("\\") is following.startswith("    --hash=sha256:")


def test_a_library_that_is_not_locked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "lock").write_text("numpy==2 \\\n    --hash=sha256:00\n")
    monkeypatch.setattr(exported_requirements, "LOCK", tmp_path / "lock")
    with pytest.raises(UserError) as caught:
        exported_requirements_files()
    missing = {re.search(r"has no ([a-z-]+)", message)[1] for message in caught.value.messages}  # type: ignore[index]
    assert missing == {"ai-edge-litert", "fastapi", "keras", "pillow", "pydantic", "tensorflow", "uvicorn"}


def test_a_missing_part_names_the_command() -> None:
    assert part_file("litert").is_file()
    with pytest.raises(UserError, match=r"nothing\.txt: not found; run `restage lock`"):
        requirements_text("requirements.txt", ["nothing"])
