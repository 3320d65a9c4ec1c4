"""Queries of an SQLite file, which is opened for reading only."""

import re
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote

from stages.core.errors import UserError
from stages.download.databases.query_result import BLOCK_ROWS, Deadline, QueryResult

PREFIX = "sqlite:///"


@contextmanager
def query_sqlite(address: str, query: str, deadline: Deadline) -> Iterator[QueryResult]:
    """Yield the result. After sqlite:/// comes a path: relative to the repository, or absolute with a fourth slash."""
    path = _path(address)
    with _explain_sqlite_errors():
        connection = sqlite3.connect(f"file:{quote(str(path))}?mode=ro", uri=True, check_same_thread=False)
        try:
            cursor = deadline.call(lambda: connection.execute(query))
            yield QueryResult([column[0] for column in cursor.description], None, _blocks(cursor, deadline))
        finally:
            connection.interrupt()  # a query that has not ended in time
            connection.close()


def _blocks(cursor: sqlite3.Cursor, deadline: Deadline) -> Iterator[Sequence[Sequence[Any]]]:
    while rows := deadline.call(lambda: cursor.fetchmany(BLOCK_ROWS)):
        yield rows


def _path(address: str) -> Path:
    if not address.lower().startswith(PREFIX) or not address[len(PREFIX) :]:
        raise UserError("not an address of SQLite; expected sqlite:///shop.db, or sqlite:////data/shop.db (absolute)")
    path = Path(unquote(address[len(PREFIX) :]))
    if not path.is_file():
        raise UserError(f"{path}: no such file; looked for {path.absolute()}")
    return path


@contextmanager
def _explain_sqlite_errors() -> Iterator[None]:
    try:
        yield
    except sqlite3.Error as error:
        # The rest of this message is the value.
        undecodable = re.match(r"Could not decode to UTF-8 column '.*?'", str(error))
        raise UserError(f"SQLite: {undecodable[0] if undecodable else error}") from None
