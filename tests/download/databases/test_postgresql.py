"""Queries of a real server, which `make servers` installs. The tests fail without it, and do not skip."""

import os
import threading
import time
from collections.abc import Iterator

import pytest

from stages.core.errors import UserError
from stages.download.databases.snapshots import find_snapshot, snapshot_hash
from tests.download.databases.conftest import VARIABLE, source
from tests.stories.servers.postgres import ENCODED_PASSWORD, PASSWORD, USER, PostgresServer, postgres_server

pytestmark = pytest.mark.long
TABLE = """
create table orders (
    id integer primary key, big bigint, price double precision, small real, total numeric(10, 2), paid boolean,
    town text, code varchar(5), day date, at timestamp, at_zone timestamptz, mood mood
)"""
ROWS = """
insert into orders values
    (2, 9007199254740993, 0.1, 0.1, 12.30, true, 'Köln', 'a', '2024-01-31', '2024-01-31 12:00:00.5',
     '2024-07-01 01:00+02', 'glad'),
    (1, null, null, null, null, null, null, null, null, null, null, null)"""
TYPED = "id, big, price, small, total, paid, town, code, day, at, at_zone"
SNAPSHOT = """\
{"version":1,"columns":[["id","integer"],["big","integer"],["price","real"],["small","real"],["total","numeric"],\
["paid","boolean"],["town","text"],["code","text"],["day","date"],["at","timestamp"],\
["at_zone","timestamp with time zone"]]}
[1,null,null,null,null,null,null,null,null,null,null]
[2,9007199254740993,0.1,0.1,"12.30",true,"Köln","a","2024-01-31","2024-01-31T12:00:00.500000",\
"2024-06-30T23:00:00+00:00"]
"""


@pytest.fixture(scope="module")
def server() -> Iterator[PostgresServer]:
    with postgres_server() as started:
        started.execute("create type mood as enum ('glad', 'sad')", TABLE, ROWS)
        yield started


@pytest.fixture(autouse=True)
def address(server: PostgresServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, server.address)


def error_message(cache, query="select id from orders order by id", **options):
    with pytest.raises(UserError) as caught:
        find_snapshot(source(query, **options), cache)
    message = str(caught.value)
    assert PASSWORD not in message
    assert ENCODED_PASSWORD not in message
    assert not list(cache.glob("*"))
    return message


def test_every_type_is_written_exactly(cache):
    sha256 = snapshot_hash(source(f"select {TYPED} from orders order by id"), cache)
    assert (cache / sha256).read_text(encoding="utf-8") == SNAPSHOT


def test_settings_of_the_database_change_nothing(server, cache):
    query = f"select {TYPED} from orders order by id"
    before = snapshot_hash(source(query), cache)
    settings = {"timezone": "'Asia/Seoul'", "datestyle": "'German'", "extra_float_digits": "-10"}
    try:
        server.execute(*(f"alter role {USER} set {name} = {value}" for name, value in settings.items()))
        assert server.execute("show timezone") == [("Asia/Seoul",)]
        assert snapshot_hash(source(query), cache) == before
    finally:
        server.execute(f"alter role {USER} reset all")


def test_many_rows_arrive_in_blocks(cache):
    query = "select i, i % 7 as rest from generate_series(1, 25001) i order by i"
    snapshot = (cache / snapshot_hash(source(query), cache)).read_text(encoding="utf-8").splitlines()
    assert len(snapshot) == 25_002
    assert snapshot[-1] == "[25001,4]"


@pytest.mark.error_case("databases")
@pytest.mark.parametrize(
    ("query", "message"),
    [
        ("select * from missing order by 1", 'query line 1, character 15: relation "missing" does not exist'),
        ("select id\nform orders order by id", "query line 2, character 6: syntax error at or near"),
        ("select absent from orders order by id", 'query line 1, character 8: column "absent" does not exist'),
        ("select id, id from orders order by id", "column 'id' occurs 2 times"),
        ("select id from orders where id > 9 order by id", "the query gives no rows"),
        (
            "select mood from orders order by id",
            "column 'mood' has the unsupported type mood; write cast(mood as text)",
        ),
        ("select '\\x00'::bytea as b order by b", "has the unsupported type bytea; write encode(b, 'hex') as b"),
        ("select 'infinity'::date as d order by d", "outside of the years 1 to 9999; cast its column to text"),
        (
            "select 'nan'::float8 as f order by f",
            "column 'f' has nan in row 1; leave such rows out, or select null instead",
        ),
        ("select 1 / (id - id) as a from orders order by a", "query: division by zero"),
        ("select cast(town as integer) as a from orders order by id", 'invalid input syntax for type integer: "..."'),
        ("select nextval('numbers') as a order by a", "cannot execute nextval() in a read-only transaction"),
    ],
)
def test_a_wrong_query_is_reported(server, cache, query, message):
    server.execute("create sequence if not exists numbers")
    assert f"{VARIABLE}: " in error_message(cache, query)
    assert message in error_message(cache, query)


def test_the_server_refuses_a_second_statement(cache):
    """If the check of conf did not see it."""
    hidden = source().model_copy(update={"query": "select 1 as a order by a; drop table orders"})
    with pytest.raises(UserError, match="cannot insert multiple commands"):
        snapshot_hash(hidden, cache)


@pytest.mark.error_case("databases")
def test_a_query_that_takes_too_long(cache):
    start = time.monotonic()
    message = error_message(cache, "select pg_sleep(60)::text as a order by a", timeout_s=0.5)
    assert "no complete result within timeout_s: 0.5" in message
    assert time.monotonic() - start < 10


@pytest.mark.error_case("databases")
@pytest.mark.parametrize(
    ("change", "message"),
    [
        ((ENCODED_PASSWORD, "hunter2"), "no connection: the server refuses this user or password"),
        ((f"{USER}:", "stranger:"), "no connection: the server refuses this user or password"),
        (("/shop", "/nothing"), "no connection: the server has no database of this name"),
        (("127.0.0.1", "nothing.invalid"), "no connection: the name of the host is unknown"),
        (("/shop", "/shop?sslmode=require"), "no connection: no encrypted connection"),
        (("/shop", "/shop?unknown=1"), "not an address of PostgreSQL"),
        ((ENCODED_PASSWORD, "hunter2%zz"), "not an address of PostgreSQL"),
    ],
)
def test_a_wrong_address_is_reported_without_the_password(cache, monkeypatch, change, message):
    monkeypatch.setenv(VARIABLE, os.environ[VARIABLE].replace(*change))
    reported = error_message(cache)
    assert message in reported
    assert "hunter2" not in reported


@pytest.mark.error_case("databases")
def test_no_server_answers(server, cache, monkeypatch):
    monkeypatch.setenv(VARIABLE, os.environ[VARIABLE].replace(f":{server.port}", ":1"))
    assert "no connection: no server answers at this host and port" in error_message(cache)


@pytest.mark.error_case("databases")
def test_a_server_that_ends_in_the_middle_of_a_query(cache, monkeypatch):
    with postgres_server() as server:
        monkeypatch.setenv(VARIABLE, server.address)
        query = "select i, pg_sleep(0.05) is null as slept from generate_series(1, 10000) i order by i"
        threading.Thread(target=server.kill_during_a_query).start()
        assert "the connection was lost before the last row" in error_message(cache, query)
