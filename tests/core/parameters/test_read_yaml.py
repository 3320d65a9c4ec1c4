"""An unusable file of the pipeline is reported with its path and with what to do."""

from pathlib import Path

import pytest

from stages.core.errors import UserError
from stages.core.parameters.read_yaml import read_yaml_mapping


def read(path: Path, damaged: str = "") -> object:
    return read_yaml_mapping(path, "stages", solution_if_absent="run compose", solution_if_damaged=damaged)


def test_the_whole_content_is_read(tmp_path: Path) -> None:
    file = tmp_path / "dvc.yaml"
    file.write_text("stages: {a: {cmd: b}}\nvars: [1]\n")
    assert read(file) == {"stages": {"a": {"cmd": "b"}}, "vars": [1]}


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (None, "not found; run compose"),
        (b"", "holds no stages; repair it"),
        (b"- stages\n", "holds no stages; repair it"),
        (b"3", "holds no stages; repair it"),
        (b"a: 1", "holds no stages; repair it"),
        (b"stages:", "holds no stages; repair it"),
        (b"stages: 3", "holds no stages; repair it"),
        (b"stages: [a]\n", "holds no stages; repair it"),
        (b"\xff\xfe\x00stages", "not YAML ("),
        (b"stages: {a\n", "not YAML ("),
        (b"stages: {iris: [", "not YAML ("),
        (b"stages: !!python/object/apply:os.getcwd []", "not YAML ("),
    ],
)
def test_an_unusable_file(content: bytes | None, problem: str, tmp_path: Path) -> None:
    file = tmp_path / "dvc.yaml"
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(UserError) as caught:
        read(file, damaged="repair it")
    [message] = caught.value.messages
    assert message.startswith(f"{file}: {problem}")
    assert message.endswith("run compose" if content is None else "repair it")
    assert "\n" not in message


def test_without_an_instruction_for_a_damaged_file(tmp_path: Path) -> None:
    file = tmp_path / "dvc.yaml"
    file.write_text("")
    with pytest.raises(UserError, match=r"holds no stages$"):
        read(file)
