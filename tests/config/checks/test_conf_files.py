"""conf/ has files and folders only, whether they are composed or not."""

import os
from pathlib import Path

import pytest

from stages.config.checks.conf_files import MAX_BYTES, MAX_TEXT_BYTES, check_conf_files, check_input_files
from stages.config.compose_conf import compose
from stages.core.errors import UserError
from tests.core.files.test_check_is_file import KINDS

PLACES = ["dataset/new.yaml", "local.yaml", "config.yaml", "accepted/iris.json", "notes"]


def messages(conf: Path) -> list[str]:
    with pytest.raises(UserError) as caught:
        check_conf_files(conf)
    return list(caught.value.messages)


def test_the_files_of_the_repository_pass(conf: Path) -> None:
    (conf / "dataset/link.yaml").symlink_to("iris.yaml")
    (conf / "notes").mkdir()
    check_conf_files(conf)


@pytest.mark.error_case("kinds of files refused")
@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("kind", sorted(KINDS.keys() - {"a folder"}))
def test_what_is_no_file(kind: str, place: str, conf: Path) -> None:
    (conf / place).unlink(missing_ok=True)
    KINDS[kind](conf / place)
    [message] = messages(conf)
    assert message.startswith(f"conf/{place}: {kind}; ")


@pytest.mark.error_case("kinds of files refused")
def test_a_folder_with_the_name_of_a_file(conf: Path) -> None:
    (conf / "dataset/new.yaml").mkdir()
    [message] = messages(conf)
    assert message.startswith("conf/dataset/new.yaml: a folder")


@pytest.mark.error_case("kinds of files refused")
@pytest.mark.parametrize("target", ["..", ".", "../../elsewhere"])
def test_a_link_to_a_folder(target: str, conf: Path) -> None:
    Path("elsewhere").mkdir()
    (conf / "dataset/more").symlink_to(target)
    [message] = messages(conf)
    assert message.startswith("conf/dataset/more: a link to a folder")


@pytest.mark.error_case("kinds of files refused")
@pytest.mark.parametrize(("place", "limit"), [("dataset/iris.yaml", MAX_TEXT_BYTES), ("accepted/iris.json", MAX_BYTES)])
def test_a_large_file(place: str, limit: int, conf: Path) -> None:
    with (conf / place).open("wb") as file:
        file.truncate(limit)
    check_conf_files(conf)
    with (conf / place).open("wb") as file:
        file.truncate(10_000_000)
    assert messages(conf) == [f"conf/{place}: 10,000,000 bytes; at most {limit:,} are accepted"]


def test_all_mistakes_are_reported_together(conf: Path) -> None:
    os.mkfifo(conf / "dataset/a.yaml")
    (conf / "dataset/b.yaml").mkdir()
    (conf / "train/c.yaml").symlink_to("nowhere")
    os.mkfifo("params.yaml")
    with pytest.raises(UserError) as caught:
        check_input_files()
    places = {message.partition(":")[0] for message in caught.value.messages}
    assert places == {"conf/dataset/a.yaml", "conf/dataset/b.yaml", "conf/train/c.yaml", "params.yaml"}


def test_composing_checks_them_first(conf: Path) -> None:
    (conf / "config.yaml").unlink()
    os.mkfifo(conf / "config.yaml")
    with pytest.raises(UserError, match=r"^conf/config\.yaml: a named pipe"):
        compose(conf)
