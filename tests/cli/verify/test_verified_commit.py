"""What verify refuses before anything runs."""

import subprocess
from pathlib import Path

import pytest

from stages.cli.verify.verified_commit import read_head, wanted
from stages.core.errors import UserError

FILES = {
    "params.yaml": "suite: tiny\ndatasets: {iris: {}, wine: {}}\n",
    "dvc.yaml": "stages: {guard: {}, train: {foreach: '${datasets}'}, summary: {}}\n",
    "dvc.lock": "stages: {guard: {}, train@iris: {}, summary: {}}\n",
    "conf/config.yaml": "{}\n",
}


def git(*words: str) -> None:
    person = ("-c", "user.name=A Person", "-c", "user.email=person@example.org")
    subprocess.run(["git", *person, *words], check=True, capture_output=True)


def commit() -> None:
    git("add", "--all")
    git("commit", "--quiet", "--message", "x")


@pytest.fixture
def repo(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    for name, text in FILES.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text)
    git("init", "--quiet")
    commit()
    return tmp_path


def refused(*keys: str) -> str:
    with pytest.raises(UserError) as caught:
        wanted(read_head(keys), keys)
    [fault] = caught.value.messages
    return fault


def test_the_stages_of_a_chain(repo: Path) -> None:
    assert wanted(read_head(["iris"]), ["iris"]) == ["guard", "summary", "train@iris"]


def test_a_key_that_is_not_there(repo: Path) -> None:
    assert refused("irsi") == "params.yaml: no dataset 'irsi'; did you mean iris?"


@pytest.mark.parametrize("keys", [(), ("wine",), ("iris", "wine")])
def test_a_chain_that_was_never_recorded(keys: tuple[str, ...], repo: Path) -> None:
    assert refused(*keys) == "dvc.lock at HEAD has no train@wine; `restage run`, then commit dvc.lock"


def test_changes_that_are_not_committed(repo: Path) -> None:
    (repo / "conf/config.yaml").write_text("other: 1\n")
    (repo / "conf/new.yaml").write_text("")
    (repo / "README.md").write_text("matters to nobody")
    assert refused("iris") == (
        "not committed: conf/config.yaml, conf/new.yaml; verify runs what HEAD has, so commit or stash first"
    )


def test_a_suite_that_is_not_the_committed_one(repo: Path) -> None:
    (repo / "params.yaml").write_text(FILES["params.yaml"].replace("tiny", "full"))
    assert refused("iris") == (
        "params.yaml here is of the suite 'full', at HEAD of 'tiny', and verify runs what HEAD has; "
        "`restage compose --suite tiny`, or commit yours with its dvc.lock"
    )


@pytest.mark.parametrize("file", ["dvc.lock", "params.yaml", "dvc.yaml"])
def test_a_file_that_is_not_in_head(file: str, repo: Path) -> None:
    git("rm", "--quiet", file)
    commit()
    assert refused("iris").startswith(f"{file} is not in HEAD, which is what verify holds itself against")


def test_where_there_is_no_commit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert refused().startswith("git rev-parse: fatal: not a git repository")
    git("init", "--quiet")
    assert refused().startswith("git rev-parse: fatal: ")


def test_a_lock_that_a_merge_has_left_in_pieces(repo: Path) -> None:
    (repo / "dvc.lock").write_text("<<<<<<< ours\nstages: {\n")
    commit()
    assert refused("iris").startswith("dvc.lock at HEAD: not YAML (")


def test_in_a_folder_of_a_larger_repository(repo: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (repo / "inner").mkdir()
    for name in FILES:
        (repo / "inner" / name).parent.mkdir(exist_ok=True)
        (repo / "inner" / name).write_text(FILES[name].replace("wine", "digits"))
    commit()
    monkeypatch.chdir(repo / "inner")
    head = read_head(["digits"])
    assert (head.prefix, list(head.datasets)) == ("inner/", ["iris", "digits"])
