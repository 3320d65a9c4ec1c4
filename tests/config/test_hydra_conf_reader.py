"""Hydra reads conf/ through checks; files that are not composed are not read."""

from pathlib import Path

import pytest

from stages.config import hydra_conf_reader
from stages.config.checks.hidden_inputs_and_secrets import FileValue, read_values
from stages.config.compose_conf import compose
from stages.core.errors import UserError
from tests.config.conftest import Edit

IRIS = "dataset/iris.yaml"


@pytest.mark.parametrize("text", ["a: [", "a: ${oc.env:HOME}\n", "a: https://bob:hunter2@host\n", "a: " + "[" * 60])
def test_an_unused_file_is_not_read(text: str, conf: Path, small_composition) -> None:
    (conf / "dataset/unused.yaml").write_text(text)
    assert compose(conf) == small_composition


def test_ten_thousand_unused_files(conf: Path, small_composition, monkeypatch) -> None:
    """They are listed; only the composed files are read, each of them once."""
    read: list[Path] = []

    def recorded(file: Path) -> list[FileValue]:
        read.append(file)
        return read_values(file)

    monkeypatch.setattr(hydra_conf_reader, "read_values", recorded)
    for number in range(10_000):
        (conf / f"dataset/unused{number}.yaml").touch()
    assert compose(conf) == small_composition
    composed = {f"{group.partition('@')[0]}/{name}.yaml" for group, name in small_composition.choices.items()}
    composed -= {"./local.yaml"}  # optional, and absent
    assert sorted(str(file.relative_to(conf)) for file in read) == sorted({"config.yaml", *composed})


@pytest.mark.parametrize("name", ["../outside", "/../outside", "dataset/../../outside"])
def test_a_file_outside_conf(name: str, conf: Path, edit: Edit) -> None:
    """The guard would not notice its changes."""
    Path("outside.yaml").write_text("a: 1\n")
    (conf / "outside.yaml").write_text("a: 1\n")
    edit("suite/starter.yaml", "  - _self_", f"  - /{name}@datasets.iris.x: outside\n  - _self_")
    with pytest.raises(UserError, match="outside"):
        compose(conf)


@pytest.mark.parametrize(
    "text", ["hydra: {searchpath: ['file:///tmp']}", "hydra: {job: {env_copy: [HOME]}}", "hydra: {run: {dir: x}}"]
)
def test_settings_of_hydra(text: str, conf: Path) -> None:
    lines = (conf / "config.yaml").read_text() + text + "\n"
    (conf / "config.yaml").write_text(lines)
    with pytest.raises(UserError) as caught:
        compose(conf)
    assert caught.value.messages[0].startswith(f"conf/config.yaml:{lines.count(chr(10))}: hydra: ")


def test_hidden_inputs_and_secrets_of_all_files_are_reported_together(conf: Path, edit: Edit) -> None:
    edit(IRIS, "title: Iris", "title: ${oc.env:HOME}")
    edit(IRIS, "epochs: 20", "epochs: ${now:%d}")
    edit("dataset/wine.yaml", "title: Wine", "title: https://bob:hunter2@host/")
    edit("train/classes.yaml", "output: softmax", "output: ${python_version:}")
    with pytest.raises(UserError) as caught:
        compose(conf)
    assert sorted(message.split(": ")[1] for message in caught.value.messages) == [
        "output", "report.title", "report.title", "train.epochs",
    ]  # fmt: skip
    assert "hunter2" not in str(caught.value)


def test_a_value_of_the_environment_is_not_printed(conf: Path, edit: Edit, monkeypatch) -> None:
    """Hydra evaluates a defaults list, and its message would name the file."""
    monkeypatch.setenv("RESTAGE_TEST", "hunter2")
    edit(IRIS, "/train@train: classes", "/train@train: ${oc.env:RESTAGE_TEST}")
    with pytest.raises(UserError) as caught:
        compose(conf)
    [message] = caught.value.messages
    assert message.startswith("conf/dataset/iris.yaml:3: ")
    assert "${oc.env:...}" in message
    assert "hunter2" not in message
