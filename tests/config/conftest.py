"""The repository's conf/ in a throwaway folder, with a small suite so that composing it is quick."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from stages.config.compose_conf import Composition, compose
from tests.config.hydra_files import files_of_hydra_read_once

CONF = Path(__file__).parents[2] / "conf"


def suite_of(*datasets: str) -> str:
    lines = [f"  - /dataset@datasets.{name}: {name}" for name in datasets]
    return "\n".join(["# @package _global_", "defaults:", *lines, "  - _self_", "", "suite: starter", ""])


SMALL = suite_of("iris", "wine", "sequence")
Edit = Callable[[str, str, str], None]


@pytest.fixture(scope="session", autouse=True)
def hydra_files() -> Iterator[None]:
    with files_of_hydra_read_once():
        yield


def copy_conf(folder: Path, suite: str) -> Path:
    """A copy of conf/ without local.yaml, with this text as its starter suite."""
    shutil.copytree(CONF, folder / "conf", ignore=shutil.ignore_patterns("local.yaml"))
    (folder / "conf/suite/starter.yaml").write_text(suite)
    return folder / "conf"


@contextmanager
def replaced_file(file: Path, text: str) -> Iterator[None]:
    """The file has this text during the block, and afterwards what it had before."""
    before = file.read_bytes() if file.is_file() else None
    file.write_bytes(text.encode("utf-8", "surrogatepass"))
    try:
        yield
    finally:
        if before is None:
            file.unlink()
        else:
            file.write_bytes(before)


def replace_once(file: Path, old: str, new: str) -> str:
    """The text of the file with `old` replaced."""
    text = file.read_text()
    assert text.count(old) == 1, f"{file} has {old!r} {text.count(old)} times; choose other words"
    return text.replace(old, new)


@pytest.fixture
def conf(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    copy_conf(tmp_path, SMALL)
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("DVC_EXP_NAME", raising=False)
    return Path("conf")


@pytest.fixture(scope="session")
def small_composition(tmp_path_factory: pytest.TempPathFactory) -> Composition:
    """What the unchanged `conf` composes to."""
    return compose(copy_conf(tmp_path_factory.mktemp("small"), SMALL))


@pytest.fixture
def edit(conf: Path) -> Edit:
    def replace(name: str, old: str, new: str) -> None:
        (conf / name).write_text(replace_once(conf / name, old, new))

    return replace
