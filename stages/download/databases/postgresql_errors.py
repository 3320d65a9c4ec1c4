"""PostgreSQL's errors as short messages, without the address, its password or values of rows."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from stages.core.errors import UserError
from stages.download.databases.query_result import Deadline

if TYPE_CHECKING:
    import psycopg

ADDRESS = "postgresql://user:password@host:5432/name; special characters of a password are percent-encoded"
# What the client or server says of a failed connection, and what is reported.
CONNECTION_FAILURES = (
    ("password authentication failed|no password supplied", "the server refuses this user or password"),
    ("connection refused|no such file or directory", "no server answers at this host and port"),
    ("resolve host|translate host name|name or service not known", "the name of the host is unknown"),
    ("timeout expired|timed out", "the server does not answer"),
    ('database ".*" does not exist', "the server has no database of this name"),
    ('role ".*" does not exist', "the server refuses this user or password"),
    ("no pg_hba.conf entry", "the server refuses connections from this machine for this user and database"),
    ("too many clients|remaining connection slots", "the server has no free connection"),
    ("ssl|certificate", "no encrypted connection; see sslmode and sslrootcert of PostgreSQL"),
)
QUERY_CANCELED, DATA_ERRORS = "57014", "22"
# The connection was lost, or the server is shutting down.
CONNECTION_LOST = ("08", "57P")


@contextmanager
def explain_connection_errors() -> Iterator[None]:
    """The client's own text may repeat any part of the address, so that it is not shown."""
    import psycopg

    try:
        yield
    except psycopg.ProgrammingError:
        raise UserError(f"not an address of PostgreSQL; expected {ADDRESS}") from None
    except (psycopg.Error, UnicodeError) as error:
        text = str(error)
        for pattern, message in CONNECTION_FAILURES:
            if re.search(pattern, text, re.IGNORECASE):
                raise UserError(f"no connection: {message}") from None
        raise UserError("no connection; `psql` with this address shows the reason") from None


@contextmanager
def explain_query_errors(query: str, offset: int, deadline: Deadline) -> Iterator[None]:
    """`offset` is the number of characters that were sent before the query."""
    import psycopg

    try:
        yield
    except psycopg.Error as error:
        state = error.sqlstate
        if state == QUERY_CANCELED:
            raise deadline.error() from None
        if state is None and isinstance(error, psycopg.DataError):
            raise UserError("a date or time is outside of the years 1 to 9999; cast its column to text") from None
        if state is None or state.startswith(CONNECTION_LOST):
            raise UserError("the connection was lost before the last row; run the stage again") from None
        raise UserError(_describe_query_error(error, query, offset)) from None
    except UnicodeError:
        raise UserError("a text is not in the encoding of the database") from None


def _describe_query_error(error: "psycopg.Error", query: str, offset: int) -> str:
    message = error.diag.message_primary or "the query failed"
    if (error.sqlstate or "").startswith(DATA_ERRORS):
        message = re.sub(r'"[^"]*"', '"..."', message)  # a value
    position = int(error.diag.statement_position or 0) - offset
    return f"{_place(query, position) if position > 0 else 'query'}: {message}"


def _place(query: str, position: int) -> str:
    """
    >>> _place("select a\\nfrom t", 15)
    'query line 2, character 6'
    """
    before = query[: position - 1]
    return f"query line {before.count(chr(10)) + 1}, character {position - 1 - before.rfind(chr(10))}"
