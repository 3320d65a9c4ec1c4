"""Several files per split, members of archives, and renamed columns."""

import pytest

from stages.core.artefacts.raw import ALL
from stages.download.fetch.verified_files import VerifiedFile
from stages.download.load_source import read_files
from stages.download.params.file_params import File, SourceFile
from tests.download.sample_files import ZERO_HASH, error_message, make_tar, make_zip

SERIES = {"kind": "series", "time": "Day", "rename": {"Day": "day", "Close": "close"}}


@pytest.fixture
def read(tmp_path):
    """Reads the contents as the monthly files of one split."""

    def read(*contents, member=None, **options):
        files = []
        for number, content in enumerate(contents, start=1):
            path = tmp_path / f"{number}.csv"
            path.write_bytes(content)
            files.append(VerifiedFile(path, path.name, ZERO_HASH, SourceFile(member=member), f"2020-0{number}"))
        file_params = {"all": {"path": "x", "sha256": ZERO_HASH}}
        params = File(**{"source": "file", "files": file_params, "format": {"format": "csv"}} | options)
        return read_files(params, {ALL: files})

    return read


def test_files_are_concatenated_and_columns_renamed(read):
    raw = read(b"Day,Close\n2020-01-31,1\n", b"Day,Close\n2020-02-01,2.5\n", **SERIES)
    assert (raw.time, raw.columns) == ("day", ["day", "close"])
    assert raw.frames[ALL]["close"].tolist() == [1, 2.5]
    assert list(raw.source["sha256"]) == ["all 2020-01", "all 2020-02"]


def test_classes_have_the_new_name_of_their_column(read):
    raw = read(b"Kind,x\na,1\n", classes={"Kind": ["a", "b"]}, rename={"Kind": "kind"})
    assert raw.classes == {"kind": ["a", "b"]}
    assert raw.frames[ALL]["kind"].tolist() == ["a"]


def test_files_that_overlap_in_time_are_refused(read):
    message = error_message(read, b"Day,Close\n2020-01-31,1\n", b"Day,Close\n2020-01-31,2\n", **SERIES)
    assert message.startswith("1.csv, 2.csv: column 'Day': each time must be later")
    assert "row 2 2020-01-31" in message


def test_a_file_with_other_columns_is_named(read):
    message = error_message(read, b"a,b\n1,2\n", b"a,c\n1,2\n")
    assert message.startswith("2.csv: not the columns of the first file (missing: b; more: c)")


@pytest.mark.parametrize("make_archive", [make_zip, make_tar])
def test_a_member_is_read_like_a_file(read, make_archive):
    raw = read(make_archive({"in/a.csv": b"a\n1\n", "in/b.csv": b"a\n2\n"}), member="in/b.csv")
    assert raw.frames[ALL]["a"].tolist() == [2]


def test_an_absent_column_in_rename(read):
    message = error_message(read, b"Day,Close\n2020-01-31,1\n", rename={"Cloze": "close"})
    assert "no column 'Cloze'; did you mean Close?" in message
