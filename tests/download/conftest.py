"""A server on 127.0.0.1 that does whatever a test tells it to, and stops by itself."""

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from stages.download.fetch import download_cache as keeping


class Loopback:
    """Answers to give per path, in turn (the last for good), and what was asked of it.

    An answer is a status with a body and perhaps a length that is not the body's, or a function of the request.
    """

    def __init__(self, port):
        self.at = f"http://127.0.0.1:{port}"
        self.answers = {}
        self.asked = []
        self.ranges = []

    def give(self, path, *answers):
        self.answers[path] = list(answers)
        return self.at + path

    def next_answer(self, path):
        self.asked.append(path)
        answers = self.answers.get(path, [(404, b"")])
        return answers.pop(0) if len(answers) > 1 else answers[0]


class Answer(BaseHTTPRequestHandler):
    loopback: Loopback
    stopped: threading.Event

    def do_GET(self):
        answer = self.loopback.next_answer(self.path)
        self.loopback.ranges.append(self.headers.get("Range"))
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
    handler = type("Own", (Answer,), {"stopped": threading.Event()})
    web = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    web.daemon_threads = True
    handler.loopback = Loopback(web.server_port)
    thread = threading.Thread(target=web.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield handler.loopback
    handler.stopped.set()
    web.shutdown()
    thread.join()
    web.server_close()


@pytest.fixture
def pauses(monkeypatch):
    """The pauses between tries, noted instead of waited for."""
    noted = []
    monkeypatch.setattr(keeping, "pause", noted.append)
    return noted
