"""A local HTTP server whose answers a test sets."""

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from stages.download.fetch import cached_download


class LocalServer:
    """The answers for each path, in order (the last one is repeated), and the requests that were received.

    An answer is (status, body) or (status, body, declared length), or a function of the request handler.
    """

    def __init__(self, port):
        self.root = f"http://127.0.0.1:{port}"
        self.answers = {}
        self.paths = []
        self.ranges = []

    def serve(self, path, *answers):
        """Set the answers for a path; returns the address."""
        self.answers[path] = list(answers)
        return self.root + path

    def next_answer(self, path):
        answers = self.answers.get(path, [(404, b"")])
        return answers.pop(0) if len(answers) > 1 else answers[0]


class RequestHandler(BaseHTTPRequestHandler):
    local_server: LocalServer
    stopped: threading.Event

    def do_GET(self):
        self.local_server.paths.append(self.path)
        self.local_server.ranges.append(self.headers.get("Range"))
        answer = self.local_server.next_answer(self.path)
        if callable(answer):
            return answer(self)
        status, body, *length = answer
        return self.send(status, body, {"Content-Length": length[0] if length else len(body)})

    def send(self, status, body, headers):
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, str(value))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args):
        pass


@pytest.fixture
def server(monkeypatch):
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")

    class Handler(RequestHandler):
        stopped = threading.Event()

    web = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    web.daemon_threads = True
    Handler.local_server = LocalServer(web.server_port)
    thread = threading.Thread(target=web.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield Handler.local_server
    Handler.stopped.set()
    web.shutdown()
    thread.join()
    web.server_close()


@pytest.fixture
def pauses(monkeypatch):
    """The pauses between attempts, recorded instead of waited for."""
    recorded: list[int] = []
    monkeypatch.setattr(cached_download, "sleep", recorded.append)
    return recorded
