"""WsgiDAV: a folder by the protocol WebDAV, for one user with a password."""

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.stories.servers.process import free_port, running
from tests.stories.servers.remote import Remote

USER, PASSWORD = "member", "a-password"


@contextmanager
def webdav_remote(folder: Path) -> Iterator[Remote]:
    port, settings, data = free_port(), folder / "wsgidav.json", folder / "data"
    (data / "restage").mkdir(parents=True)
    settings.write_text(
        json.dumps(
            {
                "host": "127.0.0.1",
                "port": port,
                "provider_mapping": {"/": str(data)},
                "simple_dc": {"user_mapping": {"*": {USER: {"password": PASSWORD}}}},
            }
        ),
        encoding="utf-8",
    )
    argv = [sys.executable, "-m", "wsgidav.server.server_cli", "--config", str(settings)]
    with running(argv, port, folder / "wsgidav.log"):
        yield Remote(
            documented="webdavs://dav.example.org/restage",
            address=f"webdav://127.0.0.1:{port}/restage",
            folder=str(data / "restage"),
            local_options={"user": USER, "password": PASSWORD},
        )
