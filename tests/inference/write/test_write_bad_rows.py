import csv
from pathlib import Path

from stages.inference.write.write_bad_rows import BadRowWriter
from tests.inference.read.example_schema import example_schema, read

SCHEMA = example_schema()
HEADER = b"id,size,count,color,new\n"


def test_the_rows_with_their_numbers_problems_and_values(tmp_path: Path) -> None:
    path = tmp_path / "bad.csv"
    first = read(HEADER + b"a,1,2,red,true\nb,big,2,red,maybe\nc,1,2,red,true,more\n", SCHEMA)
    second = read(HEADER + b"d,1,2.5,red,no\n", SCHEMA)
    with BadRowWriter(path) as writer:
        writer.write(first)
        writer.write(second)
    assert writer.count == 3
    with path.open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["row"] for row in rows] == ["2", "3", "1"]
    assert [row["id"] for row in rows] == ["b", "c", "d"]
    assert [row["size"] for row in rows] == ["big", "1", "1"]
    assert rows[0]["problems"].count("column") == 2


def test_without_such_rows_there_is_no_file(tmp_path: Path) -> None:
    path = tmp_path / "bad.csv"
    path.write_text("of an earlier run")
    with BadRowWriter(path) as writer:
        writer.write(read(HEADER + b"a,1,2,red,true\n", SCHEMA))
    assert writer.count == 0
    assert not list(tmp_path.iterdir())
