"""Resumed transfers and unreliable servers."""

import itertools
import threading

import pytest

from stages.download.fetch.download_files import download
from stages.download.fetch.transfers import transfer
from tests.download.sample_files import downloaded_content, error_message, http_params, sha256

CONTENT = b"a,b\n" + b"1,2\n" * 500
SIZE = len(CONTENT)
SHA256 = sha256(CONTENT)
HALF = SIZE // 2
PARTIAL_FILE = f"{SHA256}.part"
CUT_AFTER_HALF = (200, CONTENT[:HALF], SIZE)


def source(*urls, size=SIZE, **options):
    return http_params({"urls": list(urls), "sha256": SHA256, "size": size}, **options)


def download_error(params, cache):
    """The message; nothing but a partial file may be left in the cache."""
    message = error_message(download, params, cache)
    assert {f.name for f in cache.iterdir()} <= {PARTIAL_FILE}
    return message


def send_range(request):
    """Send the rest of the file, as the request asks for."""
    start = int(request.headers["Range"].removeprefix("bytes=").removesuffix("-"))
    headers = {"Content-Range": f"bytes {start}-{SIZE - 1}/{SIZE}", "Content-Length": SIZE - start}
    request.send(206, CONTENT[start:], headers)


RESUMED = f"bytes={HALF}-"


@pytest.mark.parametrize(
    ("partial", "answers", "ranges"),
    [
        pytest.param(b"", [CUT_AFTER_HALF, send_range], [None, RESUMED], id="lost connection"),
        pytest.param(b"", [CUT_AFTER_HALF, (200, CONTENT)], [None, RESUMED], id="server without ranges"),
        pytest.param(CONTENT[:HALF], [(416, b""), (200, CONTENT)], [RESUMED, None], id="range beyond the end"),
        pytest.param(b"x" * HALF, [send_range, (200, CONTENT)], [RESUMED, None], id="part of other content"),
    ],
)
def test_the_second_attempt_resumes_or_starts_again(server, tmp_path, pauses, partial, answers, ranges):
    (tmp_path / PARTIAL_FILE).write_bytes(partial)
    assert downloaded_content(source(server.serve("/a.csv", *answers), retries=1), tmp_path) == CONTENT
    assert server.ranges == ranges
    assert pauses == [1]


def test_the_next_run_resumes(server, tmp_path):
    params = source(server.serve("/a.csv", CUT_AFTER_HALF))
    assert "connection lost before the end" in download_error(params, tmp_path)
    assert (tmp_path / PARTIAL_FILE).read_bytes() == CONTENT[:HALF]
    server.serve("/a.csv", send_range)
    assert downloaded_content(params, tmp_path) == CONTENT


def test_another_address_resumes(server, tmp_path):
    first = server.serve("/first.csv", CUT_AFTER_HALF)
    assert downloaded_content(source(first, server.serve("/second.csv", send_range)), tmp_path) == CONTENT
    assert server.ranges == [None, RESUMED]


def test_a_range_that_starts_elsewhere_is_refused(server, tmp_path):
    (tmp_path / PARTIAL_FILE).write_bytes(CONTENT[:HALF])
    url = server.serve("/a.csv", lambda r: r.send(206, CONTENT[9:], {"Content-Range": "bytes 9-2003/2004"}))
    message = download_error(source(url), tmp_path)
    assert f"byte {HALF:,}; received 'bytes 9-2003/2004'" in message


def test_a_complete_partial_file_is_only_verified(server, tmp_path):
    (tmp_path / PARTIAL_FILE).write_bytes(CONTENT)
    assert downloaded_content(source(server.root + "/gone.csv"), tmp_path) == CONTENT
    assert server.paths == []


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        (CUT_AFTER_HALF, "connection lost before the end"),
        ((200, CONTENT[:-1] + b"9"), f"wrong content: expected sha256 {SHA256}, received "),
        ((200, b"", 0), "wrong size: expected 2,004 bytes, received an answer of 0"),
        ((200, CONTENT + b"1,2\n"), "wrong size: expected 2,004 bytes, received an answer of 2,008"),
        (lambda r: r.send(200, b"", {}), "an empty answer: expected 2,004 bytes, received 0"),
        (lambda r: r.send(200, CONTENT[:HALF], {}), "ends too early: expected 2,004 bytes, received 1,002"),
        (lambda r: r.send(200, CONTENT * 2, {}), "too long: expected 2,004 bytes, received more"),
        (
            lambda r: r.send(200, b"<html>Sign in", {"Content-Type": "text/html", "Content-Length": 13}),
            "a web page instead of the file: expected 2,004 bytes, received an answer of 13",
        ),
        (
            lambda r: r.send(200, b"<!DOCTYPE html>".ljust(SIZE), {}),
            "a web page instead of the file: wrong content: expected sha256",
        ),
        (lambda r: r.send(302, b"", {"Location": r.path}), "redirected more than 10 times"),
        (lambda r: r.wfile.write(b"nonsense\r\n\r\n"), "no connection"),
        ((403, b""), "403 Forbidden"),
    ],
)
def test_a_wrong_answer_gives_a_message(server, tmp_path, answer, message):
    url = server.serve("/a.csv", answer)
    received = download_error(source(url), tmp_path)
    assert received.startswith("all: ")
    assert f"\n  {url}: " in received
    assert message in received
    assert CONTENT not in [f.read_bytes() for f in tmp_path.iterdir()]


def test_the_length_is_limited_if_the_size_is_unknown(server, tmp_path):
    url = server.serve("/a.csv", (200, b""), lambda r: r.send(200, b"x" * 5000, {}))
    for message in ("an empty answer", "too long: expected at most 3,000 bytes"):
        assert message in download_error(source(url, size=None, limits={"bytes": 3000}), tmp_path)
        assert list(tmp_path.iterdir()) == []


def send_byte_by_byte(request):
    """Send single bytes until the client closes the connection."""
    request.send(200, b"", {"Content-Length": SIZE})
    for n in itertools.count():
        if request.stopped.wait(0.001):
            return
        try:
            request.wfile.write(CONTENT[n : n + 1])
            request.wfile.flush()
        except OSError:
            return


def test_a_slow_server_is_given_up(server, tmp_path, monkeypatch):
    """The patched clock advances by a second with every chunk."""
    seconds = itertools.count()
    monkeypatch.setattr(transfer, "clock", lambda: next(seconds))
    message = download_error(source(server.serve("/a.csv", send_byte_by_byte), minimum_rate=1000), tmp_path)
    assert "too slow: expected 1,000 bytes a second and 2,004 in all, received " in message
    assert "in 6 s" in message
    assert 0 < (tmp_path / PARTIAL_FILE).stat().st_size < 100


def send_endless_headers(request):
    while not request.stopped.wait(0.01):
        try:
            request.wfile.write(b"H")
        except OSError:
            return


def send_half_and_stall(request):
    request.send(200, CONTENT[:HALF], {"Content-Length": SIZE})
    request.wfile.flush()
    request.stopped.wait(5)


@pytest.mark.parametrize("answer", [send_endless_headers, send_half_and_stall])
def test_a_stalled_server_is_given_up(server, tmp_path, answer):
    message = download_error(source(server.serve("/a.csv", answer), timeout=0.2), tmp_path)
    assert "no answer within 0.2 s" in message


def test_concurrent_downloads_request_the_file_once(server, tmp_path):
    params = source(server.serve("/a.csv", (200, CONTENT)))
    threads = [threading.Thread(target=download, args=(params, tmp_path)) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert server.paths == ["/a.csv"]
    assert [f.name for f in tmp_path.iterdir()] == [SHA256]
