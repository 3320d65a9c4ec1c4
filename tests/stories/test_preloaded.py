"""The stories are as fast as they are because of the fork servers; without them they would only be slower."""

import os
import sys

import pytest

from tests.stories.repo import Repo

ASK = """
import socket, sys
from stages.core.runtime import preload_client as client
with socket.socket(socket.AF_UNIX) as connection:
    connection.connect(sys.argv[1])
    client._ask(connection, "dvc", ["--version"])
    print(connection.recv(1) == client.ACCEPTED)
"""


@pytest.mark.skipif(not hasattr(os, "pidfd_open"), reason="the servers watch their forks on Linux only")
def test_a_server_serves_processes_in_other_folders(repo: Repo) -> None:
    assert repo.run(sys.executable, "-c", ASK, f"{repo.preloaded}/dvc").stdout == "True\n"
