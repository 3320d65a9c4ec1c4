import datetime
from decimal import Decimal
from functools import partial

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from stages.core.errors import UserError
from stages.download.formats.table_formats import read_table
from stages.download.params.file_params import File
from tests.download.sample_files import ZERO_HASH, opener


@pytest.fixture
def parquet(tmp_path):
    def read(data, **options):
        pq.write_table(pa.table(data), tmp_path / "data.parquet")
        files = {"all": {"path": "data.parquet", "sha256": ZERO_HASH}}
        params = File(source="file", files=files, format={"format": "parquet"}, **options)
        return read_table(partial((tmp_path / "data.parquet").open, "rb"), params.format, params)

    return read


def test_parquet_columns_are_chosen_and_ordered(parquet):
    frame = parquet({"a": [1], "b": [2.5], "c": ["x"]}, columns=["c", "a"])
    assert frame.to_dict("list") == {"c": ["x"], "a": [1]}


def test_other_types_become_plain_types(parquet):
    frame = parquet(
        {
            "category": pa.array(["x", "y"]).dictionary_encode(),
            "day": [datetime.date(2004, 8, 19), datetime.date(2004, 8, 20)],
            "price": [Decimal("1.25"), Decimal("2.50")],
            "empty": pa.nulls(2),
            "number": [0, 1],
        },
        classes={"number": ["0", "1"]},
    )
    types = frame.dtypes.astype(str).to_dict()
    assert types == {
        "category": "str",
        "day": "datetime64[us]",
        "price": "float64",
        "empty": "float64",
        "number": "str",
    }
    assert frame["number"].tolist() == ["0", "1"]


def test_nested_columns_are_refused_unless_left_out(parquet):
    data = {"a": [1], "words": [[1, 2]]}
    with pytest.raises(UserError, match="column 'words' holds list"):
        parquet(data)
    assert list(parquet(data, columns=["a"])) == ["a"]


def test_an_absent_column(parquet):
    with pytest.raises(UserError, match="no column 'hieght'; did you mean height"):
        parquet({"height": [1]}, columns=["hieght"])


def test_another_file_is_not_parquet():
    files = {"all": {"path": "text", "sha256": ZERO_HASH}}
    params = File(source="file", files=files, format={"format": "parquet"})
    with pytest.raises(UserError, match="not readable as Parquet"):
        read_table(opener(b"a,b\n1,2\n"), params.format, params)
