"""A server in a thread of the test, and a client that shows its answers."""

import http.client
import json
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import uvicorn
from fastapi import FastAPI

from stages.inference.serve.options import ServeOptions
from stages.inference.serve.run_server import listening_socket, server_config

JSON = "application/json"
CLIENT_SECONDS = 30


@dataclass(frozen=True)
class Answer:
    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def text(self) -> str:
        return self.body.decode()


@dataclass(frozen=True)
class Client:
    port: int

    def send(
        self, method: str, path: str, body: bytes | None = None, headers: Mapping[str, str] | None = None
    ) -> Answer:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=CLIENT_SECONDS)
        try:
            connection.request(method, path, body, dict(headers or {}))
            response = connection.getresponse()
            found = {name.lower(): value for name, value in response.getheaders()}
            return Answer(response.status, found, response.read())
        finally:
            connection.close()

    def get(self, path: str, **headers: str) -> Answer:
        return self.send("GET", path, headers=headers)

    def post(self, path: str, body: bytes, content_type: str = JSON, **headers: str) -> Answer:
        return self.send("POST", path, body, {"Content-Type": content_type} | headers)

    def predict(self, value: Any, path: str = "/predict", **headers: str) -> Answer:
        return self.post(path, json.dumps(value).encode(), **headers)


@contextmanager
def started(app: FastAPI, options: ServeOptions) -> Iterator[Client]:
    with listening_socket("127.0.0.1", 0) as listener:
        server = uvicorn.Server(server_config(app, options))
        thread = threading.Thread(target=lambda: server.run(sockets=[listener]))
        thread.start()
        try:
            yield Client(listener.getsockname()[1])
        finally:
            server.should_exit = True
            thread.join()
