"""moto's server: the protocol of S3, kept in memory."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import fsspec

from tests.stories.servers.process import free_port, running
from tests.stories.servers.remote import Remote

KEY, SECRET = "an-access-key", "a-secret-key"


@contextmanager
def s3_remote(folder: Path) -> Iterator[Remote]:
    port = free_port()
    server = f"http://127.0.0.1:{port}"
    argv = [sys.executable, "-m", "moto.server", "--host", "127.0.0.1", "--port", str(port)]
    with running(argv, port, folder / "moto.log"):
        files = fsspec.filesystem("s3", key=KEY, secret=SECRET, endpoint_url=server, use_listings_cache=False)
        files.mkdir("data")
        yield Remote(
            documented="s3://my-bucket/restage",
            address="s3://data/restage",
            folder="data/restage",
            files=files,
            local_options={"endpointurl": server},
            environment={"AWS_ACCESS_KEY_ID": KEY, "AWS_SECRET_ACCESS_KEY": SECRET},
        )
