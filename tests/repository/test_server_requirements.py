"""The packages of `make servers` go into .venv beside those of requirements.lock and must not change them."""

import re
import tomllib
from pathlib import Path

from tests.repository.dvc_yaml import ROOT

SERVERS = ROOT / "tests/stories/servers"
ENTRY = re.compile(r"^([a-z0-9-]+)==(\S+)(?: ;.*)? \\(?:\n    --hash=sha256:[0-9a-f]{64}(?: \\)?)+$", re.MULTILINE)
NAME = re.compile(r"^([a-z0-9-]+)==", re.MULTILINE)


def read(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def test_no_package_is_in_both_locks() -> None:
    assert set(NAME.findall(read(SERVERS / "requirements.lock"))).isdisjoint(
        NAME.findall(read(ROOT / "requirements.lock"))
    )


def test_every_package_has_a_hash_and_no_host_is_named() -> None:
    lock = read(SERVERS / "requirements.lock")
    assert len(ENTRY.findall(lock)) == len(NAME.findall(lock)) > 0
    assert "://" not in lock


def test_what_is_asked_for_is_locked() -> None:
    asked = {line.partition("[")[0] for line in read(SERVERS / "requirements.in").split()}
    assert asked <= set(NAME.findall(read(SERVERS / "requirements.lock")))


def test_s3fs_fits_the_locked_fsspec() -> None:
    """s3fs requires the fsspec of its own version, so both locks are upgraded together."""
    (s3fs,) = re.findall(r"^s3fs==(\S+)", read(SERVERS / "requirements.lock"), re.MULTILINE)
    assert re.findall(r"^fsspec==(\S+)", read(ROOT / "requirements.lock"), re.MULTILINE) == [s3fs]


def test_extras_install_the_library_of_the_remote() -> None:
    extras = tomllib.loads(read(ROOT / "pyproject.toml"))["project"]["optional-dependencies"]
    for kind in ("s3", "gs", "ssh", "azure", "webdav"):
        assert extras[kind] == [f"dvc[{kind}]"]
