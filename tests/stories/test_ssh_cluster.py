"""The file for an ssh cluster in docs/how-to/run-on-a-cluster.md, with a real sshd on 127.0.0.1."""

import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.stories import light_pipeline
from tests.stories.repo import ROOT, environment
from tests.stories.servers.sshd import ssh_server

pytestmark = pytest.mark.long
CHAINS = ("ant", "bee", "cat")
HOST = "127.0.0.1"


def documented_file() -> str:
    page = (ROOT / "docs/how-to/run-on-a-cluster.md").read_text(encoding="utf-8")
    [found] = [block for block in re.findall(r"```python\n(.*?)```", page, re.DOTALL) if "SSHCluster" in block]
    return str(found)


def file_for_this_machine(folder: Path, port: int) -> str:
    """Another address, port, key and interpreter; nothing listens beyond 127.0.0.1."""
    connect = {"port": port, "client_keys": [str(folder / "user_key")], "known_hosts": None}
    changes = {
        '["node0", "node1", "node2"]': f'["{HOST}", "{HOST}", "{HOST}"]',
        "connect_options={}": f"connect_options={connect}",
        '"/opt/restage/.venv/bin/python"': f'"{sys.executable}"',
        '"port": 8786': f'"port": 0, "host": "{HOST}"',
        '"n_workers": 1': f'"n_workers": 1, "host": "{HOST}", "local_directory": "{folder}"',
        '"threads": 4, "memory": 16e9': '"threads": 1, "memory": 16e9',
        "/var/tmp/restage": str(folder / "workers"),
    }
    text = documented_file()
    for before, after in changes.items():
        assert before in text
        text = text.replace(before, after)
    return text


@contextmanager
def ssh_cluster(folder: Path) -> Iterator[str]:
    """Yield the address of its scheduler."""
    with ssh_server(folder) as port:
        (folder / "cluster.py").write_text(file_for_this_machine(folder, port), encoding="utf-8")
        process = subprocess.Popen(
            [sys.executable, "cluster.py"], cwd=folder, env=environment(), stdin=subprocess.PIPE,
            stdout=subprocess.PIPE, stderr=(folder / "cluster.txt").open("wb"), text=True,
        )  # fmt: skip
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            printed = process.stdout.readline()
            assert printed.startswith("restage run --on tcp://127.0.0.1:"), (folder / "cluster.txt").read_text()
            yield printed.split()[3]
        finally:
            process.stdin.close()
            process.wait(60)


def test_chains_on_an_ssh_cluster(tmp_path: Path, preloaded: str) -> None:
    repo = light_pipeline.create(tmp_path / "repo", CHAINS, preloaded)
    repo.edit(".dvc/config", "[core]\n", "[core]\n    remote = team\n")
    repo.append(".dvc/config", "['remote \"team\"']\n    url = ../../remote\n")
    light_pipeline.write_code(repo, "train", {"comment": 0, "limit": light_pipeline.LIMIT, "revision": 1})
    repo.commit("Train differently")
    serial = repo.copy(tmp_path / "serial")
    serial.restage("run", "--jobs", "1", "--no-preload")
    folder = tmp_path / "ssh"
    folder.mkdir()
    with ssh_cluster(folder) as address:
        printed = repo.restage("run", "--on", address).stdout
    assert [line for line in printed.splitlines() if line.startswith("train@")]
    assert repo.read("dvc.lock") == serial.read("dvc.lock")
    assert (folder / "workers/repo/copy-0/stages").is_dir()
    assert "Accepted publickey" in (folder / "sshd.log").read_text()
