"""What is wrong with one of the pipeline's own files is a sentence with the way out."""

from pathlib import Path

import pytest

from stages.core.errors import UserError
from stages.core.read_yaml import read_yaml_mapping


def read(path: Path, damaged: str = "") -> object:
    return read_yaml_mapping(path, "stages", absent="make it", damaged=damaged)


def test_all_of_it_is_read(tmp_path: Path) -> None:
    file = tmp_path / "dvc.yaml"
    file.write_text("stages: {a: {cmd: b}}\nvars: [1]\n")
    assert read(file) == {"stages": {"a": {"cmd": "b"}}, "vars": [1]}


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        (None, "not here; make it"),
        (b"", "holds no stages; mend it"),
        (b"- stages\n", "holds no stages; mend it"),
        (b"stages: [a]\n", "holds no stages; mend it"),
        (b"\xff\xfe\x00", "not YAML"),
        (b"stages: {a\n", "not YAML"),
    ],
)
def test_what_cannot_be_used_is_told(content: bytes | None, fault: str, tmp_path: Path) -> None:
    file = tmp_path / "dvc.yaml"
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(UserError) as mistake:
        read(file, damaged="mend it")
    [told] = mistake.value.messages
    assert told.startswith(f"{file}: {fault}")
    assert told.endswith(("make it", "mend it"))


def test_there_need_not_be_a_way_out(tmp_path: Path) -> None:
    file = tmp_path / "dvc.yaml"
    file.write_text("")
    with pytest.raises(UserError, match=r"holds no stages$"):
        read(file)
