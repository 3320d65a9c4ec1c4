"""Servers as they are: each answer ends in the file or in a sentence, and never in something that looks whole."""

import hashlib
import itertools
import threading

import pytest

from stages.core.errors import UserError
from stages.download.fetch import transfer
from stages.download.fetch.http import fetched
from stages.download.params import Http

CONTENT = b"a,b\n" + b"1,2\n" * 500
SHA256 = hashlib.sha256(CONTENT).hexdigest()
HALF = len(CONTENT) // 2
DRAFT = f"{SHA256}.part"


def http(*urls, size=2004, retries=0, **terms):
    file = {"urls": list(urls), "sha256": SHA256, "size": size}
    form = {"source": "http", "files": {"all": file}, "format": {"format": "csv"}, "retries": retries, "timeout": 5.0}
    return Http(**form | terms)


def refused(params, folder):
    """The message; nothing is left but what another try can go on with."""
    with pytest.raises(UserError) as mistake:
        fetched(params, folder)
    assert {f.name for f in folder.iterdir()} <= {DRAFT}
    return str(mistake.value)


def got(params, folder):
    [file] = fetched(params, folder)["all"]
    assert [f.name for f in folder.iterdir()] == [SHA256]
    return file.path.read_bytes()


def in_parts(request):
    """A server that sends what is asked for, from where it is asked for."""
    begins = int(request.headers["Range"].removeprefix("bytes=").removesuffix("-"))
    where = {"Content-Range": f"bytes {begins}-{len(CONTENT) - 1}/{len(CONTENT)}"}
    request.send(206, CONTENT[begins:], where | {"Content-Length": len(CONTENT) - begins})


def test_what_broke_off_goes_on_where_it_was(server, tmp_path, pauses):
    url = server.give("/a.csv", (200, CONTENT[:HALF], len(CONTENT)), in_parts)
    assert got(http(url, retries=1), tmp_path) == CONTENT
    assert server.ranges == [None, f"bytes={HALF}-"]
    assert pauses == [1]


def test_a_later_run_goes_on_too(server, tmp_path):
    broken = http(server.give("/a.csv", (200, CONTENT[:HALF], len(CONTENT))))
    assert "broke off before the end" in refused(broken, tmp_path)
    assert (tmp_path / DRAFT).read_bytes() == CONTENT[:HALF]
    server.give("/a.csv", in_parts)
    assert got(broken, tmp_path) == CONTENT


def test_another_address_goes_on_with_what_the_first_began(server, tmp_path):
    first = server.give("/first.csv", (200, CONTENT[:HALF], len(CONTENT)))
    assert got(http(first, server.give("/second.csv", in_parts)), tmp_path) == CONTENT
    assert server.ranges == [None, f"bytes={HALF}-"]


def test_a_server_that_knows_no_ranges_sends_all_of_it_again(server, tmp_path, pauses):
    url = server.give("/a.csv", (200, CONTENT[:HALF], len(CONTENT)), (200, CONTENT))
    assert got(http(url, retries=1), tmp_path) == CONTENT


def test_a_server_that_has_nothing_after_what_was_there_is_asked_for_all(server, tmp_path, pauses):
    (tmp_path / DRAFT).write_bytes(CONTENT[:HALF])
    assert got(http(server.give("/a.csv", (416, b""), (200, CONTENT)), retries=1), tmp_path) == CONTENT
    assert server.ranges == [f"bytes={HALF}-", None]


def test_a_server_that_goes_on_elsewhere_is_not_believed(server, tmp_path):
    (tmp_path / DRAFT).write_bytes(CONTENT[:HALF])
    url = server.give("/a.csv", lambda r: r.send(206, CONTENT[9:], {"Content-Range": "bytes 9-2003/2004"}))
    assert f"asked to continue at byte {HALF:,}; received 'bytes 9-2003/2004'" in refused(http(url), tmp_path)


