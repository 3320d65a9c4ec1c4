"""From pictures of one's own to a page: `restage new`, then `restage run`, without an edit by hand."""

import json
import zipfile
from pathlib import Path

import numpy as np
import pytest

from tests.core.pictures.picture_files import save_picture
from tests.stories.repo import Repo

# Three epochs, since what is tested is that each stage accepts what was written.
SHORT = "  own:\n    train: {epochs: 3, early_stopping: null}\n"
CLASSES = ("cats", "dogs", "owls")
EACH = 14


def random_picture(label: int, number: int) -> bytes:
    """Mostly of the colour of its class. PNG and JPEG, upright and wide."""
    generator = np.random.default_rng([label, number])
    pixels = generator.integers(0, 100, (10, 12) if number % 4 else (12, 10)).astype(np.uint8)
    colours = np.stack([pixels] * 3, -1)
    colours[..., label] += 120
    return save_picture(colours, "JPEG" if number % 2 else "PNG")


def pictures() -> dict[str, bytes]:
    return {
        f"{name}/{number}.{'jpg' if number % 2 else 'png'}": random_picture(label, number)
        for label, name in enumerate(CLASSES)
        for number in range(EACH)
    }


def write_page(repo: Repo) -> None:
    repo.append("conf/suite/starter.yaml", SHORT)
    repo.restage("run", "own")
    assert "accuracy" in json.loads(repo.read("reports/metrics/own.json"))
    page = repo.read("reports/pages/own.html")
    assert "data:image/png;base64," in page
    assert all(name in page for name in CLASSES)
    repo.restage("run")
    assert repo.dvc("status", "--quiet", ok=False).returncode == 0


@pytest.mark.long
def test_a_folder_with_three_class_folders(repo: Repo, tmp_path: Path) -> None:
    """Outside the repository, so that it is copied. One file is empty, and is left out."""
    for path, content in (pictures() | {"cats/.DS_Store": b"x", "dogs/broken.jpg": b""}).items():
        (tmp_path / "own" / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "own" / path).write_bytes(content)
    printed = repo.restage("new", str(tmp_path / "own")).stdout
    assert "1 file: an empty file: dogs/broken.jpg" in printed
    assert "data/own: copied and tracked by DVC" in printed
    write_page(repo)
    assert not (repo.path / "data/own/cats/.DS_Store").exists()


@pytest.mark.long
def test_a_zip_with_folders_for_training_and_test(repo: Repo, tmp_path: Path) -> None:
    """And a colleague gets the copied zip from DVC's remote, with the same results."""
    with zipfile.ZipFile(tmp_path / "own.zip", "w") as archive:
        for path, content in pictures().items():
            number = int(Path(path).stem)
            archive.writestr(f"pets/{'test' if number > 10 else 'train'}/{path}", content)
        archive.writestr("__MACOSX/pets/train/cats/._1.png", b"x")
    repo.restage("new", str(tmp_path / "own.zip"))
    write_page(repo)
    repo.commit("Own pictures")
    assert "differs" not in repo.restage("verify", "own").stdout
    repo.dvc("remote", "add", "--default", "team", str(tmp_path / "remote"))
    repo.dvc("push", "data/own.zip.dvc")
    (repo.path / "data/own.zip").unlink()
    repo.edit("conf/dataset/own.yaml", "source: file", "source: file\n  licence: my own")
    assert "`dvc pull data/own.zip.dvc` fetches it" in repo.restage("run", "own", ok=False).stdout
    repo.dvc("pull", "data/own.zip.dvc")
    repo.restage("run")
