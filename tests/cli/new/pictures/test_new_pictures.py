"""`restage new` on small pictures: what it writes, adds and refuses. Stories run what it writes."""

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pytest
import yaml

from stages.core.artefacts.raw.raw_data import ALL, Images
from stages.download.formats.pictures.folder_hash import folder_hash, hash_folder
from stages.download.load_source import load_source
from stages.download.params.file_params import File
from tests.cli.new.read.test_new_files import address
from tests.cli.new.test_new import error, new, written
from tests.cli.test_compose import composed_datasets
from tests.core.pictures.picture_files import random_pixels, save_picture
from tests.download.sample_files import make_tar, make_zip, sha256

__all__ = ["address"]
refused = pytest.mark.error_case("files that cannot become a dataset")


def pictures(classes: Mapping[str, int], *shape: int, seed: int = 0) -> dict[str, bytes]:
    """So many pictures of each class."""
    return {
        f"{name}/{number}.png": save_picture(random_pixels(*(shape or (9, 12, 3)), seed=seed_of(name, number, seed)))
        for name, count in classes.items()
        for number in range(count)
    }


def seed_of(name: str, number: int, seed: int) -> list[int]:
    return [*name.encode(), number, seed]


def in_folder(folder: str, files: Mapping[str, bytes]) -> dict[str, bytes]:
    return {f"{folder}/{path}": content for path, content in files.items()}


def write(folder: Path, files: Mapping[str, bytes]) -> None:
    for path, content in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(content)


TWO = {"cats": 12, "dogs": 12}


def test_a_folder(clone: Path) -> None:
    write(Path("pets"), pictures(TWO) | {"README": b"x", "cats/.DS_Store": b"x"})
    printed = new("pets")
    conf = written("pets")
    assert conf["download"] == {
        "source": "file",
        "format": {"format": "pictures", "size": [9, 12]},
        "files": {"all": {"path": "pets", "sha256": folder_hash(hash_folder(Path("pets")))}},
    }
    assert conf["preprocess"]["split"] == {"test": 0.2, "validation": 0.16, "order": "stratified", "seed": 0}
    assert conf["train"]["model"]["kind"] == "cnn"
    assert conf["train"]["model"]["augment"]
    assert composed_datasets() == ["iris", "pets"]
    assert "pets: 24 pictures, 2 classes; in colour, 9 x 12\n" in printed
    assert "restage run pets" in printed


def test_what_is_written_reads_the_pictures(clone: Path) -> None:
    write(Path("pets"), pictures(TWO))
    new("pets")
    raw = load_source(File.model_validate(written("pets")["download"]))
    assert isinstance(raw, Images)
    np.testing.assert_array_equal(raw.images[ALL][0], random_pixels(9, 12, 3, seed=seed_of("cats", 0, 0)))
    assert raw.classes == ["cats", "dogs"]


@pytest.mark.parametrize(("make", "name"), [(make_zip, "pets.zip"), (make_tar, "pets.tar.gz")])
def test_an_archive_with_splits(make, name: str, clone: Path) -> None:
    files = in_folder("pets/train", pictures(TWO)) | in_folder("pets/test", pictures({"cats": 3, "dogs": 2}, seed=1))
    Path(name).write_bytes(make(files))
    printed = new(name)
    conf = written("pets")
    entry = {"path": name, "sha256": sha256(Path(name).read_bytes())}
    assert conf["download"]["files"] == {
        "train": {"member": "pets/train"} | entry,
        "test": {"member": "pets/test"} | entry,
    }
    assert conf["preprocess"]["split"]["test"] == "given"
    assert "class  train  test\ncats   12     3\ndogs   12     2\n" in printed


def test_a_folder_with_splits(clone: Path) -> None:
    write(Path("pets"), in_folder("train", pictures(TWO)) | in_folder("val", pictures(TWO, seed=1)))
    new("pets/")
    files = written("pets")["download"]["files"]
    assert {split: entry["path"] for split, entry in files.items()} == {"train": "pets/train", "validation": "pets/val"}
    split = written("pets")["preprocess"]["split"]
    assert (split["test"], split["validation"]) == (0.2, "given")


def test_a_test_folder_of_its_own(clone: Path) -> None:
    write(Path("pets"), pictures(TWO))
    write(Path("more"), pictures(TWO, seed=1))
    new("pets", "--test", "more")
    files = written("pets")["download"]["files"]
    assert {split: entry["path"] for split, entry in files.items()} == {"train": "pets", "test": "more"}


