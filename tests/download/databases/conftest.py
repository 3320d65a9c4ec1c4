"""A small SQLite file, whose address is in the environment."""

import sqlite3
from collections.abc import Callable
from typing import Any

import pytest

from stages.core.parameters.validation_errors import type_adapter
from stages.download.params import Download
from stages.download.params.sql.sql_params import Sql
from tests.download.sample_files import ZERO_HASH

VARIABLE = "SHOP_DB"


@pytest.fixture
def execute(tmp_path, monkeypatch) -> Callable[..., None]:
    """Runs statements in the file."""
    monkeypatch.setenv(VARIABLE, f"sqlite:///{tmp_path}/shop.db")

    def execute(*statements: str) -> None:
        connection = sqlite3.connect(tmp_path / "shop.db")
        for statement in statements:
            connection.execute(statement)
        connection.commit()
        connection.close()

    execute("create table orders (id integer, price real, town text)")
    execute("insert into orders values (2, 1.5, 'Köln'), (1, null, 'Bonn'), (3, 0.1, null)")
    return execute


@pytest.fixture
def cache(tmp_path):
    return tmp_path / "cache"


def source(query: str = "select * from orders order by id", sha256: str = ZERO_HASH, **options: Any) -> Sql:
    params = {"source": "sql", "url_env": VARIABLE, "query": query, "sha256": sha256} | options
    validated = type_adapter(Download).validate_python(params)
    assert isinstance(validated, Sql)
    return validated
