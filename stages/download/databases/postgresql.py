"""Queries of a PostgreSQL server, in a transaction that only reads. The rows arrive in blocks."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from stages.core.errors import ErrorList, UserError
from stages.download.databases.postgresql_errors import explain_connection_errors, explain_query_errors
from stages.download.databases.query_result import BLOCK_ROWS, ColumnType, Deadline, QueryResult

if TYPE_CHECKING:
    import psycopg

DECLARE = "DECLARE snapshot NO SCROLL CURSOR FOR "
FETCH = f"FETCH FORWARD {BLOCK_ROWS} FROM snapshot"
# The numbers that PostgreSQL's catalogue has for its types.
TYPES: dict[int, ColumnType] = {
    16: "boolean",
    **dict.fromkeys((20, 21, 23), "integer"),
    **dict.fromkeys((700, 701), "real"),
    1700: "numeric",
    **dict.fromkeys((19, 25, 1042, 1043), "text"),
    1082: "date",
    1114: "timestamp",
    1184: "timestamp with time zone",
}
CASTS = {"bytea": "encode({}, 'hex')", "interval": "extract(epoch from {})"}
# Settings on which the text of a value depends. A server, a role or a database may have others.
SETTINGS = ("SET timezone = 'UTC'", "SET datestyle = 'ISO'", "SET extra_float_digits = 3")


@contextmanager
def query_postgresql(address: str, query: str, deadline: Deadline) -> Iterator[QueryResult]:
    connection = _connect(address, deadline)
    try:
        with explain_query_errors(query, len(DECLARE), deadline):
            _start(connection, query, deadline)
            first = connection.cursor()
            rows = deadline.call(lambda: first.execute(FETCH).fetchall())
            names = [column.name for column in first.description or ()]
            types = _column_types(connection, first, deadline)
            yield QueryResult(names, types, _blocks(connection, rows, deadline))
    finally:
        if not deadline.passed:  # otherwise a thread may still wait for the server
            connection.close()


def _connect(address: str, deadline: Deadline) -> "psycopg.Connection[Any]":
    try:
        import psycopg
    except ModuleNotFoundError:
        raise UserError("postgresql:// needs the package psycopg; run `make setup EXTRAS=postgres`") from None
    with explain_connection_errors():
        return deadline.call(
            lambda: psycopg.connect(
                address,
                client_encoding="utf8",
                keepalives_idle=30,
                keepalives_interval=10,
                keepalives_count=3,
                application_name="restage",
            )
        )


def _start(connection: "psycopg.Connection[Any]", query: str, deadline: Deadline) -> None:
    """Declare the cursor. `binary` selects the protocol in which the server refuses a second statement."""
    connection.read_only = True
    milliseconds = max(1, int(deadline.timeout_s * 1000))
    for statement in (*SETTINGS, f"SET statement_timeout = {milliseconds}"):
        _execute(connection, statement, deadline)
    deadline.call(lambda: connection.execute(DECLARE + query, binary=True))


def _blocks(
    connection: "psycopg.Connection[Any]", rows: Sequence[Sequence[Any]], deadline: Deadline
) -> Iterator[Sequence[Sequence[Any]]]:
    while rows:
        yield rows
        rows = deadline.call(lambda: connection.execute(FETCH).fetchall())


def _execute(connection: "psycopg.Connection[Any]", statement: str, deadline: Deadline) -> None:
    deadline.call(lambda: connection.execute(statement))


def _type_name(connection: "psycopg.Connection[Any]", code: int, deadline: Deadline) -> str:
    cursor = deadline.call(lambda: connection.execute("SELECT format_type(%s, NULL)", [code]))
    return str(cursor.fetchall()[0][0])


def _column_types(
    connection: "psycopg.Connection[Any]", cursor: "psycopg.Cursor[Any]", deadline: Deadline
) -> list[ColumnType]:
    """Raises UserError for all columns of other types, with the cast to write."""
    errors = ErrorList()
    types: list[ColumnType] = []
    for column in cursor.description or ():
        if column.type_code in TYPES:
            types.append(TYPES[column.type_code])
            continue
        name = _type_name(connection, column.type_code, deadline)
        cast = CASTS.get(name, "cast({} as text)").format(column.name)
        errors.add(f"column {column.name!r} has the unsupported type {name}; write {cast} as {column.name}")
    errors.raise_if_any()
    return types
