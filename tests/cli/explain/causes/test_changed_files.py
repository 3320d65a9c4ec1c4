import subprocess
from functools import partial
from pathlib import Path

import pytest

from stages.cli.explain.causes.changed_files import ChangedFiles
from stages.cli.explain.causes.git_objects import GitObjects
from stages.cli.explain.explanation import FileChange
from stages.cli.explain.simulation.simulate_run import ChangedFile
from stages.core.dvc.storage.cache import md5_of_file, md5_of_folder
from stages.core.dvc.working_tree.content import Content
from tests.cli.explain.conftest import Commit
from tests.stories.repo import environment

CODE = Path("code")


def is_ignored(path: str) -> bool:
    return path.startswith("code/ignored/")


@pytest.fixture
def written(commit: Commit) -> Commit:
    (CODE / "inner").mkdir(parents=True)
    for name in ("a.py", "b.py", "inner/c.py"):
        (CODE / name).write_text(name)
    return commit


def content() -> Content:
    files = {file.relative_to(CODE).as_posix(): md5_of_file(file) for file in CODE.rglob("*.py")}
    return Content(md5_of_folder(files), files=files)


def changes(recorded: str) -> tuple[str | None, list[FileChange]]:
    """The commit that has the recorded content, and the files that differ from it."""
    changed = ChangedFile("code", recorded, content())
    with GitObjects(is_ignored) as objects:
        files = ChangedFiles(objects, [changed])
        return files.recorded_commit(changed), files.of(changed)


def test_files_that_changed_since_the_recorded_commit(written: Commit) -> None:
    first, recorded = written("One"), content().md5
    (CODE / "a.py").write_text("2")
    second = written("Two")
    Path("other").write_text("")
    written("Three")
    (CODE / "inner/c.py").unlink()
    (CODE / "d.py").write_text("")
    assert changes(recorded) == (
        first,
        [
            FileChange(path="code/a.py", change="changed", commit=second, subject="Two"),
            FileChange(path="code/d.py", change="added"),
            FileChange(path="code/inner/c.py", change="removed"),
        ],
    )


def test_a_committed_file_that_was_edited_again_is_not_committed(written: Commit) -> None:
    written("One")
    recorded = content().md5
    (CODE / "a.py").write_text("2")
    written("Two")
    (CODE / "a.py").write_text("3")
    [change] = changes(recorded)[1]
    assert (change.path, change.commit) == ("code/a.py", None)


def test_content_that_is_in_no_commit(written: Commit) -> None:
    written("One")
    (CODE / "a.py").write_text("2")
    assert changes("0" * 32 + ".dir") == (None, [FileChange(path="code/a.py", change="changed")])


def test_content_of_another_branch(written: Commit) -> None:
    written("One")
    subprocess.run(["git", "switch", "--quiet", "--create", "other"], check=True)
    (CODE / "a.py").write_text("2")
    other, recorded = written("Two"), content().md5
    subprocess.run(["git", "switch", "--quiet", "main"], check=True)
    commit, [change] = changes(recorded)
    assert commit == other
    assert change.path == "code/a.py"


def test_a_file(written: Commit) -> None:
    first, recorded = written("One"), md5_of_file(CODE / "a.py")
    (CODE / "a.py").write_text("2")
    second = written("Two")
    changed = ChangedFile("code/a.py", recorded, Content(md5_of_file(CODE / "a.py")))
    with GitObjects(is_ignored) as objects:
        files = ChangedFiles(objects, [changed])
        assert files.recorded_commit(changed) == first
        assert files.of(changed) == [FileChange(path="code/a.py", change="changed", commit=second, subject="Two")]


def test_a_merge_that_changed_a_file_itself(written: Commit) -> None:
    """And one that only brings the change of the other branch."""
    git = partial(subprocess.run, check=True, env=environment(), capture_output=True)
    written("One")
    recorded = content().md5
    git(["git", "switch", "--quiet", "--create", "other"])
    (CODE / "b.py").write_text("2")
    other = written("Two")
    git(["git", "switch", "--quiet", "main"])
    (CODE / "inner/c.py").write_text("3")
    written("Three")
    git(["git", "merge", "--quiet", "--no-commit", "other"])
    (CODE / "a.py").write_text("4")
    merge = written("Merge")
    commits = {change.path: change.commit for change in changes(recorded)[1]}
    assert commits["code/a.py"] == merge
    assert commits["code/b.py"] == other


def test_a_repository_without_a_commit(written: Commit) -> None:
    assert changes("0" * 32 + ".dir") == (
        None,
        [FileChange(path=f"code/{name}", change="changed") for name in ("a.py", "b.py", "inner/c.py")],
    )


def test_a_repository_with_longer_hashes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    CODE.mkdir()
    (CODE / "a.py").write_text("a")
    git = partial(subprocess.run, check=True, env=environment())
    git(["git", "init", "--quiet", "--object-format=sha256"])
    git(["git", "add", "--all"])
    git(["git", "commit", "--quiet", "--message", "One"])
    with GitObjects(is_ignored) as objects:
        assert objects.md5s("HEAD", "code") == content().files


def test_files_that_dvc_ignores_are_not_in_the_recorded_content(written: Commit) -> None:
    recorded = content().md5
    (CODE / "ignored").mkdir()
    (CODE / "ignored/d.yaml").write_text("1")
    first = written("One")
    (CODE / "ignored/d.yaml").write_text("2")
    (CODE / "a.py").write_text("2")
    assert changes(recorded) == (first, [FileChange(path="code/a.py", change="changed")])
    assert changes("0" * 32 + ".dir") == (None, [FileChange(path="code/a.py", change="changed")])


def test_files_that_git_ignores_may_have_been_read(written: Commit) -> None:
    """Such as conf/local.yaml."""
    Path(".gitignore").write_text("local.py\n")
    (CODE / "local.py").write_text("")
    first, recorded = written("One"), content().md5
    (CODE / "a.py").write_text("2")
    assert changes(recorded) == (first, [FileChange(path="code/a.py", change="changed")])
