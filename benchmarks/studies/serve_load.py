"""python -m benchmarks.studies.serve_load KEY|DIR [--clients 200] [--seconds 60]

Starts `restage serve`, and sends it one row after another from many clients at once on this machine. Prints how many
answers were lost or other than that to the same row alone, the times of the answers, and the memory of the server
(docs/how-to/serve-a-model.md).
"""

import argparse
import asyncio
import json
import re
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from statistics import quantiles
from typing import Any
from urllib.parse import urlsplit
from urllib.request import urlopen

CLIENTS = 200
SECONDS = 60.0
ADDRESS = re.compile(r"http://\S+")
LENGTH = re.compile(rb"content-length: (\d+)", re.IGNORECASE)


@dataclass
class Load:
    """`milliseconds` has the time of each answer; `lost` counts those that did not come, or were no answer."""

    milliseconds: list[float] = field(default_factory=list)
    lost: int = 0
    different: int = 0


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.studies.serve_load", description=__doc__)
    parser.add_argument("model", metavar="KEY|DIR", help="what `restage serve` is started with")
    parser.add_argument("--clients", type=int, default=CLIENTS)
    parser.add_argument("--seconds", type=float, default=SECONDS)
    options = parser.parse_args(arguments)
    with running_server([sys.executable, "-m", "stages.cli", "serve", options.model, "--port", "0"]) as (address, pid):
        load = asyncio.run(send_load(address, example_body(address), options.clients, options.seconds))
        print("\n".join(report(load, options.clients, options.seconds, peak_megabytes(pid))))


@contextmanager
def running_server(command: Sequence[str]) -> Iterator[tuple[str, int]]:
    """The address of the server, and its process id. Its log is dropped."""
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as process:
        try:
            assert process.stdout is not None
            found = ADDRESS.search(process.stdout.readline())
            if found is None:
                sys.exit(f"{' '.join(command)}: did not start; run it alone to see why")
            yield found[0], process.pid
        finally:
            process.terminate()


def example_body(address: str) -> bytes:
    """The example of the server's own description, which is a row with the middle values of the training rows."""
    with urlopen(f"{address}/openapi.json") as answer:  # noqa: S310 - the address is that of our own server
        operation = json.load(answer)["paths"]["/predict"]["post"]
    content: dict[str, Any] = operation["requestBody"]["content"]["application/json"]
    return json.dumps(content["example"]).encode()


async def send_load(address: str, body: bytes, clients: int, seconds: float) -> Load:
    """Each client has a connection of its own, and sends the next row when it has the answer."""
    host, port = urlsplit(address).hostname or "", urlsplit(address).port or 0
    head = f"POST /predict HTTP/1.1\r\nHost: {host}\r\nContent-Type: application/json\r\n"
    request = head.encode() + f"Content-Length: {len(body)}\r\n\r\n".encode() + body
    alone = await one_answer(*await asyncio.open_connection(host, port), request)
    load, end = Load(), time.perf_counter() + seconds
    await asyncio.gather(*(run_client(host, port, request, alone, end, load) for _ in range(clients)))
    return load


async def run_client(host: str, port: int, request: bytes, expected: bytes | None, end: float, load: Load) -> None:
    reader, writer = await asyncio.open_connection(host, port)
    while (start := time.perf_counter()) < end:
        try:
            found = await one_answer(reader, writer, request)
        except (OSError, EOFError):
            load.lost += 1
            reader, writer = await asyncio.open_connection(host, port)
            continue
        load.milliseconds.append((time.perf_counter() - start) * 1000)
        load.lost += found is None
        load.different += found != expected
    writer.close()


async def one_answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, request: bytes) -> bytes | None:
    """The body of the answer; None if its status is not 200."""
    writer.write(request)
    head = await reader.readuntil(b"\r\n\r\n")
    length = LENGTH.search(head)
    content = await reader.readexactly(int(length[1]) if length else 0)
    return content if head.startswith(b"HTTP/1.1 200 ") else None


def report(load: Load, clients: int, seconds: float, megabytes: float) -> Iterator[str]:
    count = len(load.milliseconds)
    percentiles = quantiles(load.milliseconds, n=100)
    yield f"{clients} clients, {seconds:g} s: {count:,} answers, {count / seconds:,.0f} a second"
    yield f"lost {load.lost}, different from the answer to the same row alone {load.different}"
    times = f"median {percentiles[49]:.0f} ms, 99th percentile {percentiles[98]:.0f} ms"
    yield f"{times}, longest {max(load.milliseconds):.0f} ms"
    yield f"largest memory of the server {megabytes:.0f} MB"


def peak_megabytes(pid: int) -> float:
    """The largest resident memory that the process had."""
    status = Path(f"/proc/{pid}/status").read_text(encoding="utf-8")
    (kilobytes,) = re.findall(r"VmHWM:\s+(\d+) kB", status)
    return int(kilobytes) / 1000


if __name__ == "__main__":
    main()
