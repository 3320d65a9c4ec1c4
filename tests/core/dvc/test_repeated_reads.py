"""What DVC reads once for all stages is read again if it has changed."""

import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
from dvc.repo import Repo
from dvc_data.hashfile import build
from scmrepo.git import Git

from stages.core.dvc.repeated_reads import remember_git_index
from stages.core.dvc.repository import Repository

PIPELINE = """\
stages:
  make:
    foreach: [a, b]
    do:
      cmd: cat stages/make/code.py > made/${item}
      deps: [stages/make, source]
      outs: ["made/${item}"]
"""


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Repository:
    monkeypatch.chdir(tmp_path)
    subprocess.run(["git", "init", "--quiet"], check=True)
    Repo.init().close()
    Path("stages/make").mkdir(parents=True)
    Path("made").mkdir()
    Path("stages/make/code.py").write_text("1")
    Path("source").write_text("1")
    Path("dvc.yaml").write_text(PIPELINE)
    repository = Repository()
    repository.read_stages()
    return repository


def run(repository: Repository) -> list[str]:
    """Which stages ran."""
    with repository.locked():
        ran = [name for name in repository.stage_names if repository.reproduce(name)]
        repository.record(ran)
    return ran


def test_the_code_is_hashed_once_for_all_stages(repository: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    hashed: list[str] = []
    build_tree = build._build_tree

    def counted(path: str, *args: Any, **options: Any) -> Any:
        hashed.append(path)
        return build_tree(path, *args, **options)

    monkeypatch.setattr(build, "_build_tree", counted)
    assert run(repository) == ["make@a", "make@b"]
    assert hashed == [str(Path("stages/make").absolute())]


def test_an_edit_of_the_code_is_seen_in_the_same_process(repository: Repository) -> None:
    run(repository)
    assert run(repository) == []
    Path("stages/make/code.py").write_text("2")
    assert repository.changed(repository.stage_names) == {"make@a", "make@b"}
    assert run(repository) == ["make@a", "make@b"]
    assert Path("made/a").read_text() == "2"


def test_an_edit_while_a_stage_runs_is_recorded_as_dvc_records_it(repository: Repository) -> None:
    """It hashes the dependencies when the stage has ended; that a stage of ours then fails is its own check."""
    pipeline = Path("dvc.yaml").read_text().replace("cmd: ", "cmd: printf 2 > stages/make/code.py && ")
    Path("dvc.yaml").write_text(pipeline)
    repository = Repository()
    repository.read_stages()
    run(repository)
    recorded = Path("dvc.lock").read_text()
    subprocess.run(["dvc", "commit", "--force", "--quiet"], check=True)
    assert Path("dvc.lock").read_text() == recorded


@pytest.fixture
def git(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Git:
    monkeypatch.chdir(tmp_path)
    subprocess.run(["git", "init", "--quiet"], check=True)
    return Git(str(tmp_path))


def add(*files: str) -> None:
    for file in files:
        Path(file).parent.mkdir(parents=True, exist_ok=True)
        Path(file).write_text("1")
    subprocess.run(["git", "add", *files], check=True)


def test_is_tracked_answers_as_dvc_s(git: Git) -> None:
    class Repository:
        scm = Git(git.root_dir)

    remember_git_index(Repository)
    paths = ["a", "folder", "folder/b", "folder/deep", "fold", "ä ö", "absent", "folder/b/c"]

    def tracked(scm: Any) -> list[str]:
        return [path for path in paths if scm.is_tracked(str(Path(path).absolute()))]

    assert tracked(Repository.scm) == tracked(git) == []
    add("a", "folder/b", "folder/deep/c", "ä ö")
    assert tracked(Repository.scm) == tracked(git) == ["a", "folder", "folder/b", "folder/deep", "ä ö"]
    subprocess.run(["git", "rm", "--quiet", "--cached", "a"], check=True)
    assert tracked(Repository.scm) == tracked(git)
    assert "a" not in tracked(git)


def test_git_s_index_is_read_once(git: Git, monkeypatch: pytest.MonkeyPatch) -> None:
    class Repository:
        scm = git

    add("a")
    remember_git_index(Repository)
    repository, reads = git.dulwich.repo, iter(range(10))
    open_index = repository.open_index

    def counted() -> Any:
        next(reads)
        return open_index()

    monkeypatch.setattr(repository, "open_index", counted)
    for _ in range(3):
        assert git.is_tracked("a")
    assert next(reads) == 1


def test_a_repository_without_git(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Repo.init(no_scm=True).close()
    shutil.rmtree(".git", ignore_errors=True)
    remember_git_index(Repo())
