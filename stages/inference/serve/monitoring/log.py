"""Writes what happens to standard error, one JSON object a line. No line has a value of the data."""

import json
import logging
import sys
import traceback
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

MAX_FRAMES = 5


def write_log(event: str, **fields: Any) -> None:
    now = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    sys.stderr.write(json.dumps({"time": now, "event": event} | fields) + "\n")
    sys.stderr.flush()


def write_failure(error: BaseException) -> None:
    """Where the error was raised. Its message is left out, since it can have values of the data."""
    frames = traceback.extract_tb(error.__traceback__)[-MAX_FRAMES:]
    places = [f"{Path(frame.filename).name}:{frame.lineno} {frame.name}" for frame in frames]
    write_log("failure", type=type(error).__name__, places=places)


class JsonHandler(logging.Handler):
    """Messages of the web server, such as that a client sent no HTTP."""

    def emit(self, record: logging.LogRecord) -> None:
        if record.exc_info and record.exc_info[1]:
            write_failure(record.exc_info[1])
        else:
            write_log("server", level=record.levelname.lower(), message=record.getMessage())
