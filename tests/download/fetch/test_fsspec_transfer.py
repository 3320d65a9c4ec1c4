"""Files of folders and object stores, on file systems of fsspec that need no network."""

import sys
import threading

import fsspec
import pytest
from fsspec.implementations.memory import MemoryFile, MemoryFileSystem

from stages.download.fetch.download_files import download
from stages.download.fetch.mirror import Mirror
from stages.download.params.file_params import Http
from tests.download.sample_files import error_message, sha256

CONTENT = b"a,b\n" + b"1,2\n" * 500
HALF = len(CONTENT) // 2
PATH = "set/a.csv"


def http_params(*urls, **options):
    file = {"urls": list(urls), "mirror": PATH, "sha256": sha256(CONTENT), "size": len(CONTENT)}
    params = {"source": "http", "files": {"all": file}, "format": {"format": "csv"}, "retries": 0, "timeout": 5.0}
    return Http(**params | options)


def downloaded_content(params, cache, mirror=None):
    return download(params, cache, mirror)["all"][0].path.read_bytes()


class FakeFile(MemoryFile):
    """Behaves as its file system says, and records where it was read."""

    def read(self, size=-1):
        FakeFileSystem.positions.append(self.tell())
        return FakeFileSystem.behaviour(self, size)


class FakeFileSystem(MemoryFileSystem):
    protocol = "fake"
    positions: list[int] = []

    @staticmethod
    def behaviour(file, size):
        return MemoryFile.read(file, size)

    def _open(self, path, mode="rb", **options):
        file = super()._open(path, mode, **options)
        return FakeFile(self, path, file.getvalue()) if mode == "rb" else file


@pytest.fixture(params=["folder", "file", "memory", "fake"])
def mirror_root(request, tmp_path, monkeypatch):
    monkeypatch.setattr(FakeFileSystem, "positions", [])
    fsspec.register_implementation("fake", FakeFileSystem, clobber=True)
    root = {"folder": f"{tmp_path}/mirror", "file": f"file://{tmp_path}/mirror"}.get(
        request.param, f"{request.param}://mirror"
    )
    filesystem, path = fsspec.core.url_to_fs(f"{root}/{PATH}")
    filesystem.makedirs(path.rpartition("/")[0], exist_ok=True)
    filesystem.pipe_file(path, CONTENT)
    yield root
    filesystem.rm(path)


only_fake = pytest.mark.parametrize("mirror_root", ["fake"], indirect=True)


def test_a_file_is_copied_and_verified(mirror_root, tmp_path):
    assert downloaded_content(http_params(), tmp_path / "cache", Mirror(mirror_root)) == CONTENT


def test_a_copy_is_resumed(mirror_root, tmp_path):
    (tmp_path / f"{sha256(CONTENT)}.part").write_bytes(CONTENT[:HALF])
    assert downloaded_content(http_params(), tmp_path, Mirror(mirror_root)) == CONTENT
    assert FakeFileSystem.positions[:1] in ([], [HALF])


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"x" * len(CONTENT), f"wrong content: expected sha256 {sha256(CONTENT)}"),
        (CONTENT[:-1], "ends too early: expected 2,004 bytes, received 2,003"),
        (CONTENT + b"x", "too long: expected 2,004 bytes, received more"),
        (b"", "an empty answer"),
    ],
)
@only_fake
def test_wrong_content_is_refused(mirror_root, tmp_path, content, message):
    filesystem, path = fsspec.core.url_to_fs(f"{mirror_root}/{PATH}")
    filesystem.pipe_file(path, content)
    received = error_message(download, http_params(), tmp_path, Mirror(mirror_root))
    assert f"{mirror_root}/{PATH}: {message}" in received


def test_an_absent_file(mirror_root, tmp_path):
    received = error_message(download, http_params(), tmp_path / "cache", Mirror(f"{mirror_root}/absent"))
    assert f"{mirror_root}/absent/{PATH}: no such file" in received


def test_a_folder_is_not_a_file(tmp_path):
    (tmp_path / "mirror" / PATH).mkdir(parents=True)
    received = error_message(download, http_params(), tmp_path / "cache", Mirror(f"{tmp_path}/mirror"))
    assert "cannot be read: Is a directory" in received


@only_fake
def test_a_read_error_is_retried_from_the_same_position(mirror_root, tmp_path, pauses, monkeypatch):
    def fail_once_after_half(file, size):
        position = file.tell()
        if position == HALF and len(FakeFileSystem.positions) == 2:
            raise RuntimeError("connection\nlost")
        return MemoryFile.read(file, min(size, HALF))

    monkeypatch.setattr(FakeFileSystem, "behaviour", staticmethod(fail_once_after_half))
    assert downloaded_content(http_params(retries=1), tmp_path, Mirror(mirror_root)) == CONTENT
    assert FakeFileSystem.positions[:3] == [0, HALF, HALF]
    assert pauses == [1]


@only_fake
def test_a_read_error_is_reported(mirror_root, tmp_path, monkeypatch):
    def fail(file, size):
        raise RuntimeError("access\ndenied")

    monkeypatch.setattr(FakeFileSystem, "behaviour", staticmethod(fail))
    received = error_message(download, http_params(), tmp_path, Mirror(mirror_root))
    assert f"{mirror_root}/{PATH}: cannot be read: access denied" in received


@only_fake
def test_a_stalled_read_is_given_up(mirror_root, tmp_path, monkeypatch):
    stopped = threading.Event()
    monkeypatch.setattr(FakeFileSystem, "behaviour", staticmethod(lambda file, size: stopped.wait(5) and b""))
    received = error_message(download, http_params(timeout=0.2), tmp_path, Mirror(mirror_root))
    stopped.set()
    assert "no answer within 0.2 s" in received


@pytest.mark.parametrize(("protocol", "library"), [("s3", "s3fs"), ("gs", "gcsfs")])
def test_an_extra_that_is_not_installed(tmp_path, monkeypatch, protocol, library):
    monkeypatch.setitem(sys.modules, library, None)
    received = error_message(download, http_params(f"{protocol}://bucket/a.csv"), tmp_path)
    assert f"{protocol}://bucket/a.csv: {protocol}:// needs a library that is not installed" in received
    assert f"make setup EXTRAS={protocol}" in received


def test_an_unknown_protocol(tmp_path):
    received = error_message(download, http_params(), tmp_path, Mirror("unknown://mirror"))
    assert "unknown://mirror/set/a.csv: " in received
    assert "unknown" in received.rpartition("a.csv: ")[2]
