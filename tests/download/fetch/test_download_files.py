import socket

import platformdirs
import pytest

from stages.core.artefacts.raw.raw_data import Table
from stages.core.errors import UserError
from stages.download.fetch.download_files import CACHE, cache_folder, download
from stages.download.load_source import read_files
from tests.download.sample_files import downloaded_content, error_message, http_params, sha256

CONTENT = b"a,b\n1,2\n"
SHA256 = sha256(CONTENT)


def source(*urls, size=None, **options):
    return http_params({"urls": list(urls), "sha256": SHA256, "size": size}, **options)


def download_error(params, cache):
    """The message; nothing may be left in the cache."""
    message = error_message(download, params, cache)
    assert list(cache.iterdir()) == []
    return message


def test_a_file_is_downloaded_verified_and_read(server, tmp_path):
    params = source(server.serve("/a.csv", (200, CONTENT)), size=len(CONTENT))
    raw = read_files(params, download(params, tmp_path))
    assert isinstance(raw, Table)
    assert raw.frames["all"].to_dict("list") == {"a": [1], "b": [2]}
    assert raw.source == {"source": "http", "sha256": {"all": SHA256}}


@pytest.mark.parametrize("path", ["/a.csv", "/elsewhere.csv"])
def test_a_cached_file_is_not_requested_again(server, tmp_path, path):
    """The hash identifies the file, not the address."""
    download(source(server.serve("/a.csv", (200, CONTENT))), tmp_path)
    assert downloaded_content(source(server.root + path), tmp_path) == CONTENT
    assert server.paths == ["/a.csv"]


def test_a_damaged_cached_file_is_downloaded_again(server, tmp_path):
    params = source(server.serve("/a.csv", (200, CONTENT)))
    download(params, tmp_path)["all"][0].path.write_bytes(b"a,b\n1,3\n")
    assert downloaded_content(params, tmp_path) == CONTENT
    assert len(server.paths) == 2


def test_a_damaged_cached_file_is_removed_if_the_download_fails(server, tmp_path):
    (tmp_path / SHA256).write_bytes(b"damaged")
    assert "404 Not Found" in download_error(source(server.root + "/gone.csv"), tmp_path)


def test_wrong_content_is_not_retried_and_a_wrong_size_is_reported_instead(server, tmp_path, pauses):
    url = server.serve("/a.csv", (200, b"other"))
    message = download_error(source(url, retries=3), tmp_path)
    assert f"expected sha256 {SHA256}, received {sha256(b'other')}" in message
    assert server.paths == ["/a.csv"]
    message = download_error(source(url, size=1234), tmp_path)
    assert "wrong size: expected 1,234 bytes, received an answer of 5" in message
    assert "sha256" not in message


def test_the_second_address_is_used_if_the_first_has_no_file(server, tmp_path, pauses):
    params = source(server.root + "/gone.csv", server.serve("/a.csv", (200, CONTENT)), retries=3)
    assert downloaded_content(params, tmp_path) == CONTENT
    assert server.paths == ["/gone.csv", "/a.csv"]
    assert pauses == []


def test_a_busy_server_is_retried_after_growing_pauses(server, tmp_path, pauses):
    url = server.serve("/a.csv", (503, b""), (429, b""), (500, b""), (200, CONTENT))
    assert downloaded_content(source(url, retries=3), tmp_path) == CONTENT
    assert pauses == [1, 2, 3]


def test_the_error_has_the_reason_for_each_address(server, tmp_path):
    gone, busy, wrong = server.root + "/gone", server.serve("/busy", (503, b"")), server.serve("/wrong", (200, b"x"))
    with socket.socket() as not_listening:
        not_listening.bind(("127.0.0.1", 0))
        closed = f"http://127.0.0.1:{not_listening.getsockname()[1]}/a.csv"
        lines = download_error(source(closed, gone, busy, wrong), tmp_path).splitlines()
    assert lines[0].startswith("all: ")
    assert lines[1] == f"  {closed}: no connection (Connection refused)"
    assert lines[2] == f"  {gone}: 404 Not Found"
    assert lines[3] == f"  {busy}: 503 Service Unavailable"
    assert lines[4].startswith(f"  {wrong}: wrong content: expected sha256 {SHA256}")


def test_errors_of_all_files_are_reported(server, tmp_path):
    gone = {"urls": [server.root + "/gone"], "sha256": SHA256}
    with pytest.raises(UserError) as error:
        download(source(files={"train": gone, "test": gone}), tmp_path)
    assert [message.split(":")[0] for message in error.value.messages] == ["train", "test"]


def test_the_cache_is_a_folder_of_the_user_or_of_the_environment(tmp_path, monkeypatch):
    monkeypatch.setenv(CACHE, str(tmp_path))
    assert cache_folder() == tmp_path
    monkeypatch.delenv(CACHE)
    assert str(cache_folder()) == platformdirs.user_cache_dir("restage")


def test_a_cache_that_cannot_be_written(tmp_path):
    (tmp_path / "file").write_text("")
    message = error_message(download, source("http://127.0.0.1:9/a.csv"), tmp_path / "file")
    assert message.startswith(str(tmp_path / "file"))
    assert f"set {CACHE}" in message
