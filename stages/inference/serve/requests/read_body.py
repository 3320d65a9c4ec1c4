"""Reads the body of a request within the limits of one request, and of all requests together."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager

from starlette.requests import Request

from stages.inference.serve.options import ServeOptions
from stages.inference.serve.requests.request_errors import RequestError

RETRY = {"Retry-After": "1"}
# The bodies of all requests together may have so many times the size that one may have.
BODIES_AT_ONCE = 8


class BodyReader:
    """Counts the bytes of all bodies that are in memory."""

    def __init__(self, options: ServeOptions) -> None:
        self._limit = options.body_bytes
        self._seconds = options.seconds
        self._too_large = f"the body is larger than {options.body_megabytes:g} MB"
        self._in_memory = 0

    @contextmanager
    def reserved(self) -> Iterator["BodyMemory"]:
        """The bytes that are read within the block count until its end."""
        memory = BodyMemory()
        try:
            yield memory
        finally:
            self._in_memory -= memory.bytes

    async def read(self, request: Request, memory: "BodyMemory") -> bytes:
        """Raises RequestError if the body is too large or too slow, or if the bodies of others leave no room."""
        _check_encoding(request)
        if _announced_length(request) > self._limit and request.headers.get("expect", "").lower() == "100-continue":
            raise RequestError(413, self._too_large)
        try:
            async with asyncio.timeout(self._seconds):
                return await self._read(request, memory)
        except TimeoutError:
            raise RequestError(408, f"the body did not arrive within {self._seconds:g} seconds") from None

    async def _read(self, request: Request, memory: "BodyMemory") -> bytes:
        parts, received = list[bytes](), 0
        async for part in request.stream():
            received += len(part)
            # A client that still sends would not see the answer. What is too large is read and dropped, up to a point.
            if received > 2 * self._limit:
                break
            if received > self._limit:
                parts.clear()
                continue
            if self._in_memory + len(part) > BODIES_AT_ONCE * self._limit:
                raise RequestError(503, "too many large requests at once; try again later", headers=RETRY)
            self._in_memory += len(part)
            memory.bytes += len(part)
            parts.append(part)
        if received > self._limit:
            raise RequestError(413, self._too_large)
        return b"".join(parts)


class BodyMemory:
    """The bytes of one body."""

    bytes = 0


def _check_encoding(request: Request) -> None:
    encoding = request.headers.get("content-encoding", "identity")
    if encoding.lower() != "identity":
        raise RequestError(415, "a compressed body is not read; leave out Content-Encoding")


def _announced_length(request: Request) -> int:
    announced = request.headers.get("content-length", "0")
    return int(announced) if announced.isascii() and announced.isdigit() else 0
