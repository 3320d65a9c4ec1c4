import hashlib
import socket

import pooch
import pytest

from stages.core.errors import UserError
from stages.download.fetch.http import CACHE, cache, fetched
from stages.download.fetch.local_files import read
from stages.download.params import Http

CONTENT = b"a,b\n1,2\n"
SHA256 = hashlib.sha256(CONTENT).hexdigest()


def http(*urls, sha256=SHA256, size=None, retries=0):
    file = {"urls": list(urls), "sha256": sha256, "size": size}
    return Http(source="http", files={"all": file}, format={"format": "csv"}, retries=retries, timeout=5.0)


def left_in(folder):
    return [f.name for f in folder.iterdir()]


def refused(params, folder):
    with pytest.raises(UserError) as mistake:
        fetched(params, folder)
    assert left_in(folder) == []
    return str(mistake.value)


def test_a_file_is_fetched_checked_and_read(server, tmp_path):
    params = http(server.give("/a.csv", (200, CONTENT)), size=len(CONTENT))
    raw = read(params, fetched(params, tmp_path))
    assert raw.frames["all"].to_dict("list") == {"a": [1], "b": [2]}
    assert raw.source == {"source": "http", "sha256": {"all": SHA256}}


def test_the_second_time_nothing_is_asked(server, tmp_path):
    params = http(server.give("/a.csv", (200, CONTENT)))
    assert fetched(params, tmp_path) == fetched(params, tmp_path)
    assert server.asked == ["/a.csv"]


def test_another_address_or_split_with_the_same_content_asks_nothing(server, tmp_path):
    fetched(http(server.give("/a.csv", (200, CONTENT))), tmp_path)
    fetched(http(server.at + "/elsewhere.csv"), tmp_path)
    assert server.asked == ["/a.csv"]


def test_a_damaged_copy_is_dropped_and_fetched_again(server, tmp_path):
    params = http(server.give("/a.csv", (200, CONTENT)))
    kept = fetched(params, tmp_path)["all"][0].path
    kept.write_bytes(b"a,b\n1,3\n")
    assert fetched(params, tmp_path)["all"][0].path.read_bytes() == CONTENT
    assert len(server.asked) == 2


def test_a_damaged_copy_does_not_stay_when_it_cannot_be_fetched_again(server, tmp_path):
    (tmp_path / SHA256).write_bytes(b"damaged")
    assert "404 Not Found" in refused(http(server.at + "/gone.csv"), tmp_path)


def test_wrong_content_is_refused_at_once_and_not_kept(server, tmp_path, pauses):
    message = refused(http(server.give("/a.csv", (200, b"other")), retries=3), tmp_path)
    assert f"expected sha256 {SHA256}, received {hashlib.sha256(b'other').hexdigest()}" in message
    assert server.asked == ["/a.csv"]


def test_wrong_size_is_said_before_the_hash(server, tmp_path):
    message = refused(http(server.give("/a.csv", (200, b"other")), size=1234), tmp_path)
    assert "wrong size: expected 1,234 bytes, received an answer of 5" in message
    assert "sha256" not in message


def test_the_second_address_serves_when_the_first_has_nothing(server, tmp_path, pauses):
    params = http(server.at + "/gone.csv", server.give("/a.csv", (200, CONTENT)), retries=3)
    assert fetched(params, tmp_path)["all"][0].path.read_bytes() == CONTENT
    assert server.asked == ["/gone.csv", "/a.csv"]
    assert pauses == []


def test_a_server_that_is_busy_is_asked_again_after_growing_pauses(server, tmp_path, pauses):
    url = server.give("/a.csv", (503, b""), (429, b""), (500, b""), (200, CONTENT))
    assert fetched(http(url, retries=3), tmp_path)["all"][0].path.read_bytes() == CONTENT
    assert pauses == [1, 2, 3]


def test_when_all_fail_every_address_is_told_with_its_reason(server, tmp_path):
    gone, busy, wrong = server.at + "/gone", server.give("/busy", (503, b"")), server.give("/wrong", (200, b"x"))
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        closed = f"http://127.0.0.1:{silent.getsockname()[1]}/a.csv"
        lines = refused(http(closed, gone, busy, wrong), tmp_path).splitlines()
    assert lines[0] == "all: no address gives this file"
    assert lines[1] == f"  {closed}: no connection (Connection refused)"
    assert lines[2] == f"  {gone}: 404 Not Found"
    assert lines[3] == f"  {busy}: 503 Service Unavailable"
    assert lines[4].startswith(f"  {wrong}: wrong content: expected sha256 {SHA256}")


def test_every_split_that_fails_is_told(server, tmp_path):
    gone = {"urls": [server.at + "/gone"], "sha256": SHA256}
    both = Http(source="http", files={"train": gone, "test": gone}, format={"format": "csv"}, retries=0)
    with pytest.raises(UserError) as mistake:
        fetched(both, tmp_path)
    assert [fault.split(":")[0] for fault in mistake.value.messages] == ["train", "test"]


def test_the_cache_is_the_users_unless_the_environment_says_where(tmp_path, monkeypatch):
    monkeypatch.setenv(CACHE, str(tmp_path))
    assert cache() == tmp_path
    monkeypatch.delenv(CACHE)
    assert cache() == pooch.os_cache("restage")


def test_a_cache_that_cannot_be_written_says_what_to_set(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(UserError, match="set RESTAGE_CACHE"):
        fetched(http("http://127.0.0.1:9/a.csv"), tmp_path / "file")
