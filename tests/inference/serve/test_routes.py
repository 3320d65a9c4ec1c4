"""Addresses beside /predict, headers and limits."""

import json
import socket
import time

import pytest

from stages.inference.serve.create_app import create_app
from stages.inference.serve.options import ServeOptions
from tests.inference.serve.small_models import CLASSES, SIZES, sizes_predictor
from tests.inference.serve.started_server import JSON, Client, started

LARGE = {"length": 3, "width": 3}
HEADERS = b"POST /predict HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
PATHS = ["/", "/schema", "/openapi.json", "/health", "/metrics", "/page.css", "/page.js", "/icon.svg"]


def test_health_names_the_model(client: Client) -> None:
    assert client.get("/health").json == {"status": "ok", "model": "sizes"}


def test_schema_has_columns_targets_and_facts(client: Client) -> None:
    found = client.get("/schema").json
    assert [column["name"] for column in found["columns"]] == ["length", "width"]
    assert found["targets"]["size"]["classes"] == CLASSES
    assert found["facts"]["licence"] == "MIT"
    assert "notation" not in found


def test_openapi_describes_the_columns(client: Client) -> None:
    found = client.get("/openapi.json").json
    assert found["info"]["title"] == "Sizes & shapes"
    operation = found["paths"]["/predict"]["post"]
    row, *_ = operation["requestBody"]["content"][JSON]["schema"]["anyOf"]
    assert row["required"] == ["length", "width"]
    assert row["properties"]["length"] == {
        "type": "number",
        "description": "Training values: 0 to 10, median 2.5.",
    }
    assert set(operation["responses"]) >= {"200", "413", "415", "422", "503", "504"}
    assert {parameter["name"] for parameter in operation["parameters"]} == {"skip_bad"}


def test_the_example_of_openapi_is_a_row_that_is_predicted(client: Client) -> None:
    content = client.get("/openapi.json").json["paths"]["/predict"]["post"]["requestBody"]["content"]
    assert client.predict(content[JSON]["example"]).status == 200


@pytest.mark.error_case("requests refused by serve")
@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/nothing", 404),
        ("GET", "/predict/", 404),
        ("GET", "/docs", 404),
        ("GET", "/static/../page.css", 404),
        ("GET", "/..%2f..%2fetc%2fpasswd", 404),
        ("GET", "/predict", 405),
        ("PUT", "/predict", 405),
        ("DELETE", "/schema", 405),
        ("POST", "/health", 405),
        ("TRACE", "/", 405),
    ],
)
def test_another_address_or_method_is_refused(client: Client, method: str, path: str, status: int) -> None:
    answer = client.send(method, path)
    assert answer.status == status
    assert " " in answer.json["errors"][0]
    assert (answer.headers.get("allow") is not None) == (status == 405)


@pytest.mark.parametrize("path", PATHS)
def test_every_answer_has_the_headers_of_a_careful_server(client: Client, path: str) -> None:
    answer = client.get(path)
    assert answer.status == 200
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    assert "unsafe" not in answer.headers["content-security-policy"]
    assert answer.headers["cache-control"] == "no-store"
    assert "server" not in answer.headers
    assert not [name for name in answer.headers if name.startswith("access-control")]


def test_an_error_has_them_too(client: Client) -> None:
    assert client.post("/predict", b"{").headers["x-content-type-options"] == "nosniff"


def test_other_origins_get_no_permission(client: Client) -> None:
    answer = client.send(
        "OPTIONS", "/predict", headers={"Origin": "http://evil.example", "Access-Control-Request-Method": "POST"}
    )
    assert answer.status == 405
    assert "access-control-allow-origin" not in answer.headers


@pytest.mark.error_case("requests refused by serve")
@pytest.mark.parametrize("host", ["evil.example", "evil.example:8000", "127.0.0.1.evil.example", "", "localhost@evil"])
def test_another_host_is_refused_on_this_machine(client: Client, host: str) -> None:
    assert client.get("/health", Host=host).status in (400, 403)


