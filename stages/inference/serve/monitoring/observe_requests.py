"""What is the same for all requests: the check of their host, headers of the answer, a line of the log, metrics."""

import time
from collections.abc import Callable, Collection

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import ClientDisconnect
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from stages.inference.serve.monitoring.log import write_failure, write_log
from stages.inference.serve.monitoring.metrics import Metrics

LOOPBACK_HOSTS = frozenset({"localhost", "127.0.0.1", "[::1]"})
# The status that a log shows where a client did not wait for its answer. No client sees it.
CLIENT_CLOSED_REQUEST = 499
OTHER_PATH = "other"
METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
SECURITY_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob: data:; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-store",
}


class ObserveRequests:
    """`paths` are those of the routes. With `hosts`, a request for another host is refused.

    A page of another site could have the browser look up its own name as 127.0.0.1, and read the answers.
    """

    def __init__(self, app: ASGIApp, metrics: Metrics, paths: Collection[str], hosts: Collection[str]) -> None:
        self._app = app
        self._metrics = metrics
        self._paths = paths
        self._hosts = hosts

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        start = time.perf_counter()
        scope.setdefault("state", {})["rows"] = 0
        answer = _Answer(send, lambda status: self._record(scope, status, time.perf_counter() - start))
        self._metrics.in_flight += 1
        try:
            await self._answer(scope, receive, answer)
        finally:
            answer.end()

    async def _answer(self, scope: Scope, receive: Receive, answer: "_Answer") -> None:
        try:
            if self._hosts and not self._is_known(Headers(scope=scope).get("host", "")):
                refused = JSONResponse({"errors": ["this server answers only for its own address"]}, 403)
                await refused(scope, receive, answer.send)
            else:
                await self._app(scope, receive, answer.send)
        except ClientDisconnect:
            return
        except Exception as error:  # noqa: BLE001 - an error of ours is logged, and the server goes on
            write_failure(error)
            if answer.status is None:
                failed = JSONResponse({"errors": ["the server failed on this request; its log has the place"]}, 500)
                await failed(scope, receive, answer.send)

    def _is_known(self, host: str) -> bool:
        name, _, port = host.rpartition(":")
        return (name if name and port.isdigit() else host).lower() in self._hosts

    def _record(self, scope: Scope, status: int, seconds: float) -> None:
        path = scope["path"] if scope["path"] in self._paths else OTHER_PATH
        method = scope["method"] if scope["method"] in METHODS else OTHER_PATH
        rows = scope["state"]["rows"]
        self._metrics.in_flight -= 1
        self._metrics.observe_request(method, path, status, seconds, rows)
        write_log("request", method=method, path=path, status=status, rows=rows, ms=round(seconds * 1000, 1))


class _Answer:
    """Adds headers. Before the last part is sent, `record` is called with the status, once."""

    def __init__(self, send: Send, record: Callable[[int], None]) -> None:
        self.status: int | None = None
        self._send = send
        self._record = record
        self._recorded = False

    def end(self) -> None:
        if not self._recorded:
            self._recorded = True
            self._record(self.status or CLIENT_CLOSED_REQUEST)

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            headers = MutableHeaders(scope=message)
            for name, value in SECURITY_HEADERS.items():
                headers.setdefault(name, value)
        elif not message.get("more_body", False):
            self.end()
        await self._send(message)
