"""Local files that changed since they were pinned are named, and hashed only if their state is another one."""

import hashlib
import json
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from stages.cli.run.changed_sources import HASHES, find_changed_sources, warn_of_changed_sources
from stages.download.formats.pictures.folder_hash import folder_hash, hash_folder

FILE = Path("data/titanic.csv")
FOLDER = Path("data/pets")
CONTENT = "a,b\n1,2\n"
CHANGED = "titanic: data/titanic.csv is not what conf/ pins; `restage refresh titanic` shows what changed"
FOLDER_CHANGED = "pets: data/pets is not what conf/ pins; `restage refresh pets` shows what changed"
ROOT = Path(__file__).parents[3]

Datasets = dict[str, dict[str, Any]]


def dataset(path: Path, sha256: str) -> dict[str, Any]:
    return {"download": {"source": "file", "files": {"all": {"path": str(path), "sha256": sha256}}}}


@pytest.fixture
def titanic(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Datasets:
    monkeypatch.chdir(tmp_path)
    FILE.parent.mkdir(exist_ok=True)
    FILE.write_text(CONTENT)
    return {"titanic": dataset(FILE, hashlib.sha256(CONTENT.encode()).hexdigest())}


@pytest.fixture
def pets(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Datasets:
    monkeypatch.chdir(tmp_path)
    for name in ("cats/1.png", "dogs/1.png"):
        (FOLDER / name).parent.mkdir(parents=True)
        (FOLDER / name).write_text(name)
    return {"pets": dataset(FOLDER, folder_hash(hash_folder(FOLDER)))}


def find(datasets: Mapping[str, Any], *keys: str) -> list[str]:
    return find_changed_sources(datasets, keys, remember=True)


def replace_in_same_state(path: Path, content: str) -> None:
    """So that the change is seen only if the file is read."""
    status = path.stat()
    path.write_text(content)
    os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))
    after = path.stat()
    assert (status.st_size, status.st_mtime_ns, status.st_ino) == (after.st_size, after.st_mtime_ns, after.st_ino)


def test_a_file_as_pinned(titanic: Datasets) -> None:
    assert find(titanic) == []


def test_rows_were_appended(titanic: Datasets, capsys: pytest.CaptureFixture[str]) -> None:
    assert find(titanic) == []
    with FILE.open("a") as file:
        file.write("3,4\n")
    for _ in range(2):
        warn_of_changed_sources(titanic, [])
        assert capsys.readouterr() == ("", f"restage: run: {CHANGED}\n")
    FILE.write_text(CONTENT)
    assert find(titanic) == []


def test_another_file_of_the_same_size_and_time(titanic: Datasets) -> None:
    assert find(titanic) == []
    status = FILE.stat()
    Path("other.csv").write_text("a,b\n1,3\n")
    os.utime("other.csv", ns=(status.st_atime_ns, status.st_mtime_ns))
    Path("other.csv").replace(FILE)
    assert find(titanic) == [CHANGED]


def test_a_file_in_the_same_state_is_not_read(titanic: Datasets) -> None:
    assert find(titanic) == []
    replace_in_same_state(FILE, "a,b\n1,3\n")
    assert find(titanic) == []
    os.utime(FILE, (1, 1))
    assert find(titanic) == [CHANGED]


def test_another_pin_needs_no_reading(titanic: Datasets) -> None:
    assert find(titanic) == []
    replace_in_same_state(FILE, "a,b\n1,3\n")
    titanic["titanic"]["download"]["files"]["all"]["sha256"] = "0" * 64
    assert find(titanic) == [CHANGED]


@pytest.mark.parametrize("text", ["", "{", "[]", "3", '{"data/titanic.csv": []}', '{"data/titanic.csv": {}}', "\udcff"])
def test_damaged_hashes_are_written_anew(text: str, titanic: Datasets) -> None:
    assert find(titanic) == []
    complete = HASHES.read_bytes()
    HASHES.write_bytes(text.encode(errors="surrogateescape"))
    assert find(titanic) == []
    assert HASHES.read_bytes() == complete


def test_hashes_that_cannot_be_written(titanic: Datasets) -> None:
    Path(".dvc").write_text("a file where a folder should be")
    FILE.write_text("")
    assert find(titanic) == [CHANGED]


def test_nothing_is_written_unless_it_should_be_remembered(titanic: Datasets) -> None:
    FILE.write_text("")
    assert find_changed_sources(titanic, [], remember=False) == [CHANGED]
    assert not HASHES.exists()


def test_hashes_of_other_datasets_are_kept(titanic: Datasets) -> None:
    Path("other.csv").write_text("x\n")
    both = titanic | {"other": dataset(Path("other.csv"), "0" * 64)}
    find(both)
    FILE.write_text(CONTENT + "3,4\n")
    find(both, "titanic")
    assert set(json.loads(HASHES.read_text())) == {"other.csv", str(FILE)}


