"""From a table of a database to a page: `restage new --sql`, then `restage run`."""

import json
import sqlite3
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.stories.repo import Repo
from tests.stories.servers.postgres import PASSWORD, PostgresServer, postgres_server
from tests.stories.test_new_dataset import measures, short

VARIABLE = "SHOP_DB"
QUERY = "select length, width, kind from plants order by id"
# Half a minute, if nothing ends it.
SLOW = "select i, pg_sleep(0.05) is null as slept from generate_series(1, 600) i order by i"


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("RESTAGE_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache"


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[PostgresServer]:
    with postgres_server() as started:
        monkeypatch.setenv(VARIABLE, started.address)
        yield started


def new(repo: Repo) -> None:
    repo.restage("new", "--sql", QUERY, "--url-env", VARIABLE, "--target", "kind", "--key", "own")
    short(repo)


def check_page(repo: Repo) -> None:
    assert json.loads(repo.read("reports/metrics/own.json"))["accuracy"]
    assert "select length, width, kind from plants" in repo.read("reports/pages/own.html")


@pytest.mark.long
def test_a_table_of_sqlite_becomes_a_page_and_stays_as_it_was(
    repo: Repo, tmp_path: Path, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(VARIABLE, f"sqlite:///{tmp_path}/shop.db")
    connection = sqlite3.connect(tmp_path / "shop.db")
    measures().rename_axis("id").to_sql("plants", connection)
    new(repo)
    repo.restage("run", "own")
    check_page(repo)
    # Other rows change nothing, until the query runs again.
    connection.execute("delete from plants where id = 5")
    connection.commit()
    connection.close()
    assert repo.restage("run", "own").stdout.startswith("nothing to run")
    for snapshot in cache.iterdir():
        snapshot.unlink()
    repo.edit("conf/dataset/own.yaml", "source: sql", "source: sql\n  licence: my own")
    printed = repo.restage("run", "own", ok=False).stdout
    assert f"download@own: {VARIABLE}: the query gives another result" in printed
    assert "(rows now: 89)" in printed
    assert "`restage refresh" in printed


@pytest.mark.long
def test_a_table_of_postgresql_becomes_a_page(
    repo: Repo, server: PostgresServer, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = ", ".join(f"({n}, {row.length}, {row.width}, '{row.kind}')" for n, row in enumerate(measures().itertuples()))
    server.execute("create table plants (id integer primary key, length numeric, width double precision, kind text)")
    server.execute(f"insert into plants values {rows}")
    new(repo)
    repo.restage("run", "own")
    check_page(repo)
    written = [path.read_text(encoding="utf-8") for path in (repo.path / "conf").rglob("*.yaml")]
    assert not [text for text in [*written, repo.read("params.yaml"), repo.read("dvc.lock")] if PASSWORD in text]
    # The snapshot in the cache is enough.
    monkeypatch.delenv(VARIABLE)
    repo.edit("conf/dataset/own.yaml", "source: sql", "source: sql\n  licence: my own")
    repo.restage("run", "own")


@pytest.mark.long
@pytest.mark.error_case("databases")
def test_a_server_that_ends_in_the_middle_of_a_query(repo: Repo, server: PostgresServer, cache: Path) -> None:
    server.execute("create table plants (id integer primary key, length real, width real, kind text)")
    server.execute("insert into plants select i, i, -i, 'k' || i % 3 from generate_series(1, 90) i")
    new(repo)
    repo.edit("conf/dataset/own.yaml", QUERY, SLOW)
    repo.edit("conf/dataset/own.yaml", next(cache.iterdir()).name, "f" * 64)
    ending = threading.Thread(target=server.kill_during_a_query)
    ending.start()
    printed = repo.restage("run", "own", ok=False).stdout
    ending.join()
    assert f"download@own: {VARIABLE}: the connection was lost before the last row" in printed
    assert "Traceback" not in printed
    assert len(list(cache.iterdir())) == 1
