"""A query as raw data: the options of tables apply to it as to files."""

import pandas as pd
import pytest

from stages.core.artefacts.raw.raw_data import Table
from stages.core.artefacts.raw.raw_files import read_raw, write_raw
from stages.core.errors import UserError
from stages.download.databases.load_sql import load_sql
from stages.download.databases.snapshots import snapshot_hash
from stages.download.load_source import load_source
from tests.download.databases.conftest import source


@pytest.fixture
def load(execute, cache):
    """Loads what the query gives now."""

    def load(query="select * from orders order by id", **options):
        sha256 = snapshot_hash(source(query), cache)
        return load_sql(source(query, sha256, **options), cache)

    return load


def test_columns_have_the_types_of_their_values(load):
    table = load()
    frame = table.frames["all"]
    assert frame.dtypes.astype(str).to_dict() == {"id": "int64", "price": "float64", "town": "str"}
    assert frame["town"].tolist()[:2] == ["Bonn", "Köln"]
    assert frame["price"].isna().tolist() == [True, False, False]
    assert (table.source["source"], table.source["query"]) == ("sql", "select * from orders order by id")


def test_the_options_of_tables_apply(load):
    table = load(columns=["town", "id"], rename={"id": "number"}, classes={"id": ["1", "2", "3"]}, private=["town"])
    assert table.columns == ["town", "number"]
    assert table.frames["all"]["number"].tolist() == ["1", "2", "3"]
    assert table.classes == {"number": ["1", "2", "3"]}
    assert table.private == ["town"]


def test_a_series_is_sorted_by_time(execute, load):
    execute("create table days (day text, price real)")
    execute("insert into days values ('2024-01-02', 2), ('2024-01-01', 1)")
    query = "select * from days order by price desc"
    table = load(query, kind="series", time="day", sort=True)
    assert table.frames["all"]["day"].tolist() == [pd.Timestamp("2024-01-01"), pd.Timestamp("2024-01-02")]
    with pytest.raises(UserError, match="each time must be later than the one before"):
        load(query, kind="series", time="day")
    table = load(query, kind="series", time="day", sort=True, resample={"every": "1W", "how": "mean"})
    assert table.frames["all"].to_dict("list") == {"day": [pd.Timestamp("2024-01-07")], "price": [1.5]}
    assert table.source["resample"]["rows_read"] == {"all": 2}


@pytest.mark.error_case("databases")
@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"columns": ["id", "twon"]}, "result of the query: no column 'twon'; did you mean town?"),
        ({"private": ["nothing"]}, "no column 'nothing'"),
    ],
)
def test_options_that_name_no_column(load, options, message):
    with pytest.raises(UserError) as caught:
        load(**options)
    assert message in str(caught.value)


@pytest.mark.error_case("databases")
def test_a_key_is_checked(execute, load):
    assert len(load(key=["id"]).frames["all"]) == 3
    execute("insert into orders values (2, 9, 'Ulm')")
    with pytest.raises(UserError, match="key id: 1 rows have the key of an earlier row: row 3"):
        load(key=["id"])
    assert len(load("select * from orders order by id, town", key=["id", "town"]).frames["all"]) == 4
    with pytest.raises(UserError, match="key names 'price', which is no column"):
        load("select id from orders order by id, price", key=["id", "price"])


@pytest.mark.error_case("databases")
def test_whole_numbers_that_would_be_rounded_are_refused(execute, load):
    execute(f"update orders set id = {2**53 + 1} where id = 3")
    assert load().frames["all"]["id"].tolist() == [1, 2, 2**53 + 1]
    mixed = "select case when id = 1 then 1.5 else id end as id from orders order by id"
    with pytest.raises(UserError, match=r"column 'id' has whole numbers above 2\^53"):
        load(mixed)
    execute("update orders set id = null where id = 2")
    with pytest.raises(UserError, match=r"column 'id' has whole numbers above 2\^53"):
        load()
    assert load("select cast(id as text) as id from orders order by id").frames["all"]["id"].tolist()[1:] == [
        "1",
        str(2**53 + 1),
    ]


def test_the_raw_data_are_the_same_bytes_each_time(load, tmp_path):
    for name in ("first", "second"):
        write_raw(load(), tmp_path / name)
    first, second = ({f.name: f.read_bytes() for f in (tmp_path / name).iterdir()} for name in ("first", "second"))
    assert first == second
    raw = read_raw(tmp_path / "first")
    assert isinstance(raw, Table)
    assert raw.frames["all"].equals(load().frames["all"])


def test_the_stage_uses_the_cache_of_downloads(load, cache, execute, monkeypatch):
    monkeypatch.setenv("RESTAGE_CACHE", str(cache))
    table = load_source(source(sha256=snapshot_hash(source(), cache)))
    assert isinstance(table, Table)
    assert len(table.frames["all"]) == 3
