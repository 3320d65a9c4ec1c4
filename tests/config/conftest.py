"""The repository's conf/ in a throwaway folder, with a suite of three so that composing it is quick."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

CONF = Path(__file__).parents[2] / "conf"
SMALL = """\
# @package _global_
defaults:
  - /dataset@datasets.iris: iris
  - /dataset@datasets.wine: wine
  - /dataset@datasets.sequence: sequence
  - _self_

suite: starter
"""

Edit = Callable[..., None]


@pytest.fixture
def conf(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    shutil.copytree(CONF, tmp_path / "conf", ignore=shutil.ignore_patterns("local.yaml"))
    (tmp_path / "conf/suite/starter.yaml").write_text(SMALL)
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("DVC_EXP_NAME", raising=False)
    return Path("conf")


@pytest.fixture
def edit(conf: Path) -> Iterator[Edit]:
    def replace(name: str, old: str, new: str) -> None:
        text = (conf / name).read_text()
        assert text.count(old) == 1, f"{name} has {old!r} {text.count(old)} times; choose other words"
        (conf / name).write_text(text.replace(old, new))

    return replace
