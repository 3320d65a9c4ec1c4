"""Every body that is no rows is refused with a sentence, and the server goes on."""

import http.client
import json
import socket

import pytest

from tests.inference.serve.malformed_bodies import BODIES, COMPRESSED, JSON, ROW
from tests.inference.serve.started_server import Answer, Client

# Traces of Python that no sentence has.
TRACES = ("Traceback", "Error(", 'File "', "object at 0x", "Exception")


def check_refused(answer: Answer) -> None:
    assert 400 <= answer.status < 500
    assert answer.headers["content-type"] == JSON
    for message in answer.json["errors"] + [found["message"] for found in answer.json.get("problems", [])]:
        assert " " in message
        assert len(message) < 500
        assert not any(trace in message for trace in TRACES)


@pytest.mark.error_case("bodies refused by serve")
@pytest.mark.parametrize(("content_type", "body"), BODIES.values(), ids=BODIES)
def test_a_body_that_is_no_rows_is_refused(client: Client, content_type: str, body: bytes) -> None:
    check_refused(client.post("/predict", body, content_type))


@pytest.mark.error_case("bodies refused by serve")
@pytest.mark.parametrize(("encoding", "body"), COMPRESSED.items(), ids=COMPRESSED)
def test_a_compressed_body_is_refused(client: Client, encoding: str, body: bytes) -> None:
    check_refused(client.post("/predict", body, **{"Content-Encoding": encoding}))


def test_there_are_a_hundred_of_them() -> None:
    assert len(BODIES) + len(COMPRESSED) >= 100


def test_the_server_still_answers(client: Client) -> None:
    assert client.post("/predict", ROW).json["predictions"][0]["size"] == "small <b>"


def exchange(client: Client, request: bytes) -> bytes:
    """What the server answers to these bytes."""
    with socket.create_connection(("127.0.0.1", client.port), timeout=60) as connection:
        connection.sendall(request)
        connection.shutdown(socket.SHUT_WR)
        answer = b""
        while part := connection.recv(65_536):
            answer += part
    return answer


HEADERS = b"POST /predict HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
NO_HTTP = {
    "no HTTP": b"hello\r\n\r\n",
    "TLS": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
    "chunk size is no number": HEADERS + b"Transfer-Encoding: chunked\r\n\r\nzz\r\nhello\r\n0\r\n\r\n",
    "chunk size is negative": HEADERS + b"Transfer-Encoding: chunked\r\n\r\n-5\r\nhello\r\n0\r\n\r\n",
    "chunk without end": HEADERS + b"Transfer-Encoding: chunked\r\n\r\n5\r\nhelloXX0\r\n\r\n",
    "two lengths": HEADERS + b"Content-Length: 5\r\nContent-Length: 6\r\n\r\nhello",
    "length is no number": HEADERS + b"Content-Length: five\r\n\r\nhello",
    "length is negative": HEADERS + b"Content-Length: -1\r\n\r\nhello",
    "no host": b"GET / HTTP/1.1\r\n\r\n",
    "header without colon": b"GET / HTTP/1.1\r\nHost localhost\r\n\r\n",
}


@pytest.mark.error_case("bodies refused by serve")
@pytest.mark.parametrize("request_bytes", NO_HTTP.values(), ids=NO_HTTP)
def test_what_is_no_http_is_refused(client: Client, request_bytes: bytes) -> None:
    status, _, rest = exchange(client, request_bytes).partition(b"\r\n")
    assert status.startswith(b"HTTP/1.1 4")
    assert b"Traceback" not in rest
    test_the_server_still_answers(client)


def test_a_client_that_leaves_is_no_failure(client: Client, capfd: pytest.CaptureFixture[str]) -> None:
    exchange(client, HEADERS + b"Content-Length: 100\r\n\r\n{")
    test_the_server_still_answers(client)
    events = [json.loads(line) for line in capfd.readouterr().err.splitlines()]
    assert {event["event"] for event in events} == {"request"}


def test_a_length_that_is_too_large_is_refused_before_the_body(client: Client) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", client.port, timeout=60)
    connection.putrequest("POST", "/predict")
    for name, value in {"Content-Type": JSON, "Content-Length": "1000000000", "Expect": "100-continue"}.items():
        connection.putheader(name, value)
    connection.endheaders()
    assert connection.getresponse().status == 413
    connection.close()