def test_an_address(address: tuple[str, Path], clone: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    url, folder = address
    monkeypatch.setenv("RESTAGE_CACHE", str(clone / "cache"))
    content = make_zip(pictures(TWO))
    (folder / "pets.zip").write_bytes(content)
    new(f"{url}/pets.zip")
    assert written("pets")["download"]["source"] == "http"
    assert written("pets")["download"]["files"] == {
        "all": {"urls": [f"{url}/pets.zip"], "size": len(content), "sha256": sha256(content)}
    }


def test_grey_pictures_in_the_colours_of_jpeg(clone: Path) -> None:
    grey = {f"{name}/{n}.jpg": save_picture(random_pixels(30, 20), "JPEG") for name in "ab" for n in range(9)}
    write(Path("letters"), grey)
    assert "grey, 30 x 20" in new("letters")
    assert written("letters")["download"]["format"] == {"format": "pictures", "size": [30, 20], "colour": "grey"}


def test_large_pictures_become_small(clone: Path) -> None:
    write(Path("pets"), pictures(TWO, 150, 200, 3))
    new("pets", "--key", "small")
    assert written("small")["download"]["format"]["size"] == [48, 64]
    new("pets", "--key", "larger", "--size", "96")
    assert written("larger")["download"]["format"]["size"] == [72, 96]


def test_unreadable_files_are_listed_and_left_out(clone: Path) -> None:
    write(Path("pets"), pictures(TWO) | {"cats/a.png": b"", "cats/labels.csv": b"a,b\n"})
    printed = new("pets")
    assert "- 1 file: an empty file: cats/a.png; left out by format.exclude" in printed
    assert "cats/labels.csv (it begins with b'a,b\\n'); left out" in printed
    assert written("pets")["download"]["format"]["exclude"] == {"all": ["cats/a.png", "cats/labels.csv"]}
    load_source(File.model_validate(written("pets")["download"]))


def test_problems_of_classes(clone: Path) -> None:
    write(Path("pets"), pictures({"cats": 60, "dogs": 5, "owls": 2}))
    printed = new("pets")
    assert "too few pictures of owls (2 pictures) for a split by classes; pictures are shuffled" in printed
    assert "few pictures of dogs (5 pictures); a model learns little" in printed
    assert "cats has 60 pictures, owls 2; compare the metrics of each class" in printed
    assert written("pets")["preprocess"]["split"]["order"] == "shuffled"


def test_pictures_that_are_in_both_splits(clone: Path) -> None:
    repeated = pictures({"cats": 2, "dogs": 2})
    write(Path("pets"), in_folder("train", pictures(TWO)) | in_folder("test", repeated))
    assert "4 pictures of test are in an earlier split too" in new("pets")
    assert written("pets")["validate"]["duplicates_across_splits"] == "report"


def test_the_same_pictures_give_the_same_text_and_a_dry_run_writes_nothing(clone: Path) -> None:
    write(Path("pets"), pictures(TWO))
    before = sorted(clone.rglob("*"))
    first = new("pets", "--dry-run")
    assert sorted(clone.rglob("*")) == before
    new("pets")
    assert first.endswith(Path("conf/dataset/pets.yaml").read_text())


def test_by_path_outside_the_repository(clone: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = tmp_path_factory.mktemp("elsewhere") / "pets"
    write(folder, pictures(TWO))
    assert "stays outside the repository" in new(str(folder), "--by-path")
    assert written("pets")["download"]["files"]["all"]["path"] == str(folder)


@refused
def test_a_copy_that_is_in_the_way(clone: Path) -> None:
    write(Path("pets"), pictures(TWO))
    write(Path("data/pets"), pictures(TWO, seed=1))
    assert "data/pets: something else is there; choose another --key, or --by-path" in error("pets", "--copy")
    assert not Path("conf/dataset/pets.yaml").exists()


@refused
@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["pets", "--target", "kind"], "--target: for tables; the class of a picture is the name of its folder"),
        (["pets", "--time", "day", "--text", "x"], "--text: for tables"),
        (["pets", "--group", "x"], "--group: for tables"),
        (["pets", "--model", "mlp"], "--model: for tables; change train.model in the file that is written"),
        (["--from", "iris", "--model", "mlp", "--size", "64"], "--size: for a FILE, not for --from"),
        (["pets", "--size", "4"], "--size: 8 to 512 pixels are allowed; received 4"),
        (["pets", "--test", "split"], "--test: one of the two has folders for splits already"),
        (["one"], "one class: cats"),
        (["flat"], "flat: pictures outside class folders, such as 1.png"),
        (["empty"], "empty: a folder without pictures; name one file of it"),
        (["pets/cats"], "cats: pictures outside class folders"),
        (["damaged"], "damaged: no picture can be read"),
        (["table.csv", "--target", "a", "--size", "64"], "--size: for pictures in class folders only"),
        (["absent"], "absent: no such file"),
        (["broken.zip"], "broken.zip: not readable as a zip file"),
    ],
)
def test_mistakes(arguments: list[str], message: str, clone: Path) -> None:
    write(Path("pets"), pictures(TWO))
    write(Path("split"), in_folder("train", pictures(TWO)) | in_folder("test", pictures(TWO)))
    write(Path("one"), pictures({"cats": 3}))
    write(Path("flat"), {"1.png": b"x", "2.png": b"x"})
    write(Path("damaged"), {"a/1.png": b"x", "b/2.png": b"x"})
    Path("empty").mkdir()
    Path("table.csv").write_text("a,b\n1,2\n")
    Path("broken.zip").write_bytes(make_zip(pictures(TWO))[:-99])
    assert message in error(*arguments)


@refused
def test_many_unreadable_files_are_no_list_for_conf(clone: Path) -> None:
    write(Path("pets"), pictures(TWO) | {f"cats/{n}.xml": b"<annotation>" for n in range(51)})
    received = error("pets")
    assert "51 files: not a PNG, JPEG, BMP or WebP file" in received
    assert "move these files out of the class folders" in received


def test_the_text_is_valid_yaml_whatever_the_names_are(clone: Path) -> None:
    write(Path("my pets: #1"), pictures({"no": 9, "1": 9, "a: b": 9}) | {"no/#: x.png": b""})
    new("my pets: #1")
    assert yaml.safe_load(Path("conf/dataset/my_pets_1.yaml").read_text())["download"]["files"]["all"]["path"]
    raw = load_source(File.model_validate(written("my_pets_1")["download"]))
    assert isinstance(raw, Images)
    assert raw.classes == ["1", "a: b", "no"]
