import hashlib

import numpy as np
import pytest

from stages.core.artefacts.raw import Images, Table
from stages.core.errors import UserError
from stages.download.fetch.local_files import local, read
from stages.download.params import File


@pytest.fixture
def place(tmp_path, monkeypatch):
    """Puts files where the conf says; gives the conf's `files` with their true hashes."""
    monkeypatch.chdir(tmp_path)

    def place(**contents):
        return {
            split: {"path": f"{split}.csv", "sha256": written(tmp_path / f"{split}.csv", c)}
            for split, c in contents.items()
        }

    return place


def written(path, text):
    path.write_text(text)
    return hashlib.sha256(text.encode()).hexdigest()


def params(files, **settings):
    return File(**{"source": "file", "files": files, "format": {"format": "csv"}} | settings)


def obtained(files, **settings):
    file = params(files, **settings)
    return read(file, local(file.files))


def test_each_split_is_one_file(place):
    raw = obtained(place(train="a,c\n1,x\n2,y\n", test="a,c\n3,y\n"), classes={"c": ["x", "y"]})
    assert isinstance(raw, Table)
    assert raw.frames["train"]["a"].tolist() == [1, 2]
    assert raw.frames["test"]["c"].tolist() == ["y"]
    assert raw.classes == {"c": ["x", "y"]}


def test_a_series_has_its_times_parsed(place):
    raw = obtained(place(all="day,v\n2004-08-19,1\n2004-08-20,2\n"), kind="series", time="day")
    assert (raw.kind, raw.time) == ("series", "day")
    assert raw.frames["all"]["day"].dtype == "datetime64[us]"


def test_where_the_file_lay_is_not_part_of_the_data(place, tmp_path):
    files = place(all="a\n1\n")
    (tmp_path / "moved.csv").write_text("a\n1\n")
    moved = {"all": files["all"] | {"path": "moved.csv"}}
    assert (
        obtained(files).source
        == obtained(moved).source
        == {"source": "file", "sha256": {"all": files["all"]["sha256"]}}
    )


def test_all_files_are_checked_and_every_fault_told(place, tmp_path):
    files = place(train="a\n1\n", test="a\n2\n", more="a\n3\n")
    received = written(tmp_path / "train.csv", "a\n9\n")
    (tmp_path / "test.csv").unlink()
    with pytest.raises(UserError) as mistake:
        obtained(files)
    changed, missing = mistake.value.messages
    assert changed == (f"train.csv: wrong content: expected sha256 {files['train']['sha256']}, received {received}")
    assert missing == f"test.csv: not here; looked for {tmp_path / 'test.csv'}"


def test_nothing_is_read_before_its_hash_was_checked(place, tmp_path):
    files = place(all="a,b\n1,2\n")
    (tmp_path / "all.csv").write_text("a,b\n1\n")
    with pytest.raises(UserError) as mistake:
        obtained(files)
    assert "sha256" in str(mistake.value)
    assert "fields" not in str(mistake.value)


def test_a_folder_is_not_a_file(place, tmp_path):
    (tmp_path / "sub").mkdir()
    with pytest.raises(UserError, match="sub: cannot be read: Is a directory"):
        obtained({"all": {"path": "sub", "sha256": "0" * 64}})


def test_faults_in_two_files_are_told_together_each_with_its_name(place):
    with pytest.raises(UserError) as mistake:
        obtained(place(train="a,b\n1\n", test=""))
    ragged, empty = mistake.value.messages
    assert ragged.startswith("train.csv: rows: 1 do not have 2 fields")
    assert empty == "test.csv: empty file"


@pytest.mark.parametrize(
    ("test", "said"),
    [
        ("a,c\n1,2\n", "test.csv: not the columns of the first file (missing: b; more: c)"),
        ("b,a\n1,2\n", "test.csv: not the columns of the first file (in another order)"),
    ],
)
def test_splits_have_the_same_columns(place, test, said):
    with pytest.raises(UserError) as mistake:
        obtained(place(train="a,b\n1,2\n", test=test))
    assert said in str(mistake.value)


def test_columns_may_stand_in_another_order_once_the_conf_orders_them(place):
    raw = obtained(place(train="a,b\n1,2\n", test="b,a\n1,2\n"), columns=["a", "b"])
    assert raw.frames["test"].iloc[0].tolist() == [2, 1]


def test_times_that_do_not_rise_name_the_file(place):
    with pytest.raises(UserError, match=r"all\.csv: column 'day': each time must be later"):
        obtained(place(all="day\n2004-08-20\n2004-08-19\n"), kind="series", time="day")


def npz(path, pictures):
    np.savez(path, x=pictures, y=np.zeros(len(pictures), np.uint8))
    return {"path": path.name, "sha256": hashlib.sha256(path.read_bytes()).hexdigest()}


IMAGES = {"format": {"format": "npz", "images": "x", "labels": "y", "classes": ["a"]}}


def test_images_come_from_npz(place, tmp_path):
    raw = obtained({"all": npz(tmp_path / "a.npz", np.ones((3, 2, 2), np.uint8))}, **IMAGES)
    assert isinstance(raw, Images)
    assert raw.images["all"].sum() == 12
    assert raw.classes == ["a"]


def test_splits_hold_the_same_kind_of_picture(place, tmp_path):
    train = npz(tmp_path / "a.npz", np.ones((3, 2, 2), np.uint8))
    test = npz(tmp_path / "b.npz", np.ones((3, 2, 3), np.uint8))
    with pytest.raises(
        UserError, match=r"b\.npz: a picture is uint8 of shape \(2, 3\), in the first file uint8 of shape \(2, 2\)"
    ):
        obtained({"train": train, "test": test}, **IMAGES)