def test_only_the_chosen_datasets(titanic: Datasets) -> None:
    FILE.write_text("")
    both = titanic | {"other": dataset(Path("missing.csv"), "0" * 64)}
    assert find(both, "titanic") == [CHANGED]
    assert len(find(both)) == 2


def test_datasets_that_read_the_same_file_have_one_line(titanic: Datasets) -> None:
    FILE.write_text("")
    [message] = find(titanic | {"copy": titanic["titanic"]})
    assert message.startswith("titanic, copy: data/titanic.csv is not what conf/ pins; `restage refresh titanic` ")


def test_only_the_dataset_with_another_pin_is_named(titanic: Datasets) -> None:
    [message] = find(titanic | {"copy": dataset(FILE, "0" * 64)})
    assert message.startswith("copy: data/titanic.csv is not what conf/ pins; `restage refresh copy` ")


@pytest.mark.parametrize("source", [{"source": "sklearn", "name": "iris"}, {"source": "http", "files": {}}, {}])
def test_other_sources_are_not_read(source: dict[str, Any], titanic: Datasets) -> None:
    assert find({"iris": {"download": source}, "empty": {}}) == []
    assert not HASHES.exists()


def test_pictures_of_a_column(pets: Datasets, titanic: Datasets) -> None:
    download = titanic["titanic"]["download"]
    download["pictures"] = {"photo": {"files": pets["pets"]["download"]["files"]["all"]}}
    assert find(titanic) == []
    (FOLDER / "cats/1.png").write_text("another picture")
    assert find(titanic) == [FOLDER_CHANGED.replace("pets:", "titanic:").replace("refresh pets", "refresh titanic")]


@pytest.mark.parametrize(
    "change",
    [
        lambda: (FOLDER / "cats/1.png").write_text("another picture"),
        lambda: (FOLDER / "cats/2.png").write_text("a new picture"),
        lambda: (FOLDER / "cats/1.png").unlink(),
        lambda: (FOLDER / "cats/1.png").rename(FOLDER / "cats/3.png"),
    ],
    ids=["changed", "new", "removed", "renamed"],
)
def test_a_changed_folder(change: Any, pets: Datasets) -> None:
    assert find(pets) == []
    change()
    assert find(pets) == [FOLDER_CHANGED]


def test_a_folder_in_the_same_state_is_not_read(pets: Datasets) -> None:
    picture = FOLDER / "cats/1.png"
    assert find(pets) == []
    replace_in_same_state(picture, "cats/2.png")
    assert find(pets) == []
    os.utime(picture, (1, 1))
    assert find(pets) == [FOLDER_CHANGED]


def test_hidden_files_of_a_folder_do_not_matter(pets: Datasets) -> None:
    (FOLDER / "cats/.DS_Store").write_text("")
    assert find(pets) == []


def test_a_missing_file(titanic: Datasets) -> None:
    FILE.unlink()
    [message] = find(titanic)
    assert message.startswith("titanic: data/titanic.csv is missing; `dvc pull data/titanic.csv`")


@pytest.mark.parametrize(
    ("replace", "reason"),
    [
        (lambda: os.mkfifo(FILE), "a named pipe"),
        (lambda: FILE.symlink_to(FILE.name), "a link that leads back to itself"),
        (lambda: FILE.symlink_to("nothing.csv"), "a link to nothing"),
    ],
    ids=["pipe", "loop", "link to nothing"],
)
def test_a_file_that_cannot_be_read(replace: Any, reason: str, titanic: Datasets) -> None:
    FILE.unlink()
    replace()
    [message] = find(titanic)
    assert message.startswith("titanic: data/titanic.csv cannot be read: ")
    assert reason in message


def test_a_folder_with_a_link_to_a_folder(pets: Datasets) -> None:
    (FOLDER / "more").symlink_to("cats")
    [message] = find(pets)
    assert message.startswith("pets: data/pets cannot be read: ")


def test_no_permission(titanic: Datasets, monkeypatch: pytest.MonkeyPatch) -> None:
    """Root may read every file: the error is raised in its place."""

    def refuse(path: Path, *args: object) -> None:
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr(Path, "open", refuse)
    assert find(titanic) == ["titanic: data/titanic.csv cannot be read: Permission denied"]


def test_a_file_is_compared_without_the_modules_of_download(titanic: Datasets) -> None:
    script = (
        "import json, sys; from stages.cli.run.changed_sources import find_changed_sources as find;"
        "assert find(json.loads(sys.argv[1]), [], True) == []; print(*sys.modules)"
    )
    command = [sys.executable, "-c", script, json.dumps(titanic)]
    done = subprocess.run(command, capture_output=True, text=True, check=True, env={"PYTHONPATH": str(ROOT)})
    loaded = set(done.stdout.split())
    assert "stages.cli.run.changed_sources" in loaded
    assert not {"stages.download", "numpy", "pandas", "PIL", "dvc"} & loaded
