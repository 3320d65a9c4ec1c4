"""OpenSSH's server for one test, with a host key and a user key of its own."""

import getpass
import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.stories.servers.process import INSTALL, free_port, running
from tests.stories.servers.remote import Remote

SERVERS = ("/usr/sbin/sshd", "/usr/local/sbin/sshd", "/opt/homebrew/sbin/sshd")
SETTINGS = """\
Port {port}
ListenAddress 127.0.0.1
HostKey {folder}/host_key
AuthorizedKeysFile {folder}/user_key.pub
PidFile none
StrictModes no
PasswordAuthentication no
KbdInteractiveAuthentication no
PermitRootLogin prohibit-password
Subsystem sftp internal-sftp
"""


@contextmanager
def ssh_server(folder: Path) -> Iterator[int]:
    """Yield its port; the key of the user is in `folder`."""
    port, settings = free_port(), folder / "sshd_config"
    for name in ("host_key", "user_key"):
        _make_key(folder / name)
    settings.write_text(SETTINGS.format(port=port, folder=folder), encoding="utf-8")
    with running([_server(), "-D", "-e", "-f", str(settings)], port, folder / "sshd.log"):
        yield port


@contextmanager
def ssh_remote(folder: Path) -> Iterator[Remote]:
    data = folder / "data"
    data.mkdir()
    with ssh_server(folder) as port:
        yield Remote(
            documented="ssh://data.example.org/srv/restage",
            address=f"ssh://127.0.0.1:{port}{data}",
            folder=str(data),
            local_options={"user": getpass.getuser(), "keyfile": str(folder / "user_key")},
        )


def _server() -> str:
    """sshd starts only by its full path."""
    found = [path for path in SERVERS if os.access(path, os.X_OK)]
    assert found, f"sshd is not installed; {INSTALL}"
    return found[0]


def _make_key(path: Path) -> None:
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(path)], check=True)
