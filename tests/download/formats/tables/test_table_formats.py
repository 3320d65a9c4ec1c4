import datetime
from decimal import Decimal

import pyarrow as pa
import pytest

from stages.core.errors import UserError
from tests.download.sample_files import make_parquet, read_table_content


def read(data, **options):
    return read_table_content(make_parquet(data), {"format": "parquet"}, **options)


def test_parquet_columns_are_chosen_and_ordered():
    frame = read({"a": [1], "b": [2.5], "c": ["x"]}, columns=["c", "a"])
    assert frame.to_dict("list") == {"c": ["x"], "a": [1]}


def test_other_types_become_plain_types():
    frame = read(
        {
            "category": pa.array(["x", "y"]).dictionary_encode(),
            "day": [datetime.date(2004, 8, 19), datetime.date(2004, 8, 20)],
            "price": [Decimal("1.25"), Decimal("2.50")],
            "empty": pa.nulls(2),
            "number": [0, 1],
        },
        classes={"number": ["0", "1"]},
    )
    types = {"category": "str", "day": "datetime64[us]", "price": "float64", "empty": "float64", "number": "str"}
    assert frame.dtypes.astype(str).to_dict() == types
    assert frame["number"].tolist() == ["0", "1"]


def test_nested_columns_are_refused_unless_left_out():
    data = {"a": [1], "words": [[1, 2]]}
    with pytest.raises(UserError, match="column 'words' holds list"):
        read(data)
    assert list(read(data, columns=["a"])) == ["a"]


def test_an_absent_column():
    with pytest.raises(UserError, match="no column 'hieght'; did you mean height"):
        read({"height": [1]}, columns=["hieght"])


def test_another_file_is_not_parquet():
    with pytest.raises(UserError, match="not readable as Parquet"):
        read_table_content(b"a,b\n1,2\n", {"format": "parquet"})
