"""Snapshots come from the cache, or else from the database."""

import multiprocessing
import sqlite3
import sys

import pytest

from stages.core.artefacts.raw.raw_files import sha256_of
from stages.core.errors import UserError
from stages.download.databases.snapshots import find_snapshot, snapshot_hash
from tests.download.databases.conftest import VARIABLE, source
from tests.download.sample_files import ZERO_HASH


def test_the_hash_of_what_the_query_gives_now(execute, cache):
    first = snapshot_hash(source(), cache)
    assert snapshot_hash(source(), cache) == first
    assert [file.name for file in cache.iterdir()] == [first]
    execute("update orders set price = 2 where id = 1")
    second = snapshot_hash(source(), cache)
    assert second != first
    assert {file.name: sha256_of(file) for file in cache.iterdir()} == {first: first, second: second}


def test_a_snapshot_in_the_cache_needs_no_database(execute, cache, monkeypatch):
    sha256 = snapshot_hash(source(), cache)
    monkeypatch.delenv(VARIABLE)
    assert find_snapshot(source(sha256=sha256), cache) == cache / sha256


def test_a_damaged_snapshot_is_taken_again(execute, cache):
    sha256 = snapshot_hash(source(), cache)
    (cache / sha256).write_bytes(b"damaged")
    assert sha256_of(find_snapshot(source(sha256=sha256), cache)) == sha256


def test_rows_in_another_order_of_the_table_give_the_same_hash(execute, cache):
    sha256 = snapshot_hash(source(), cache)
    execute("create table other as select * from orders order by id desc", "drop table orders")
    execute("alter table other rename to orders")
    assert snapshot_hash(source(), cache) == sha256


@pytest.mark.error_case("databases")
def test_another_result_is_refused_and_nothing_is_kept(execute, cache):
    with pytest.raises(UserError) as caught:
        find_snapshot(source(), cache)
    message = str(caught.value)
    assert f"{VARIABLE}: the query gives another result" in message
    assert f"expected sha256 {ZERO_HASH}, received {snapshot_hash(source(), cache)} (rows now: 3)" in message
    assert ZERO_HASH not in {file.name for file in cache.iterdir()}
    assert not list(cache.glob("*.part"))


@pytest.mark.error_case("databases")
def test_a_wrong_query_names_the_variable_and_leaves_no_file(execute, cache):
    with pytest.raises(UserError, match=f"^{VARIABLE}: SQLite: no such table: missing"):
        snapshot_hash(source("select * from missing order by 1"), cache)
    assert list(cache.iterdir()) == []


@pytest.mark.error_case("databases")
def test_the_cache_cannot_be_written(execute, tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(UserError, match="set RESTAGE_CACHE to a writable folder"):
        snapshot_hash(source(), tmp_path / "file" / "cache")


def test_processes_that_want_the_same_snapshot_query_once_after_another(execute, cache):
    sha256 = snapshot_hash(source(), cache)
    (cache / sha256).unlink()
    with multiprocessing.get_context("fork").Pool(2) as pool:
        found = pool.starmap(find_snapshot, [(source(sha256=sha256), cache)] * 4)
    assert {sha256_of(path) for path in found} == {sha256}
    assert [file.name for file in cache.iterdir()] == [sha256]


@pytest.mark.error_case("databases")
def test_postgresql_needs_an_extra(cache, monkeypatch):
    monkeypatch.setenv(VARIABLE, "postgresql://bob:hunter2@127.0.0.1/shop")
    monkeypatch.setitem(sys.modules, "psycopg", None)  # as if it were not installed
    with pytest.raises(UserError) as caught:
        snapshot_hash(source(), cache)
    assert "run `make setup EXTRAS=postgres`" in str(caught.value)
    assert "hunter2" not in str(caught.value)


def test_a_text_of_the_table_stays_as_it_is(execute, cache, tmp_path):
    connection = sqlite3.connect(tmp_path / "shop.db")
    connection.execute("update orders set town = ? where id = 1", ["a\u0000b\u2028\U0001f600"])
    connection.commit()
    connection.close()
    snapshot = (cache / snapshot_hash(source(), cache)).read_text(encoding="utf-8")
    assert snapshot.split("\n")[1] == '[1,null,"a\\u0000b\u2028\U0001f600"]'
