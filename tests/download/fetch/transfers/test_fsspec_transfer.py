"""Files of folders and object stores, on file systems of fsspec that need no network."""

import threading

import fsspec
import pytest
from fsspec.implementations.memory import MemoryFile, MemoryFileSystem
from fsspec.registry import _registry

from stages.download.fetch.download_files import download
from stages.download.fetch.transfers.mirror import Mirror
from tests.download.sample_files import downloaded_content, error_message, http_params, sha256
from tests.missing_library import without_library

CONTENT = b"a,b\n" + b"1,2\n" * 500
HALF = len(CONTENT) // 2
PATH = "set/a.csv"


def source(*urls, **options):
    file = {"urls": list(urls), "mirror": PATH, "sha256": sha256(CONTENT), "size": len(CONTENT)}
    return http_params(file, **options)


class FakeFile(MemoryFile):  # type: ignore[misc] # fsspec is untyped
    """Behaves as its file system says, and records where it was read."""

    def read(self, size=-1):
        FakeFileSystem.positions.append(self.tell())
        return FakeFileSystem.behaviour(self, size)


class FakeFileSystem(MemoryFileSystem):  # type: ignore[misc] # fsspec is untyped
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
    assert downloaded_content(source(), tmp_path / "cache", Mirror(mirror_root)) == CONTENT


def test_a_copy_is_resumed(mirror_root, tmp_path):
    cache = tmp_path / "cache"
    cache.mkdir()
    (cache / f"{sha256(CONTENT)}.part").write_bytes(CONTENT[:HALF])
    assert downloaded_content(source(), cache, Mirror(mirror_root)) == CONTENT
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
    received = error_message(download, source(), tmp_path, Mirror(mirror_root))
    assert f"{mirror_root}/{PATH}: {message}" in received


def test_an_absent_file(mirror_root, tmp_path):
    received = error_message(download, source(), tmp_path / "cache", Mirror(f"{mirror_root}/absent"))
    assert f"{mirror_root}/absent/{PATH}: no such file" in received


def test_a_folder_is_not_a_file(tmp_path):
    (tmp_path / "mirror" / PATH).mkdir(parents=True)
    received = error_message(download, source(), tmp_path / "cache", Mirror(f"{tmp_path}/mirror"))
    assert "cannot be read: Is a directory" in received


@only_fake
def test_a_read_error_is_retried_from_the_same_position(mirror_root, tmp_path, pauses, monkeypatch):
    def fail_once_after_half(file, size):
        position = file.tell()
        if position == HALF and len(FakeFileSystem.positions) == 2:
            raise RuntimeError("connection\nlost")
        return MemoryFile.read(file, min(size, HALF))

    monkeypatch.setattr(FakeFileSystem, "behaviour", staticmethod(fail_once_after_half))
    assert downloaded_content(source(retries=1), tmp_path, Mirror(mirror_root)) == CONTENT
    assert FakeFileSystem.positions[:3] == [0, HALF, HALF]
    assert pauses == [1]


@only_fake
def test_failed_and_stalled_reads_are_reported(mirror_root, tmp_path, monkeypatch):
    def fail(file, size):
        raise RuntimeError("access\ndenied")

    stopped = threading.Event()
    for behaviour, message in (
        (fail, "cannot be read: access denied"),
        (lambda file, size: stopped.wait(5) and b"", "no answer within 0.2 s"),
    ):
        monkeypatch.setattr(FakeFileSystem, "behaviour", staticmethod(behaviour))
        received = error_message(download, source(timeout=0.2), tmp_path, Mirror(mirror_root))
        assert f"{mirror_root}/{PATH}: {message}" in received
    stopped.set()


@pytest.mark.parametrize(("protocol", "library"), [("s3", "s3fs"), ("gs", "gcsfs")])
def test_an_extra_that_is_not_installed(tmp_path, monkeypatch, protocol, library):
    without_library(monkeypatch, library)
    # fsspec keeps the class of a file system that was used before.
    monkeypatch.delitem(_registry, protocol, raising=False)
    received = error_message(download, source(f"{protocol}://bucket/a.csv"), tmp_path)
    assert f"{protocol}://bucket/a.csv: {protocol}:// needs a library that is not installed" in received
    assert f"make setup EXTRAS={protocol}" in received


def test_an_unknown_protocol(tmp_path):
    received = error_message(download, source(), tmp_path, Mirror("unknown://mirror"))
    assert "unknown://mirror/set/a.csv: " in received
    assert "unknown" in received.rpartition("a.csv: ")[2]
