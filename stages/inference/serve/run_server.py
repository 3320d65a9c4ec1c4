"""Starts the server of a model, until a signal stops it."""

import logging
import signal
import socket
from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn
from fastapi import FastAPI

from stages.core.errors import UserError
from stages.inference.serve.monitoring.log import JsonHandler
from stages.inference.serve.options import ServeOptions

# Connections that wait until the server takes them.
BACKLOG = 2048


def run_server(app: FastAPI, options: ServeOptions) -> None:
    """Answer requests until SIGINT or SIGTERM; then finish those that have arrived.

    Raises UserError if the address cannot be used.
    """
    logging.getLogger("uvicorn").handlers = [JsonHandler()]
    with listening_socket(options.host, options.port) as listener, ignoring_repeated_signals():
        print(f"{address_of(listener)} answers; stop it with Ctrl+C", flush=True)
        uvicorn.Server(server_config(app, options)).run(sockets=[listener])


def server_config(app: FastAPI, options: ServeOptions) -> uvicorn.Config:
    return uvicorn.Config(
        app,
        http="h11",
        ws="none",
        lifespan="on",
        access_log=False,
        log_config=None,
        log_level="warning",
        server_header=False,
        proxy_headers=False,
        backlog=BACKLOG,
        timeout_graceful_shutdown=int(options.seconds) + 1,
    )


def check_address(options: ServeOptions) -> None:
    """Raise UserError if the address cannot be used."""
    listening_socket(options.host, options.port).close()


def listening_socket(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        listener = socket.create_server((host, port), family=family, backlog=BACKLOG)
    except (OSError, OverflowError) as error:
        reason = error.strerror if isinstance(error, OSError) else str(error)
        raise UserError(f"{host}:{port}: cannot listen there: {reason}; choose another --port or --host") from None
    # Connections inherit it. Without it, the body of an answer waits 40 ms for the client to confirm the headers:
    # asyncio sets it only for sockets that name TCP as their protocol, which these do not.
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return listener


def address_of(listener: socket.socket) -> str:
    host, port = listener.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


@contextmanager
def ignoring_repeated_signals() -> Iterator[None]:
    """uvicorn stops at a signal, and sends it again at the end, which would end the process with an error."""
    earlier = {number: signal.signal(number, lambda *_: None) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in earlier.items():
            signal.signal(number, handler)
