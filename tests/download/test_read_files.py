"""Local files of several splits, files of one split, members of archives, and renamed columns."""

import numpy as np
import pytest

from stages.core.artefacts.raw.raw_data import ALL, Images, Table
from stages.core.errors import UserError
from stages.download.fetch.verified_files import VerifiedFile, verify_local
from stages.download.load_source import read_files
from stages.download.params.file_params import File, SourceFile
from tests.download.sample_files import ZERO_HASH, error_message, make_npz, make_tar, make_zip, sha256

IMAGES = {"format": {"format": "npz", "images": "x", "labels": "y", "classes": ["a"]}}
SERIES = {"kind": "series", "time": "Day", "rename": {"Day": "day", "Close": "close"}}


@pytest.fixture(autouse=True)
def working_directory(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def write(tmp_path):
    """Writes one file per split; returns the parameter `files` with their hashes."""

    def write(**contents):
        files = {}
        for split, content in contents.items():
            content = content.encode() if isinstance(content, str) else content
            (tmp_path / f"{split}.csv").write_bytes(content)
            files[split] = {"path": f"{split}.csv", "sha256": sha256(content)}
        return files

    return write


def read(files, **options):
    params = file_params(files, options)
    return read_files(params, verify_local(params.files))


def file_params(files, options):
    return File.model_validate({"source": "file", "files": files, "format": {"format": "csv"}} | options)


@pytest.fixture
def read_parts(tmp_path):
    """Reads the contents as the monthly files of one split, which become a table."""

    def read_parts(*contents, member=None, **options):
        files = []
        for number, content in enumerate(contents, start=1):
            path = tmp_path / f"{number}.csv"
            path.write_bytes(content)
            files.append(VerifiedFile(path, path.name, ZERO_HASH, SourceFile(member=member), f"2020-0{number}"))
        raw = read_files(file_params({"all": {"path": "x", "sha256": ZERO_HASH}}, options), {ALL: files})
        assert isinstance(raw, Table)
        return raw

    return read_parts


def test_each_split_is_one_file(write):
    raw = read(write(train="a,c\n1,x\n2,y\n", test="a,c\n3,y\n"), classes={"c": ["x", "y"]})
    assert isinstance(raw, Table)
    assert raw.frames["train"]["a"].tolist() == [1, 2]
    assert raw.frames["test"]["c"].tolist() == ["y"]
    assert raw.classes == {"c": ["x", "y"]}


def test_the_path_of_a_file_is_not_part_of_the_provenance(write):
    files = write(all="a\n1\n", copy="a\n1\n")
    provenance = {"source": "file", "sha256": {"all": files["all"]["sha256"]}}
    assert read({"all": files["all"]}).source == read({"all": files["copy"]}).source == provenance


def test_errors_of_all_files_are_reported(write, tmp_path):
    files = write(train="a\n1\n", test="a\n2\n", more="a\n3\n")
    changed_content = b"a\n9\n"
    (tmp_path / "train.csv").write_bytes(changed_content)
    (tmp_path / "test.csv").unlink()
    with pytest.raises(UserError) as error:
        read(files)
    changed, missing = error.value.messages
    assert changed.startswith("train.csv: wrong content")
    assert f"expected sha256 {files['train']['sha256']}, received {sha256(changed_content)}" in changed
    assert missing.startswith("test.csv: ")
    assert str(tmp_path / "test.csv") in missing


def test_nothing_is_read_before_the_hash_is_checked(write, tmp_path):
    files = write(all="a,b\n1,2\n")
    (tmp_path / "all.csv").write_text("a,b\n1\n")
    message = error_message(read, files)
    assert "sha256" in message
    assert "fields" not in message


def test_a_folder_is_not_a_file(tmp_path):
    (tmp_path / "folder").mkdir()
    message = error_message(read, {"all": {"path": "folder", "sha256": ZERO_HASH}})
    assert message == "folder: cannot be read: Is a directory"


def test_format_errors_of_all_files_are_reported(write):
    with pytest.raises(UserError) as error:
        read(write(train="a,b\n1\n", test=""))
    ragged, empty = error.value.messages
    assert ragged.startswith("train.csv: rows: 1 do not have 2 fields")
    assert empty == "test.csv: empty file"


@pytest.mark.parametrize(
    ("test", "difference"),
    [("a,c\n1,2\n", "missing: b; more: c"), ("b,a\n1,2\n", "in another order")],
)
def test_all_files_must_have_the_same_columns(write, read_parts, test, difference):
    message = error_message(read, write(train="a,b\n1,2\n", test=test))
    assert f"test.csv: not the columns of the first file ({difference})" in message
    message = error_message(read_parts, b"a,b\n1,2\n", test.encode())
    assert f"2.csv: not the columns of the first file ({difference})" in message


def test_the_parameter_columns_orders_the_columns_of_all_splits(write):
    raw = read(write(train="a,b\n1,2\n", test="b,a\n1,2\n"), columns=["a", "b"])
    assert raw.frames["test"].iloc[0].tolist() == [2, 1]


def test_npz_files_become_images(write):
    content = make_npz(x=np.ones((3, 2, 2), np.uint8), y=np.zeros(3, np.uint8))
    raw = read(write(all=content), **IMAGES)
    assert isinstance(raw, Images)
    assert raw.images["all"].sum() == 12
    assert raw.classes == ["a"]


def test_images_of_all_splits_must_have_the_same_shape(write):
    train = make_npz(x=np.ones((3, 2, 2), np.uint8), y=np.zeros(3, np.uint8))
    test = make_npz(x=np.ones((3, 2, 3), np.uint8), y=np.zeros(3, np.uint8))
    message = error_message(read, write(train=train, test=test), **IMAGES)
    assert message.startswith("test.csv: an image is uint8 of shape (2, 3), in the first file uint8 of shape (2, 2)")


def test_files_are_concatenated_and_columns_renamed(read_parts):
    raw = read_parts(b"Day,Close\n2020-01-31,1\n", b"Day,Close\n2020-02-01,2.5\n", **SERIES)
    assert (raw.kind, raw.time, raw.columns) == ("series", "day", ["day", "close"])
    assert raw.frames[ALL]["day"].dtype == "datetime64[us]"
    assert raw.frames[ALL]["close"].tolist() == [1, 2.5]
    assert list(raw.source["sha256"]) == ["all 2020-01", "all 2020-02"]


def test_classes_have_the_new_name_of_their_column(read_parts):
    raw = read_parts(b"Kind,x\na,1\n", classes={"Kind": ["a", "b"]}, rename={"Kind": "kind"})
    assert raw.classes == {"kind": ["a", "b"]}
    assert raw.frames[ALL]["kind"].tolist() == ["a"]


def test_files_that_overlap_in_time_are_refused(read_parts):
    message = error_message(read_parts, b"Day,Close\n2020-01-31,1\n", b"Day,Close\n2020-01-31,2\n", **SERIES)
    assert message.startswith("1.csv, 2.csv: column 'Day': each time must be later")
    assert "row 2 2020-01-31" in message
    message = error_message(read_parts, b"Day\n2020-01-31\n2020-01-30\n", kind="series", time="Day")
    assert message.startswith("1.csv: column 'Day': each time must be later")


def test_newest_rows_first_are_sorted_on_request(read_parts):
    content = b"Day,Close\n2020-01-03,3\n2020-01-02,2\n2020-01-01,1\n"
    assert "sort: true" in error_message(read_parts, content, **SERIES)
    raw = read_parts(content, sort=True, **SERIES)
    assert raw.frames[ALL]["close"].tolist() == [1, 2, 3]
    assert raw.frames[ALL].index.tolist() == [0, 1, 2]
    raw = read_parts(b"Day,Close\n2020-02-01,2\n", b"Day,Close\n2020-01-01,1\n", sort=True, **SERIES)
    assert raw.frames[ALL]["close"].tolist() == [1, 2]
    message = error_message(read_parts, content + b"2020-01-02,5\n", sort=True, **SERIES)
    assert "row 3 2020-01-02" in message
    assert message.endswith("remove repeated times, or set resample, which makes one row of each period")


def test_a_series_is_resampled_with_the_names_of_the_file(read_parts):
    content = b"Day,Close,Town\n2020-01-03,3,a\n2020-01-01,1,b\n2020-01-01,2,\n"
    options = {"every": "1D", "how": {"Close": "sum"}, "gaps": "forward"}
    raw = read_parts(content, sort=True, resample=options, **SERIES)
    frame = raw.frames[ALL]
    assert frame["day"].dt.day.tolist() == [1, 2, 3]
    assert frame["close"].tolist() == [3, 3, 3]
    assert frame["Town"].tolist() == ["b", "b", "a"]
    numbers = {"rows_read": {"all": 3}, "periods_without_rows": {"all": 1}}
    assert raw.source["resample"] == options | numbers
    message = error_message(read_parts, content, resample=options, **SERIES)
    assert "sort: true" in message
    message = error_message(read_parts, content, sort=True, resample={"every": "D", "how": {"Clos": "sum"}}, **SERIES)
    assert message == "1.csv: no column 'Clos'; did you mean Close?"
    message = error_message(read_parts, content, sort=True, resample={"every": "D"}, **SERIES)
    assert message.startswith("1.csv: resample: every D leaves 1 periods without rows: 2020-01-02 00:00:00;")


def test_private_columns_have_their_new_names_and_are_not_shown(read_parts):
    content = b"Name,x\nann,1\nbob,2\n"
    raw = read_parts(content, private=["Name"], rename={"Name": "name"})
    assert raw.private == ["name"]
    assert "no column 'Nam'" in error_message(read_parts, content, private=["Nam"])
    numbers = {"format": "csv", "types": {"Name": "number"}}
    message = error_message(read_parts, content, private=["Name"], format=numbers)
    assert "column 'Name': 2 of 2 values" in message
    assert "row 1 private, row 2 private" in message
    assert "ann" not in message


def test_a_series_without_times_is_in_order_if_the_parameters_say_so(read_parts):
    raw = read_parts(b"a\n3\n1\n", kind="series", rows_in_order_of_time=True)
    assert (raw.kind, raw.time, raw.frames[ALL]["a"].tolist()) == ("series", None, [3, 1])


@pytest.mark.parametrize("make_archive", [make_zip, make_tar])
def test_a_member_is_read_like_a_file(read_parts, make_archive):
    raw = read_parts(make_archive({"in/a.csv": b"a\n1\n", "in/b.csv": b"a\n2\n"}), member="in/b.csv")
    assert raw.frames[ALL]["a"].tolist() == [2]


def test_an_absent_column_in_rename(read_parts):
    message = error_message(read_parts, b"Day,Close\n2020-01-31,1\n", rename={"Cloze": "close"})
    assert "no column 'Cloze'; did you mean Close?" in message
