"""A headless Chromium, by its DevTools protocol over two pipes."""

import base64
import json
import os
import shutil
import signal
import subprocess
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import IO, Any

NAMES = ("chromium", "chromium-browser", "google-chrome", "chrome")
FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-default-apps",
    "--disable-sync",
    "--hide-scrollbars",
    "--no-default-browser-check",
    "--no-first-run",
    "--remote-debugging-pipe",
)
SECONDS = 30
# It ends by itself after this time, also when the tests were killed.
LIFETIME = 600


@dataclass
class Page:
    """One tab. `errors` are those of its console, and `requests` the addresses that it asked for."""

    _commands: IO[bytes]
    _session: str = ""
    errors: list[str] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)
    loads: int = 0
    _answers: dict[int, Any] = field(default_factory=dict)
    _arrived: threading.Condition = field(default_factory=threading.Condition)
    _number: int = 0

    def call(self, method: str, **parameters: Any) -> dict[str, Any]:
        """Call a method of the protocol, and wait for what it returns."""
        self._number += 1
        number = self._number
        message: dict[str, Any] = {"id": number, "method": method, "params": parameters}
        if self._session:
            message["sessionId"] = self._session
        self._commands.write(json.dumps(message).encode() + b"\0")
        self._commands.flush()
        with self._arrived:
            if not self._arrived.wait_for(lambda: number in self._answers, SECONDS):
                raise TimeoutError(method)
            answer: dict[str, Any] = self._answers.pop(number)
        if "error" in answer:
            raise RuntimeError(f"{method}: {answer['error']}")
        result: dict[str, Any] = answer["result"]
        return result

    def receive(self, message: Mapping[str, Any]) -> None:
        with self._arrived:
            if "id" in message:
                self._answers[message["id"]] = message
            else:
                self._observe(message["method"], message["params"])
            self._arrived.notify_all()

    def _observe(self, method: str, parameters: Mapping[str, Any]) -> None:
        match method:
            case "Network.requestWillBeSent":
                self.requests.append(parameters["request"]["url"])
            case "Page.loadEventFired":
                self.loads += 1
            case "Runtime.exceptionThrown":
                self.errors.append(str(parameters["exceptionDetails"]))
            case "Runtime.consoleAPICalled" if parameters["type"] in ("error", "warning"):
                self.errors.append(str(parameters["args"]))
            case "Log.entryAdded":
                self.errors.append(f"{parameters['entry']['text']} {parameters['entry'].get('url', '')}")

    def attach(self) -> None:
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        self._session = self.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for name in ("Page", "Runtime", "Log", "Network", "DOM"):
            self.call(f"{name}.enable")

    def show(self, width: int, height: int, scheme: str = "light") -> None:
        self.call(
            "Emulation.setDeviceMetricsOverride",
            width=width, height=height, deviceScaleFactor=1, mobile=width < 500,
        )  # fmt: skip
        self.call("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": scheme}])

    def open(self, address: str) -> None:
        self._loaded(lambda: self.call("Page.navigate", url=address))

    def submit(self) -> None:
        """Press the button of the form, and wait for the page that answers it."""
        self._loaded(lambda: self.run("document.querySelector('button[type=submit]').click()"))

    def _loaded(self, act: Any) -> None:
        before = self.loads
        act()
        with self._arrived:
            if not self._arrived.wait_for(lambda: self.loads > before, SECONDS):
                raise TimeoutError("the page does not load")

    def run(self, script: str) -> Any:
        """The value of an expression of JavaScript."""
        found = self.call("Runtime.evaluate", expression=script, returnByValue=True, awaitPromise=True)
        if "exceptionDetails" in found:
            raise RuntimeError(str(found["exceptionDetails"]))
        return found["result"].get("value")

    def wait(self, condition: str) -> None:
        """Wait until the expression is true."""
        end = time.monotonic() + SECONDS
        while not self.run(condition):
            if time.monotonic() > end:
                raise TimeoutError(f"{condition}\n{self.run('document.body.innerText')}")
            time.sleep(0.05)

    def choose_file(self, selector: str, path: Path) -> None:
        root = self.call("DOM.getDocument")["root"]["nodeId"]
        node = self.call("DOM.querySelector", nodeId=root, selector=selector)["nodeId"]
        self.call("DOM.setFileInputFiles", nodeId=node, files=[str(path)])

    def press(self, *keys: str) -> None:
        """Press keys such as Tab and Enter, or type a text."""
        for key in keys:
            code = {"Tab": 9, "Enter": 13, " ": 32}.get(key)
            if code is None:
                self.call("Input.insertText", text=key)
                continue
            text = {"Enter": "\r", " ": " "}.get(key, "")
            names = {"key": key, "code": key, "windowsVirtualKeyCode": code, "text": text}
            self.call("Input.dispatchKeyEvent", type="keyDown" if text else "rawKeyDown", **names)
            self.call("Input.dispatchKeyEvent", type="keyUp", key=key, code=key, windowsVirtualKeyCode=code)

    def screenshot(self, path: Path) -> None:
        found = self.call("Page.captureScreenshot", captureBeyondViewport=True)
        path.write_bytes(base64.b64decode(found["data"]))


@contextmanager
def browser_page() -> Iterator[Page]:
    """A page of a new browser, which is stopped by its process id."""
    to_browser, commands = os.pipe()
    answers, from_browser = os.pipe()
    with TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        argv = [find_browser(), *FLAGS, f"--user-data-dir={profile}", "about:blank"]
        process = _start(argv, to_browser, from_browser)
        with os.fdopen(commands, "wb") as writing, os.fdopen(answers, "rb") as reading:
            page = Page(writing)
            listener = threading.Thread(target=_listen, args=(reading, page), daemon=True)
            listener.start()
            try:
                page.attach()
                yield page
            finally:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()
                listener.join()


def find_browser() -> str:
    found = next((path for name in NAMES if (path := shutil.which(name))), None)
    if found is None:
        raise RuntimeError("no Chromium is installed; run `make servers`, which installs it for the tests of the page")
    return found


def _start(argv: Sequence[str], to_browser: int, from_browser: int) -> "subprocess.Popen[bytes]":
    """The browser reads commands from descriptor 3 and writes answers to 4."""
    script = f'exec "$@" 3<&{to_browser} 4>&{from_browser}'
    process = subprocess.Popen(
        ["bash", "-c", script, "bash", *argv],
        stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        pass_fds=(to_browser, from_browser), start_new_session=True, preexec_fn=lambda: signal.alarm(LIFETIME),
    )  # fmt: skip
    os.close(to_browser)
    os.close(from_browser)
    return process


def _listen(answers: IO[bytes], page: Page) -> None:
    rest = b""
    while part := answers.read1(1 << 16):  # type: ignore[attr-defined]
        *messages, rest = (rest + part).split(b"\0")
        for message in messages:
            page.receive(json.loads(message))
