"""What of a repository travels to the workers."""

import io
import subprocess
import tarfile
from pathlib import Path

import pytest

from stages.cli.run.cluster.connection.cluster_connection import code_paths
from stages.cli.run.cluster.connection.code_archive import DataSource, code_archive, data_sources, own_files, pack
from stages.cli.run.cluster.open_cluster import own_data
from stages.core.errors import UserError
from tests.stories.repo import environment


@pytest.fixture(autouse=True)
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    for name in (
        "stages/train.py",
        "code/train.json",
        "docs/read.md",
        "data/own.csv",
        "data/tracked.dvc",
        ".gitignore",
    ):
        Path(name).parent.mkdir(exist_ok=True)
        Path(name).write_text("/data/tracked\n" if name == ".gitignore" else name)
    for command in (["init", "--quiet"], ["add", "--all"], ["commit", "--quiet", "--message", "first"]):
        subprocess.run(["git", *command], check=True, env=environment())
    return tmp_path


def names(archive: bytes) -> list[str]:
    with tarfile.open(fileobj=io.BytesIO(archive)) as tar:
        return tar.getnames()


def test_only_what_stages_read_travels() -> None:
    assert names(code_archive(["code"], with_changes=False)) == [".gitignore", "code/train.json", "stages/train.py"]


def test_the_archive_depends_on_the_content_alone(tmp_path: Path) -> None:
    first = pack([Path("code/train.json")])
    Path("code/train.json").touch()
    assert pack([Path("code/train.json")]) == first


@pytest.mark.parametrize("name", ["code/train.json", "stages/new.py"])
def test_what_is_not_committed_is_refused_by_name(name: str) -> None:
    Path(name).write_text("changed")
    Path("docs/read.md").write_text("no stage reads it")
    with pytest.raises(UserError, match=f"^not committed: {name}; commit it, .* or add --with-changes"):
        code_archive(["code"], with_changes=False)
    assert name in names(code_archive(["code"], with_changes=True))


def test_own_files_need_dvc_or_git() -> None:
    found = data_sources(["data/own.csv", "data/tracked/part/x.csv"])
    assert found == [DataSource("data/own.csv", None), DataSource("data/tracked/part/x.csv", "data/tracked")]
    with pytest.raises(UserError) as error:
        data_sources(["data/a.csv", "data/b.csv"])
    assert error.value.messages == (
        "data/a.csv: neither DVC nor git tracks it, so no worker can get it; `dvc add data/a.csv`",
        "data/b.csv: neither DVC nor git tracks it, so no worker can get it; `dvc add data/b.csv`",
    )


def test_own_files_of_the_parameters() -> None:
    download = {
        "source": "file",
        "files": {"train": {"path": "data/a.csv"}},
        "pictures": {"photo": {"files": {"path": "/shared/photos"}}},
    }
    assert list(own_files(download)) == ["data/a.csv", "/shared/photos"]
    assert list(own_files({"source": "sklearn", "name": "iris"})) == []


def test_files_outside_are_looked_for_on_the_worker() -> None:
    files = {"train": {"path": "data/own.csv"}, "test": {"path": "../shared.csv"}}
    inside, outside = own_data({"iris": {"download": {"source": "file", "files": files}}})
    assert inside == {"iris": [DataSource("data/own.csv", None)]}
    assert outside == {"iris": [str(Path("../shared.csv").absolute())]}


def test_code_paths_are_dependencies_and_files_in_commands() -> None:
    pipeline = {"train": {"do": {"cmd": "exec python3 code/train.json ${key}", "deps": ["stages", "data/raw/${key}"]}}}
    assert code_paths(pipeline) == ["code/train.json", "stages"]
