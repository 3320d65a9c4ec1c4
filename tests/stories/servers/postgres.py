"""PostgreSQL's server for one test, with a cluster of its own in a temporary folder, on 127.0.0.1."""

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.stories.servers.process import INSTALL, free_port, running

BINARIES = ("/usr/lib/postgresql/*/bin", "/usr/local/pgsql/bin", "/opt/homebrew/opt/postgresql*/bin")
USER, PASSWORD, DATABASE = "member", "a-password:/@", "shop"
ENCODED_PASSWORD = "a-password%3A%2F%40"
QUERY_TIMEOUT = 300
# The server refuses to run as root. The user `postgres` comes with Debian's package.
SERVER_USERS = ("postgres", "nobody")
SETTINGS = {"fsync": "off", "shared_buffers": "16MB", "max_connections": "20", "unix_socket_directories": ""}

END_AT_ONCE = 'trap \'kill -QUIT "$server"\' TERM ALRM; "$@" & server=$!; wait "$server"; wait "$server"'


@dataclass(frozen=True)
class PostgresServer:
    """`folder` is the cluster, whose postmaster.pid has the process id of the server."""

    port: int
    folder: Path

    @property
    def address(self) -> str:
        return f"postgresql://{USER}:{ENCODED_PASSWORD}@127.0.0.1:{self.port}/{DATABASE}"

    def execute(self, *statements: str) -> list[Any]:
        """Run the statements as the owner of the database; return the rows of the last one."""
        import psycopg

        with psycopg.connect(self.address, autocommit=True) as connection:
            for statement in statements:
                cursor = connection.execute(statement.encode())
            return cursor.fetchall() if cursor.description else []

    def kill_during_a_query(self) -> None:
        """Wait until a query of the download stage gives rows, then end the server."""
        running = "select count(*) from pg_stat_activity where query like 'FETCH%' and pid <> pg_backend_pid()"
        end = time.monotonic() + QUERY_TIMEOUT
        while self.execute(running) == [(0,)] and time.monotonic() < end:
            time.sleep(0.05)
        self.kill()

    def kill(self) -> None:
        """End the server and its sessions at once, as if the machine had lost its power."""
        os.kill(int((self.folder / "postmaster.pid").read_text().split()[0]), signal.SIGQUIT)


@contextmanager
def postgres_server() -> Iterator[PostgresServer]:
    user = _server_user()
    # Not pytest's folder, which the user of the server cannot enter.
    folder = Path(tempfile.mkdtemp(prefix="restage-postgres-"))
    try:
        cluster = _make_cluster(folder, user)
        port = free_port()
        with running(_argv(cluster, port), port, folder / "server.log", user):
            server = PostgresServer(port, cluster)
            _run([_binary("createdb"), "-h", "127.0.0.1", "-p", str(port), "-U", USER, DATABASE], user)
            yield server
    finally:
        shutil.rmtree(folder)


def _make_cluster(folder: Path, user: str | None) -> Path:
    password_file, cluster = folder / "password", folder / "cluster"
    password_file.write_text(f"{PASSWORD}\n", encoding="utf-8")
    if user is not None:
        for path in (folder, password_file):
            shutil.chown(path, user)
    argv = [_binary("initdb"), "--pgdata", str(cluster), "--username", USER, "--pwfile", str(password_file)]
    _run([*argv, "--auth", "scram-sha-256", "--encoding", "UTF8", "--locale", "C", "--no-sync"], user)
    return cluster


def _argv(cluster: Path, port: int) -> list[str]:
    """The shell ends the server, which handles the alarm of `running` itself and waits for its clients on SIGTERM."""
    settings = [part for name, value in SETTINGS.items() for part in ("-c", f"{name}={value}")]
    server = [_binary("postgres"), "-D", str(cluster), "-h", "127.0.0.1", "-p", str(port), *settings]
    return ["sh", "-c", END_AT_ONCE, "sh", *server]


def _run(argv: Sequence[str], user: str | None) -> None:
    done = subprocess.run(
        argv, cwd="/", user=user, env={"PATH": os.defpath, "PGPASSWORD": PASSWORD}, capture_output=True, text=True,
        timeout=120, check=False,
    )  # fmt: skip
    assert done.returncode == 0, f"{argv}\n{done.stdout}\n{done.stderr}"


def _server_user() -> str | None:
    """The user to run the server as, if this one is root."""
    if os.geteuid() != 0:
        return None
    known = {entry.pw_name for entry in pwd.getpwall()}
    return next(name for name in SERVER_USERS if name in known)


def _binary(name: str) -> str:
    found = [path for pattern in BINARIES for path in sorted(Path("/").glob(f"{pattern[1:]}/{name}"))]
    assert found, f"{name} of PostgreSQL is not installed; {INSTALL}"
    return str(found[-1])
