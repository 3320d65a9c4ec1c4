"""`restage new --sql`: a query of SQLite. A story runs what it writes, and another one queries PostgreSQL."""

import sqlite3
from pathlib import Path

import pandas as pd
import pytest

from stages.cli.new.read.read_query import NewQuery
from tests.cli.new.example_tables import flowers
from tests.cli.new.test_new import error, new, written

QUERY = "select * from flowers order by rowid"


@pytest.fixture
def database(clone: Path, monkeypatch: pytest.MonkeyPatch) -> sqlite3.Connection:
    monkeypatch.setenv("RESTAGE_CACHE", str(clone / "cache"))
    monkeypatch.setenv("FLOWERS_DB", "sqlite:///flowers.db")
    connection = sqlite3.connect("flowers.db")
    flowers().to_sql("flowers", connection, index=False)
    return connection


def test_a_query(database: sqlite3.Connection) -> None:
    printed = new("--sql", QUERY, "--url-env", "FLOWERS_DB", "--target", "kind")
    download = written("flowers")["download"]
    [snapshot] = Path("cache").iterdir()
    assert download == {"source": "sql", "url_env": "FLOWERS_DB", "query": QUERY, "sha256": snapshot.name}
    assert written("flowers")["preprocess"]["targets"] == "kind"
    assert "a query of FLOWERS_DB: " in printed
    assert "sqlite:///" not in Path("conf/dataset/flowers.yaml").read_text(encoding="utf-8")


def test_pictures_in_the_repository_do_not_matter(database: sqlite3.Connection) -> None:
    Path("logo.png").write_bytes(b"x")
    new("--sql", QUERY, "--url-env", "FLOWERS_DB", "--target", "kind")
    assert written("flowers")["download"]["source"] == "sql"


def test_the_columns_of_order_by_are_the_key_if_they_tell_rows_apart(database: sqlite3.Connection) -> None:
    database.execute("create table numbered as select rowid as id, * from flowers")
    database.commit()
    options = ["--url-env", "FLOWERS_DB", "--target", "kind"]
    printed = new("--sql", "select * from numbered order by kind, id", *options)
    assert written("numbered")["download"]["key"] == ["id", "kind"]
    assert "the columns of ORDER BY do not tell" not in printed
    printed = new("--sql", "select * from numbered order by kind", *options, "--key", "tied")
    assert "key" not in written("tied")["download"]
    assert "the columns of ORDER BY do not tell every row from the others" in printed


def test_a_series(database: sqlite3.Connection) -> None:
    days = pd.date_range("2024-01-01", periods=60).strftime("%Y-%m-%d")
    pd.DataFrame({"day": days, "price": range(60)}).to_sql("days", database, index=False)
    query = 'select * from days order by "day" desc'
    new("--sql", query, "--url-env", "FLOWERS_DB", "--target", "price", "--time", "day", "--key", "prices")
    download = written("prices")["download"]
    assert {name: download[name] for name in ("kind", "time", "sort")} == {
        "kind": "series",
        "time": "day",
        "sort": True,
    }


@pytest.mark.error_case("files that cannot become a dataset")
@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--sql", QUERY], "--sql and --url-env belong together"),
        (["own.csv", "--sql", QUERY, "--url-env", "FLOWERS_DB"], "name a FILE, or a query: --sql QUERY"),
        (["--sql", "select * from flowers", "--url-env", "FLOWERS_DB"], "--sql: should end with ORDER BY"),
        (["--sql", QUERY, "--url-env", "sqlite:///flowers.db"], "--url-env: should be the name of an environment var"),
        (["--sql", QUERY, "--url-env", "NO_DB"], "NO_DB: the environment variable is not set"),
        (["--sql", "select 1 as a order by a", "--url-env", "FLOWERS_DB"], "name the dataset with --key"),
        (
            ["--sql", QUERY, "--url-env", "FLOWERS_DB", "--test", "test.csv"],
            "--test: for a FILE, not for --sql; leave it out",
        ),
        (["--sql", QUERY.replace("rowid", "rwid"), "--url-env", "FLOWERS_DB"], "SQLite: no such column: rwid"),
    ],
)
def test_what_is_refused(database: sqlite3.Connection, arguments: list[str], message: str) -> None:
    assert message in error(*arguments, "--target", "kind")
    assert not Path("conf/dataset/flowers.yaml").exists()


def test_the_name_of_the_table() -> None:
    assert NewQuery("select * from shop.Orders order by id", "DB").table == "Orders"
    assert NewQuery("select ' order by id", "DB").table == ""
