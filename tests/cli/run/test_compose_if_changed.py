"""conf/ is composed again whenever the result could be another one."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from stages.cli import compose
from stages.cli.run.compose_if_changed import RECORD, compose_if_changed
from stages.core.errors import UserError

PIPELINE = "stages:\n  guard:\n    cmd: guard\n    deps: [conf, params.yaml, stages/config]\n"


class Composer:
    """Stands for `restage compose`."""

    def __init__(self) -> None:
        self.calls = 0
        self.during: Callable[[], object] = lambda: None

    def __call__(self, check_only: bool = False) -> None:
        self.calls += 1
        Path("params.yaml").write_text("composed")
        self.during()

    def runs(self) -> bool:
        """Whether compose_if_changed() composes."""
        before = self.calls
        compose_if_changed()
        return self.calls > before


@pytest.fixture
def composer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Composer:
    """In a repository that was composed."""
    monkeypatch.chdir(tmp_path)
    for name in ("conf/dataset/iris.yaml", "conf/local.yaml", "stages/config/schema.py"):
        Path(name).parent.mkdir(parents=True, exist_ok=True)
        Path(name).write_text("a: 1\n")
    Path("dvc.yaml").write_text(PIPELINE)
    composer = Composer()
    monkeypatch.setattr(compose, "compose", composer)
    compose_if_changed()
    return composer


def test_nothing_changed(composer: Composer) -> None:
    for file in ("params.yaml", "conf/dataset/iris.yaml"):
        os.utime(file, (1, 1))
    assert not composer.runs()


@pytest.mark.parametrize(
    "change",
    [
        lambda: Path("conf/dataset/iris.yaml").write_text("a: 2\n"),
        lambda: Path("conf/local.yaml").unlink(),
        lambda: Path("conf/dataset/wine.yaml").touch(),
        lambda: Path("conf/dataset/iris.yaml").rename("conf/dataset/other.yaml"),
        lambda: Path("stages/config/schema.py").write_text("a: 2\n"),
        lambda: Path("params.yaml").write_text("of an experiment"),
        lambda: Path("params.yaml").unlink(),
        lambda: RECORD.write_text(""),
    ],
    ids=["conf", "a file is removed", "a file is new", "a file is renamed", "code", "params", "no params", "no record"],
)
def test_something_changed(change: Callable[[], object], composer: Composer) -> None:
    change()
    assert composer.runs()
    assert not composer.runs()


def test_a_package_was_installed(composer: Composer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("stages.cli.run.compose_if_changed._packages_changed_at", lambda: 1)
    assert composer.runs()


def test_an_interpolation_depends_on_files_alone(composer: Composer) -> None:
    Path("conf/dataset/iris.yaml").write_text("a: ${b}\nb: 1\n")
    assert composer.runs()
    assert not composer.runs()


@pytest.mark.error_case("kinds of files refused")
@pytest.mark.parametrize("path", ["conf/dataset/new.yaml", "conf/notes.txt", "conf/accepted.json", "params.yaml"])
def test_a_named_pipe_is_refused_before_anything_is_read(path: str, composer: Composer) -> None:
    Path(path).unlink(missing_ok=True)
    os.mkfifo(path)
    with pytest.raises(UserError, match=f"^{path}: a named pipe"):
        composer.runs()


def test_an_edit_while_composing_is_composed_the_next_time(composer: Composer) -> None:
    Path("conf/local.yaml").write_text("a: 2\n")
    composer.during = lambda: Path("conf/local.yaml").write_text("a: 3\n")
    assert composer.runs()
    assert composer.runs()


def test_a_mistake_is_reported_every_time(composer: Composer) -> None:
    def fail() -> None:
        raise UserError("conf/dataset/iris.yaml: wrong")

    composer.during = fail
    Path("conf/dataset/iris.yaml").write_text("a: 2\n")
    for _ in range(2):
        with pytest.raises(UserError, match="wrong"):
            compose_if_changed()


def test_a_secret_is_reported_though_nothing_changed(composer: Composer) -> None:
    Path(".dvc/config").write_text("['remote \"team\"']\n    password = abc\n")
    with pytest.raises(UserError, match="password of remote team"):
        compose_if_changed()
