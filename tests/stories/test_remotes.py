"""Every kind of remote that docs/how-to/share-data.md sets up: push, pull in another clone, refuse and repair damage.

`make servers` installs what these tests need. They fail without it, since a skipped test would not be noticed.
"""

import re
import shlex
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from stages.config.dvc_config_secrets import check_secrets
from tests.stories.repo import ROOT, Repo
from tests.stories.servers.remote import Remote, folder_remote, md5
from tests.stories.servers.s3 import s3_remote
from tests.stories.servers.sshd import ssh_remote
from tests.stories.servers.webdav import webdav_remote

PAGE = (ROOT / "docs/how-to/share-data.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```console\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
REMOTES = {"folder": folder_remote, "ssh": ssh_remote, "s3": s3_remote, "webdav": webdav_remote}
MODEL, ROWS = b"weights " * 20_000, b"1,2,3\n"


@pytest.fixture(params=REMOTES)
def remote(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Remote]:
    folder = tmp_path / "server"
    folder.mkdir()
    with REMOTES[request.param](folder) as started:
        yield started


def commands_by_address() -> dict[str, list[str]]:
    """The commands of DVC in each block of the page that adds a remote, by the address of the remote."""
    found = {}
    for block in BLOCKS:
        if added := re.search(r"^\$ dvc remote add --default team (\S+)$", block, re.MULTILINE):
            found[added[1]] = re.findall(r"^\$ (dvc remote .*)$", block, re.MULTILINE)
    return found


def pushed(remote: Remote, path: Path) -> Repo:
    """A repository with a file and a folder, in a remote that was set up as documented."""
    path.mkdir()
    repo = Repo(path)
    repo.git("init", "--quiet", "--initial-branch", "main")
    repo.dvc("init", "--quiet")
    (path / "model").write_bytes(MODEL)
    (path / "data").mkdir()
    (path / "data/rows.csv").write_bytes(ROWS)
    repo.dvc("add", "--quiet", "model", "data")
    for command in commands_by_address()[remote.documented]:
        repo.run(*shlex.split(command.replace(remote.documented, remote.address)))
    remote.log_in(repo)
    repo.commit("Shared data")
    remote.dvc(repo, "push")
    return repo


def cloned(remote: Remote, repo: Repo, name: str) -> Repo:
    repo.run("git", "clone", "--quiet", str(repo.path), str(repo.path.with_name(name)))
    clone = Repo(repo.path.with_name(name))
    remote.log_in(clone)
    return clone


@pytest.mark.long
def test_a_member_pulls_the_same_bytes_and_damaged_objects_are_refused_until_repaired(
    remote: Remote, tmp_path: Path
) -> None:
    owner = pushed(remote, tmp_path / "owner")
    member = cloned(remote, owner, "member")
    remote.dvc(member, "pull")
    assert (member.path / "model").read_bytes() == MODEL
    assert (member.path / "data/rows.csv").read_bytes() == ROWS
    assert remote.dvc(member, "status", "--quiet", ok=False).returncode == 0
    check_secrets(member.path / ".dvc/config")
    assert member.git("status", "--porcelain") == ""

    for content in (MODEL, ROWS):
        remote.damage(content)
    careful = cloned(remote, owner, "careful")
    assert remote.dvc(careful, "pull", ok=False).returncode != 0
    assert not (careful.path / "model").exists()
    assert not (careful.path / "data/rows.csv").exists()
    for content in (MODEL, ROWS):
        assert not list((careful.path / ".dvc/cache").rglob(md5(content)[2:]))

    for content in (MODEL, ROWS):
        remote.remove_for_repair(content)
    remote.dvc(owner, "push")
    remote.dvc(careful, "pull")
    assert (careful.path / "model").read_bytes() == MODEL
    assert (careful.path / "data/rows.csv").read_bytes() == ROWS


@pytest.mark.long
def test_a_changed_listing_of_a_folder_is_found_by_status(tmp_path: Path) -> None:
    """DVC does not compare the hash of a listing when it pulls; the page says to run `dvc status` after it."""
    with folder_remote(tmp_path) as remote:
        owner = pushed(remote, tmp_path / "owner")
        (listing,) = Path(remote.folder).rglob("*.dir")
        listing.chmod(0o644)
        listing.write_bytes(listing.read_bytes().replace(b"rows.csv", b"rooms.csv"))
        listing.chmod(0o444)
        member = cloned(remote, owner, "member")
        pulled = remote.dvc(member, "pull", ok=False).returncode
        assert pulled != 0 or remote.dvc(member, "status", "--quiet", ok=False).returncode == 1


@pytest.mark.long
def test_members_of_a_group_can_write_to_the_shared_folder(tmp_path: Path) -> None:
    with folder_remote(tmp_path) as remote:
        pushed(remote, tmp_path / "owner")
        folders = [p for p in Path(remote.folder).rglob("*") if p.is_dir()]
        assert {stat.S_IMODE(p.stat().st_mode) for p in folders} == {0o2775}


def test_every_documented_remote_is_verified() -> None:
    documented = commands_by_address()
    kinds = {address.partition("://")[0] for address in documented}
    assert kinds == {"/mnt/team/restage", "ssh", "s3", "gs", "azure", "webdavs"}
    for commands in documented.values():
        assert "dvc remote modify team verify true" in commands


def test_every_documented_extra_is_one_of_the_project() -> None:
    extras = set(re.findall(r"make setup EXTRAS=(\w+)", PAGE))
    assert extras == {"ssh", "s3", "gs", "azure", "webdav"}
