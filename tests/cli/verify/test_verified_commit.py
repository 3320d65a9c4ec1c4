"""What verify refuses before a stage runs."""

import subprocess
from pathlib import Path

import pytest

from stages.cli.verify.verified_commit import read_head, recorded_stages
from stages.core.errors import UserError

FILES = {
    "params.yaml": "suite: tiny\ndatasets: {iris: {}, wine: {}}\n",
    "dvc.yaml": "stages: {guard: {}, train: {foreach: '${datasets}'}, summary: {}}\n",
    "dvc.lock": "stages: {guard: {}, train@iris: {}, summary: {}}\n",
    "conf/config.yaml": "{}\n",
}


def git(*arguments: str) -> None:
    identity = ("-c", "user.name=A Person", "-c", "user.email=person@example.org")
    subprocess.run(["git", *identity, *arguments], check=True, capture_output=True)


def commit() -> None:
    git("add", "--all")
    git("commit", "--quiet", "--message", "x")


def write_files(folder: Path, files: dict[str, str]) -> None:
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)


@pytest.fixture
def repo(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    write_files(tmp_path, FILES)
    git("init", "--quiet")
    commit()
    return tmp_path


def error_message(*keys: str) -> str:
    with pytest.raises(UserError) as caught:
        recorded_stages(read_head(keys), keys)
    [message] = caught.value.messages
    return message


def test_stages_of_a_dataset(repo: Path) -> None:
    assert recorded_stages(read_head(["iris"]), ["iris"]) == ["guard", "summary", "train@iris"]


def test_stages_of_datasets_with_an_export(repo: Path) -> None:
    sections = "stages: {train: {foreach: '${datasets}'}, export: {foreach: '${exports}'}}\n"
    params = FILES["params.yaml"] + "exports: {wine: {}}\n"
    lock = "stages: {train@iris: {}, train@wine: {}, export@wine: {}}\n"
    write_files(repo, {"params.yaml": params, "dvc.yaml": sections, "dvc.lock": lock})
    commit()
    assert recorded_stages(read_head([]), []) == ["train@iris", "train@wine", "export@wine"]


def test_an_unknown_dataset(repo: Path) -> None:
    assert error_message("irsi") == "params.yaml: no dataset 'irsi'; did you mean iris?"


@pytest.mark.parametrize("keys", [(), ("wine",), ("iris", "wine")])
def test_a_dataset_without_a_record(keys: tuple[str, ...], repo: Path) -> None:
    message = error_message(*keys)
    assert "dvc.lock at HEAD has no train@wine;" in message
    assert "`restage run`" in message


def test_uncommitted_changes(repo: Path) -> None:
    write_files(repo, {"conf/config.yaml": "other: 1\n", "conf/new.yaml": "", "README.md": "affects no result"})
    assert error_message("iris").startswith("not committed: conf/config.yaml, conf/new.yaml; ")


def test_another_suite_than_the_committed_one(repo: Path) -> None:
    write_files(repo, {"params.yaml": FILES["params.yaml"].replace("tiny", "full")})
    message = error_message("iris")
    assert message.startswith("params.yaml has the suite 'full', at HEAD 'tiny',")
    assert "`restage compose --suite tiny`" in message


@pytest.mark.parametrize("file", ["dvc.lock", "params.yaml", "dvc.yaml"])
def test_a_file_that_is_not_committed(file: str, repo: Path) -> None:
    git("rm", "--quiet", file)
    commit()
    assert error_message("iris").startswith(f"{file} is not in HEAD")


def test_without_a_commit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert error_message().startswith("git rev-parse: fatal: not a git repository")
    git("init", "--quiet")
    assert error_message().startswith("git rev-parse: fatal: ")


def test_a_lock_with_conflict_markers(repo: Path) -> None:
    write_files(repo, {"dvc.lock": "<<<<<<< ours\nstages: {\n"})
    commit()
    assert error_message("iris").startswith("dvc.lock at HEAD: not YAML (")


def test_in_a_folder_of_a_larger_repository(repo: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_files(repo / "inner", {name: text.replace("wine", "digits") for name, text in FILES.items()})
    commit()
    monkeypatch.chdir(repo / "inner")
    head = read_head(["digits"])
    assert (head.prefix, list(head.params["datasets"])) == ("inner/", ["iris", "digits"])
