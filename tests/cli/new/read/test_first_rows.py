"""A very large file is described from its first rows, and `restage new` says so."""

from io import BytesIO
from pathlib import Path

import pandas as pd
import pyarrow.parquet as pq
import pytest

from stages.cli.new.read import first_rows
from tests.cli.new.example_tables import flowers
from tests.cli.new.test_new import error, new, written
from tests.download.sample_files import make_zip, sha256


@pytest.fixture(autouse=True)
def small_limits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(first_rows, "LARGE_BYTES", 1000)
    monkeypatch.setattr(first_rows, "LARGE_MEMBER_BYTES", 1000)
    monkeypatch.setattr(first_rows, "FIRST_BYTES", 2500)
    monkeypatch.setattr(first_rows, "FIRST_CELLS", 300)


def write(name: str, frame: pd.DataFrame) -> None:
    match Path(name).suffix:
        case ".csv":
            frame.to_csv(name, index=False)
        case ".jsonl":
            frame.to_json(name, orient="records", lines=True)
        case _:
            frame.to_parquet(name, index=False)


@pytest.mark.parametrize("name", ["flowers.csv", "flowers.jsonl", "flowers.parquet"])
def test_the_output_says_how_many_rows_were_looked_at(name: str, clone: Path) -> None:
    frame = pd.concat([flowers()] * 4, ignore_index=True)
    write(name, frame)
    content = Path(name).read_bytes()
    printed = new(name, "--target", "kind")
    [line] = [line for line in printed.splitlines() if "a large file" in line]
    start = f"{name}: a large file; only the first "
    assert line.startswith(start)
    rows = int(line.removeprefix(start).split()[0])
    assert 10 < rows < len(frame)
    conf = written("flowers")
    assert conf["download"]["files"]["all"]["sha256"] == sha256(content)
    # Other rows may have other values.
    assert [next(iter(each)) for each in conf["validate"]["expectations"]] == ["expect_table_row_count_to_be_between"]


def test_the_first_rows_of_parquet(tmp_path: Path) -> None:
    write(str(tmp_path / "a.parquet"), pd.DataFrame({"a": range(3000), "b": "x"}))
    content = first_rows.first_rows(tmp_path / "a.parquet", None)
    assert content is not None
    (tmp_path / "first").write_bytes(content)
    assert pq.read_table(tmp_path / "first")["a"].to_pylist() == list(range(150))


def test_a_member_of_an_archive(clone: Path) -> None:
    Path("a.zip").write_bytes(make_zip({"a.csv": b"a,b\n" + b"1,2\n" * 1000}))
    assert error("a.zip", "--target", "a").endswith(
        "a.csv is 4,004 bytes long; unpack it, and name the file, whose first rows are looked at\n"
    )


def test_lines_that_tell_how_a_file_is_written() -> None:
    """Letters such as ü are looked for behind the first part too."""
    start, end = b"name;size\n" + b"rose;1,5\n" * 400, "tülip;2,5\n".encode("cp1252")
    content = first_rows.telling_lines(BytesIO(start + end + b"aster;1\n"))
    assert content.startswith(start[:2400])
    assert content.endswith(b"rose;1,5\n" + end)
