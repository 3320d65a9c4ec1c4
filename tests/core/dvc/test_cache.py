"""dvc.lock and the cache as DVC writes them."""

import hashlib
import json
from pathlib import Path

import pytest
import yaml

from stages.core.dvc.cache import CACHE, find_damaged_cache_object

FILE = Path("data/raw/iris/all.npy")


def write_object(content: bytes, suffix: str = "") -> str:
    """Returns the MD5 under which it is in the cache."""
    md5 = hashlib.md5(content).hexdigest()
    path = CACHE / md5[:2] / (md5[2:] + suffix)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return md5 + suffix


@pytest.fixture
def cached(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The object of FILE, which is in an output folder."""
    monkeypatch.chdir(tmp_path)
    file, page = write_object(b"content"), write_object(b"page")
    folder = write_object(json.dumps([{"md5": file, "relpath": "all.npy"}]).encode(), ".dir")
    outs = [{"path": "data/raw/iris", "md5": folder}, {"path": "page.html", "md5": page}]
    Path("dvc.lock").write_text(yaml.safe_dump({"stages": {"guard": {}, "download@iris": {"outs": outs}}}))
    return CACHE / file[:2] / file[2:]


def test_an_intact_object(cached: Path) -> None:
    assert find_damaged_cache_object(FILE) is None


def test_a_damaged_object(cached: Path) -> None:
    cached.write_bytes(b"conte")
    assert find_damaged_cache_object(FILE) == cached
    assert find_damaged_cache_object(Path("page.html")) is None
    assert find_damaged_cache_object(Path("data/raw/iris/other.npy")) is None


def test_a_file_that_is_not_in_the_cache_or_not_recorded(cached: Path) -> None:
    cached.unlink()
    assert find_damaged_cache_object(FILE) is None
    Path("dvc.lock").unlink()
    assert find_damaged_cache_object(FILE) is None
