"""`restage new` on a file or folder of another repository."""

from pathlib import Path

import pytest

from stages.core.artefacts.raw.raw_data import Images
from stages.download.formats.pictures.folder_hash import folder_hash
from stages.download.load_source import load_source
from stages.download.params.dvc_params import Dvc
from tests.cli.new.example_tables import flowers
from tests.cli.new.pictures.test_new_pictures import TWO, in_folder, pictures
from tests.cli.new.test_new import error, new, written
from tests.download.fetch.other_repository import fetch_in_this_process, make_other_repository
from tests.download.sample_files import make_zip, sha256


@pytest.fixture(autouse=True)
def cache(clone: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    fetch_in_this_process(monkeypatch)
    monkeypatch.setenv("RESTAGE_CACHE", str(clone / "cache"))
    return clone / "cache"


def test_a_file_of_another_repository(cache: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    content = flowers().to_csv(index=False).encode()
    other = make_other_repository(tmp_path_factory.mktemp("other"), first=content)
    new("data/prices.csv", "--repo", str(other.path), "--rev", "v1", "--target", "kind")
    download = written("prices")["download"]
    assert (download["source"], download["repo"], download["rev"]) == ("dvc", str(other.path), "v1")
    assert download["files"] == {"all": {"path": "data/prices.csv", "sha256": sha256(content)}}
    assert [file.name for file in cache.iterdir()] == [sha256(content)]
    message = error("data/price.csv", "--repo", str(other.path), "--rev", "v1", "--yes")
    assert "no such file at v1; did you mean data/prices.csv?" in message


def test_a_folder_of_the_same_name_on_this_machine_does_not_matter(tmp_path_factory: pytest.TempPathFactory) -> None:
    content = flowers().to_csv(index=False).encode()
    other = make_other_repository(tmp_path_factory.mktemp("other"), first=content)
    Path("data/prices.csv").mkdir(parents=True)
    Path("data/prices.csv/1.png").write_bytes(b"x")
    new("data/prices.csv", "--repo", str(other.path), "--rev", "v1", "--target", "kind")
    assert written("prices")["download"]["source"] == "dvc"


def test_a_folder_of_pictures(cache: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    contents = pictures(TWO)
    other = make_other_repository(tmp_path_factory.mktemp("other"), pictures=contents)
    printed = new("data/photos/", "--repo", str(other.path), "--rev", "v1")
    download = written("photos")["download"]
    digest = folder_hash({path: sha256(content) for path, content in contents.items()})
    assert download == {
        "source": "dvc",
        "repo": str(other.path),
        "rev": "v1",
        "format": {"format": "pictures", "size": [9, 12]},
        "files": {"all": {"path": "data/photos", "sha256": digest}},
    }
    assert "photos: 24 pictures, 2 classes" in printed
    assert [path.name for path in cache.iterdir()] == [f"folder-{digest}"]
    other.path.rename(other.path.with_name("elsewhere"))
    assert isinstance(load_source(Dvc.model_validate(download)), Images)


def test_a_folder_with_splits(cache: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    contents = in_folder("train", pictures(TWO)) | in_folder("test", pictures(TWO, seed=1))
    other = make_other_repository(tmp_path_factory.mktemp("other"), pictures=contents)
    new("icons", "--repo", str(other.path), "--rev", "v1")
    download = written("icons")["download"]
    assert {split: file["path"] for split, file in download["files"].items()} == {
        "train": "icons/train",
        "test": "icons/test",
    }
    raw = load_source(Dvc.model_validate(download))
    assert isinstance(raw, Images)
    assert {split: len(images) for split, images in raw.images.items()} == {"train": 24, "test": 24}


def test_an_archive_of_pictures(tmp_path_factory: pytest.TempPathFactory) -> None:
    content = make_zip(in_folder("pets", pictures(TWO)))
    other = make_other_repository(tmp_path_factory.mktemp("other"), first=content)
    new("data/prices.csv", "--repo", str(other.path), "--rev", "v1")
    files = written("prices")["download"]["files"]
    assert files == {"all": {"path": "data/prices.csv", "member": "pets", "sha256": sha256(content)}}


def test_a_folder_without_pictures(tmp_path_factory: pytest.TempPathFactory) -> None:
    other = make_other_repository(tmp_path_factory.mktemp("other"))
    assert "parts: a folder without pictures" in error("parts", "--repo", str(other.path), "--rev", "v1", "--yes")


REFUSED = {
    "no revision": (["--repo", "../registry"], "--repo and --rev belong together"),
    "no repository": (["--rev", "v1"], "--repo and --rev belong together"),
    "a password": (["--repo", "https://bob:hunter2@example.org/a.git", "--rev", "v1"], "user name or password"),
    "a wrong revision": (["--repo", "../registry", "--rev", "v1^"], "should be a commit, a tag or a branch"),
}


@pytest.mark.error_case("files that cannot become a dataset")
@pytest.mark.parametrize(("options", "fact"), REFUSED.values(), ids=REFUSED)
def test_what_is_refused(options: list[str], fact: str) -> None:
    message = error("data/prices.csv", "--yes", *options)
    assert fact in message
    assert "hunter2" not in message