def test_a_beginning_of_something_else_is_dropped_and_all_fetched_again(server, tmp_path, pauses):
    (tmp_path / DRAFT).write_bytes(b"x" * HALF)
    assert got(http(server.give("/a.csv", in_parts, (200, CONTENT)), retries=1), tmp_path) == CONTENT
    assert server.ranges == [f"bytes={HALF}-", None]


def test_what_was_fetched_but_not_yet_checked_when_all_ended(server, tmp_path):
    (tmp_path / DRAFT).write_bytes(CONTENT)
    assert got(http(server.at + "/gone.csv"), tmp_path) == CONTENT
    assert server.asked == []


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        ((200, CONTENT[:HALF], len(CONTENT)), "broke off before the end"),
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
            lambda r: r.send(200, b"<!DOCTYPE html>".ljust(len(CONTENT)), {}),
            "a web page instead of the file: wrong content: expected sha256",
        ),
        (lambda r: r.send(302, b"", {"Location": r.path}), "redirected more than 10 times"),
        (lambda r: r.wfile.write(b"nonsense\r\n\r\n"), "no connection"),
        ((403, b""), "403 Forbidden"),
    ],
)
def test_each_bad_answer_ends_in_a_sentence(server, tmp_path, answer, said):
    url = server.give("/a.csv", answer)
    message = refused(http(url), tmp_path)
    assert f"all: no address gives this file\n  {url}: " in message
    assert said in message
    assert CONTENT not in [f.read_bytes() for f in tmp_path.iterdir()]


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        ((200, b""), "an empty answer"),
        (lambda r: r.send(200, b"x" * 5000, {}), "too long: expected at most 3,000 bytes"),
    ],
)
def test_without_a_known_size_there_is_still_a_limit(server, tmp_path, answer, said):
    params = http(server.give("/a.csv", answer), size=None, limits={"bytes": 3000})
    assert said in refused(params, tmp_path)
    assert list(tmp_path.iterdir()) == []


def byte_by_byte(request):
    """As slow as anyone could be, until the other side has had enough of it."""
    request.send(200, b"", {"Content-Length": len(CONTENT)})
    for n in itertools.count():
        if request.stopped.wait(0.001):
            return
        try:
            request.wfile.write(CONTENT[n : n + 1])
            request.wfile.flush()
        except OSError:
            return


def test_a_byte_a_second_is_given_up(server, tmp_path, monkeypatch):
    """The clock goes a second a look, and the server sends as fast as a byte at a time can be."""
    seconds = itertools.count()
    monkeypatch.setattr(transfer, "clock", lambda: next(seconds))
    message = refused(http(server.give("/a.csv", byte_by_byte), minimum_rate=1000), tmp_path)
    assert "too slow: expected 1,000 bytes a second and 2,004 in all, received " in message
    assert "in 6 s" in message
    assert 0 < (tmp_path / DRAFT).stat().st_size < 100


def test_headers_that_never_end_are_given_up(server, tmp_path):
    def endless(request):
        while not request.stopped.wait(0.01):
            try:
                request.wfile.write(b"H")
            except OSError:
                return

    assert "no answer within 0.2 s" in refused(http(server.give("/a.csv", endless), timeout=0.2), tmp_path)


def test_an_answer_that_stops_in_the_middle_is_given_up(server, tmp_path):
    def stuck(request):
        request.send(200, CONTENT[:HALF], {"Content-Length": len(CONTENT)})
        request.wfile.flush()
        request.stopped.wait(5)

    assert "no answer within 0.2 s" in refused(http(server.give("/a.csv", stuck), timeout=0.2), tmp_path)


def test_two_who_want_the_same_file_ask_for_it_once(server, tmp_path):
    url = server.give("/a.csv", (200, CONTENT))
    both = [threading.Thread(target=fetched, args=(http(url), tmp_path)) for _ in range(2)]
    for one in both:
        one.start()
    for one in both:
        one.join()
    assert server.asked == ["/a.csv"]
    assert [f.name for f in tmp_path.iterdir()] == [SHA256]
