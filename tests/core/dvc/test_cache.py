"""dvc.lock and the cache as DVC writes them."""

import hashlib
import json
from pathlib import Path

import pytest
import yaml

from stages.core.dvc.cache import CACHE, damaged_cache_object, read_lock_file
from stages.core.errors import UserError

FILE = Path("data/raw/iris/all.npy")


def kept(content: bytes, suffix: str = "") -> str:
    digest = hashlib.md5(content).hexdigest()
    place = CACHE / digest[:2] / (digest[2:] + suffix)
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_bytes(content)
    return digest + suffix


@pytest.fixture
def copy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    file, page = kept(b"content"), kept(b"page")
    folder = kept(json.dumps([{"md5": file, "relpath": "all.npy"}]).encode(), ".dir")
    outs = [{"path": "data/raw/iris", "md5": folder}, {"path": "page.html", "md5": page}]
    Path("dvc.lock").write_text(yaml.safe_dump({"stages": {"guard": {}, "download@iris": {"outs": outs}}}))
    return CACHE / file[:2] / file[2:]


def test_a_whole_copy_is_not_to_blame(copy: Path) -> None:
    assert damaged_cache_object(FILE) is None


def test_a_damaged_copy_is_found(copy: Path) -> None:
    copy.write_bytes(b"conte")
    assert damaged_cache_object(FILE) == copy
    assert damaged_cache_object(Path("page.html")) is None
    assert damaged_cache_object(Path("data/raw/iris/other.npy")) is None


def test_what_is_not_in_the_cache_is_not_known(copy: Path) -> None:
    copy.unlink()
    assert damaged_cache_object(FILE) is None
    Path("dvc.lock").unlink()
    assert damaged_cache_object(FILE) is None


def test_a_lock_file_that_was_emptied_is_no_record_of_nothing(tmp_path: Path) -> None:
    assert read_lock_file(tmp_path) == {}
    (tmp_path / "dvc.lock").write_text("")
    with pytest.raises(UserError, match=r"holds no stages; run `git checkout dvc\.lock`"):
        read_lock_file(tmp_path)
