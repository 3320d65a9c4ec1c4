"""Snapshots of queries. Each lies in the cache of downloads under its hash."""

import hashlib
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

from stages.core.artefacts.raw.raw_files import sha256_of
from stages.core.errors import UserError, prefix_errors
from stages.download.databases.database_address import address_scheme, read_address
from stages.download.databases.postgresql import query_postgresql
from stages.download.databases.query_result import Deadline, QueryResult
from stages.download.databases.snapshot_file import write_snapshot
from stages.download.databases.sqlite import query_sqlite
from stages.download.fetch.cached_download import locked_partial_file, verify_cached
from stages.download.fetch.checksums import by_sha256
from stages.download.fetch.download_files import explain_cache_errors
from stages.download.params.sql.sql_params import Sql


def find_snapshot(source: Sql, cache: Path) -> Path:
    """The snapshot with the hash of conf, from the cache or from the database.

    Raises UserError if the query gives another result now.
    """
    expected = by_sha256(source.sha256)
    file = cache / source.sha256
    if verify_cached(file, expected) is None:
        with _new_file(file) as new_file:
            # Another process may have written it while this one waited for the lock.
            if verify_cached(file, expected) is None:
                rows = _take_snapshot(source, new_file)
                _check_result(source, sha256_of(new_file), rows)
                new_file.replace(file)
    return file


def snapshot_hash(source: Sql, cache: Path) -> str:
    """The hash of what the query gives now. Its snapshot stays in the cache, so that download need not query again."""
    name = "sql-" + hashlib.sha256(repr((source.url_env, source.query)).encode()).hexdigest()
    with _new_file(cache / name) as new_file:
        _take_snapshot(source, new_file)
        sha256 = sha256_of(new_file)
        new_file.replace(cache / sha256)
    return sha256


@contextmanager
def _new_file(file: Path) -> Iterator[Path]:
    """A file beside `file` to write to, locked against other processes. It is removed after an error."""
    with explain_cache_errors(file.parent), locked_partial_file(file) as partial_file:
        try:
            yield partial_file
        except UserError:
            partial_file.write_bytes(b"")  # an empty file is removed
            raise


def _check_result(source: Sql, received: str, rows: int) -> None:
    if received != source.sha256:
        raise UserError(
            f"{source.url_env}: the query gives another result: wrong content: expected sha256 {source.sha256}, "
            f"received {received} (rows now: {rows:,})"
        )


def _take_snapshot(source: Sql, file: Path) -> int:
    """Write what the query gives now, and return the number of rows."""
    with prefix_errors(source.url_env), _query(source) as result:
        return write_snapshot(result, file)


def _query(source: Sql) -> AbstractContextManager[QueryResult]:
    address = read_address(source.url_env)
    query = query_sqlite if address_scheme(address) == "sqlite" else query_postgresql
    return query(address, source.query, Deadline(source.timeout_s))
