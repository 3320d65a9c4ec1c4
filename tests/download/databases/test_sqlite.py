import pytest

from stages.core.errors import UserError
from stages.download.databases.query_result import Deadline
from stages.download.databases.sqlite import query_sqlite

SECONDS = 60.0
ENDLESS = "with recursive n(i) as (select 1 union all select i + 1 from n) select count(*) from n order by 1"


def rows(address, query, seconds=SECONDS):
    with query_sqlite(address, query, Deadline(seconds)) as result:
        return list(result.names), [row for block in result.blocks for row in block]


def test_rows_and_names(execute, tmp_path):
    query = "select id, price as p from orders order by id"
    assert rows(f"sqlite:///{tmp_path}/shop.db", query) == (["id", "p"], [(1, None), (2, 1.5), (3, 0.1)])


def test_a_path_is_relative_to_the_working_directory_and_may_have_any_letters(execute, tmp_path, monkeypatch):
    (tmp_path / "shop.db").rename(tmp_path / "a b?ö#.db")
    monkeypatch.chdir(tmp_path)
    assert rows("sqlite:///a b%3Fö%23.db", "select 1 as a order by a") == (["a"], [(1,)])


@pytest.mark.error_case("databases")
@pytest.mark.parametrize(
    "statement",
    [
        "delete from orders",
        "create table t (a)",
        "insert into orders values (4, 4, 'x')",
        "select 1; delete from orders",
    ],
)
def test_nothing_can_be_written(execute, tmp_path, statement):
    before = (tmp_path / "shop.db").read_bytes()
    with pytest.raises(UserError):
        rows(f"sqlite:///{tmp_path}/shop.db", statement)
    assert (tmp_path / "shop.db").read_bytes() == before


@pytest.mark.error_case("databases")
@pytest.mark.parametrize(
    ("query", "message"),
    [
        ("select * from missing order by 1", "SQLite: no such table: missing"),
        ("select absent from orders order by 1", "SQLite: no such column: absent"),
        ("select * form orders order by 1", 'SQLite: near "form": syntax error'),
        ("select cast(x'ff' as text) as a order by a", "SQLite: Could not decode to UTF-8 column 'a'"),
    ],
)
def test_a_wrong_query_is_reported(execute, tmp_path, query, message):
    with pytest.raises(UserError) as caught:
        rows(f"sqlite:///{tmp_path}/shop.db", query)
    assert caught.value.messages == (message,)


@pytest.mark.error_case("databases")
def test_a_query_that_takes_too_long_is_stopped(execute, tmp_path):
    with pytest.raises(UserError, match=r"no complete result within timeout_s: 0\.2"):
        rows(f"sqlite:///{tmp_path}/shop.db", ENDLESS, seconds=0.2)


@pytest.mark.error_case("databases")
@pytest.mark.parametrize(
    ("address", "message"),
    [
        ("sqlite:///nothing.db", r"nothing\.db: no such file; looked for /"),
        ("sqlite://shop.db", "not an address of SQLite; expected sqlite:///shop.db"),
        ("sqlite:///", "not an address of SQLite"),
    ],
)
def test_a_wrong_address_is_reported(address, message):
    with pytest.raises(UserError, match=message):
        rows(address, "select 1 as a order by a")


@pytest.mark.error_case("databases")
def test_another_file_is_no_database(tmp_path):
    (tmp_path / "own.csv").write_text("a,b\n1,2\n" * 100)
    with pytest.raises(UserError, match="SQLite: file is not a database"):
        rows(f"sqlite:///{tmp_path}/own.csv", "select 1 as a from t order by a")
