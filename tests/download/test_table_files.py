import pytest

from stages.core.artefacts.raw import ALL
from stages.core.errors import UserError
from stages.download.fetch.checksums import Verified
from stages.download.fetch.local_files import read
from stages.download.params import AnyFile, File
from tests.download.made import tarred, zipped

SERIES = {"kind": "series", "time": "Day", "rename": {"Day": "day", "Close": "close"}}


@pytest.fixture
def table(tmp_path):
    """The table of these months, one file each, all of one split."""

    def table(*contents, member=None, **settings):
        files = []
        for number, content in enumerate(contents, start=1):
            path = tmp_path / f"{number}.csv"
            path.write_bytes(content)
            files.append(Verified(path, path.name, "0" * 64, AnyFile(member=member), part=f"2020-0{number}"))
        named = {"all": {"path": "x", "sha256": "0" * 64}}
        params = File(**{"source": "file", "files": named, "format": {"format": "csv"}} | settings)
        return read(params, {ALL: files})

    return table


def test_files_of_one_split_follow_each_other_and_columns_get_their_names(table):
    raw = table(b"Day,Close\n2020-01-31,1\n", b"Day,Close\n2020-02-01,2.5\n", **SERIES)
    assert (raw.time, raw.columns) == ("day", ["day", "close"])
    assert raw.frames[ALL]["close"].tolist() == [1, 2.5]
    assert list(raw.source["sha256"]) == ["all 2020-01", "all 2020-02"]


def test_classes_follow_their_column_to_its_new_name(table):
    raw = table(b"Kind,x\na,1\n", classes={"Kind": ["a", "b"]}, rename={"Kind": "kind"})
    assert raw.classes == {"kind": ["a", "b"]}
    assert raw.frames[ALL]["kind"].tolist() == ["a"]


def test_a_file_that_repeats_the_end_of_the_one_before(table):
    with pytest.raises(UserError, match=r"1\.csv, 2\.csv: column 'Day': each time must be later .* row 2 2020-01-31"):
        table(b"Day,Close\n2020-01-31,1\n", b"Day,Close\n2020-01-31,2\n", **SERIES)


def test_a_file_with_other_columns_is_told_by_its_name(table):
    with pytest.raises(UserError, match=r"2\.csv: not the columns of the first file \(missing: b; more: c\)"):
        table(b"a,b\n1,2\n", b"a,c\n1,2\n")


@pytest.mark.parametrize("packed", [zipped, tarred])
def test_a_member_is_read_like_a_file(table, packed):
    raw = table(packed({"in/a.csv": b"a\n1\n", "in/b.csv": b"a\n2\n"}), member="in/b.csv")
    assert raw.frames[ALL]["a"].tolist() == [2]


def test_a_column_to_rename_that_is_not_there(table):
    with pytest.raises(UserError, match=r"no column 'Cloze'; did you mean Close\?"):
        table(b"Day,Close\n2020-01-31,1\n", rename={"Cloze": "close"})