@pytest.mark.parametrize("host", ["localhost", "LOCALHOST:1", "127.0.0.1:8000", "[::1]:8000", "[::1]"])
def test_the_own_address_is_no_other_host(client: Client, host: str) -> None:
    assert client.get("/health", Host=host).status == 200


def test_a_server_for_others_answers_to_any_host() -> None:
    options = ServeOptions(host="0.0.0.0")
    with started(create_app(SIZES, sizes_predictor(), options, {}), options) as client:
        assert client.get("/health", Host="models.example.org").status == 200


def test_a_slow_body_is_not_waited_for() -> None:
    options = ServeOptions(seconds=0.3)
    with started(create_app(SIZES, sizes_predictor(), options, {}), options) as client:
        start = time.monotonic()
        with socket.create_connection(("127.0.0.1", client.port), timeout=60) as connection:
            connection.sendall(HEADERS + b"Content-Length: 9\r\n\r\n{")
            assert connection.recv(1000).startswith(b"HTTP/1.1 408")
        assert time.monotonic() - start < 5


def test_large_bodies_together_are_limited() -> None:
    options = ServeOptions(body_megabytes=0.001, seconds=20)
    with started(create_app(SIZES, sizes_predictor(), options, {}), options) as client:
        waiting = [socket.create_connection(("127.0.0.1", client.port), timeout=60) for _ in range(8)]
        for connection in waiting:
            connection.sendall(HEADERS + b"Content-Length: 950\r\n\r\n" + b" " * 949)
        end = time.monotonic() + 60
        while (refused := client.post("/predict", b" " * 900)).status != 503 and time.monotonic() < end:
            time.sleep(0.05)
        for connection in waiting:
            connection.close()
        while (answer := client.predict(LARGE)).status != 200 and time.monotonic() < end:
            time.sleep(0.05)
    assert refused.status == 503
    assert refused.headers["retry-after"] == "1"
    assert answer.status == 200


def values_of_metrics(client: Client) -> dict[str, float]:
    lines = [line for line in client.get("/metrics").text.splitlines() if not line.startswith("#")]
    return {name: float(value) for name, _, value in (line.rpartition(" ") for line in lines)}


def test_metrics_count_requests_rows_and_batches() -> None:
    options = ServeOptions()
    with started(create_app(SIZES, sizes_predictor(), options, {}), options) as client:
        client.predict([LARGE] * 3)
        client.predict(LARGE)
        client.post("/predict", b"{")
        client.get("/somewhere?secret=4711")
        found = values_of_metrics(client)
    assert found['serve_requests_total{method="POST",path="/predict",status="200"}'] == 2
    assert found['serve_requests_total{method="POST",path="/predict",status="400"}'] == 1
    assert found['serve_requests_total{method="GET",path="other",status="404"}'] == 1
    assert found["serve_rows_total"] == 4
    assert found['serve_batch_rows_bucket{le="1"}'] == 1
    assert found['serve_batch_rows_bucket{le="5"}'] == found["serve_batch_rows_count"] == 2
    assert found["serve_request_seconds_count"] == 4
    assert found["serve_requests_in_flight"] == 1
    assert not [name for name in found if "4711" in name]


def test_the_log_has_a_line_for_each_request_without_its_data(
    client: Client, capfd: pytest.CaptureFixture[str]
) -> None:
    client.predict([{"length": 47.11, "width": 3}] * 2)
    client.get("/unknown/4711?key=4711")
    client.send("FETCH4711", "/")
    text = capfd.readouterr().err
    assert "4711" not in text
    assert "47.11" not in text
    lines = [json.loads(line) for line in text.splitlines()]
    assert [(line["method"], line["path"], line["status"], line["rows"]) for line in lines] == [
        ("POST", "/predict", 200, 2),
        ("GET", "other", 404, 0),
        ("other", "/", 405, 0),
    ]
    assert all(line["ms"] > 0 and line["time"].endswith("Z") for line in lines)
