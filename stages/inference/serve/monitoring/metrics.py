"""Counts requests and times, and writes them as Prometheus' text format."""

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import accumulate

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)
BATCH_ROWS = (1, 2, 5, 10, 25, 50, 100, 250, 500, 1000)


class Histogram:
    """How many values are at most as large as each bound, and their sum.

    >>> histogram = Histogram([1, 5])
    >>> histogram.observe(1)
    >>> histogram.observe(2)
    >>> list(histogram.lines("rows"))
    ['rows_bucket{le="1"} 1', 'rows_bucket{le="5"} 2', 'rows_bucket{le="+Inf"} 2', 'rows_sum 3', 'rows_count 2']
    """

    def __init__(self, bounds: Sequence[float]) -> None:
        self._bounds = bounds
        self._counts = [0] * (len(bounds) + 1)
        self._sum = 0.0

    def observe(self, value: float) -> None:
        self._counts[bisect_left(self._bounds, value)] += 1
        self._sum += value

    def lines(self, name: str) -> Iterator[str]:
        *counts, count = accumulate(self._counts)
        for bound, below in zip(self._bounds, counts, strict=True):
            yield f'{name}_bucket{{le="{bound:g}"}} {below}'
        yield f'{name}_bucket{{le="+Inf"}} {count}'
        yield f"{name}_sum {self._sum:g}"
        yield f"{name}_count {count}"


class Metrics:
    """`in_flight` is the number of requests without an answer."""

    def __init__(self) -> None:
        self.in_flight = 0
        self._requests: Counter[tuple[str, str, int]] = Counter()
        self._rows = 0
        self._seconds = Histogram(SECONDS)
        self._batch_rows = Histogram(BATCH_ROWS)

    def observe_request(self, method: str, path: str, status: int, seconds: float, rows: int) -> None:
        """`path` is that of a route: there are few."""
        self._requests[method, path, status] += 1
        self._seconds.observe(seconds)
        self._rows += rows

    def observe_batch(self, rows: int) -> None:
        self._batch_rows.observe(rows)

    def text(self, waiting_rows: int) -> str:
        return "\n".join(self._lines(waiting_rows)) + "\n"

    def _lines(self, waiting_rows: int) -> Iterator[str]:
        yield from _header("serve_requests_total", "counter", "Requests answered.")
        for (method, path, status), count in sorted(self._requests.items()):
            yield f'serve_requests_total{{method="{method}",path="{path}",status="{status}"}} {count}'
        yield from _header("serve_rows_total", "counter", "Rows predicted.")
        yield f"serve_rows_total {self._rows}"
        yield from _header("serve_requests_in_flight", "gauge", "Requests without an answer.")
        yield f"serve_requests_in_flight {self.in_flight}"
        yield from _header("serve_waiting_rows", "gauge", "Rows that wait for the model.")
        yield f"serve_waiting_rows {waiting_rows}"
        yield from _header("serve_request_seconds", "histogram", "Time from the request to its answer.")
        yield from self._seconds.lines("serve_request_seconds")
        yield from _header("serve_batch_rows", "histogram", "Rows that the model was given at once.")
        yield from self._batch_rows.lines("serve_batch_rows")


def _header(name: str, kind: str, text: str) -> Iterator[str]:
    yield f"# HELP {name} {text}"
    yield f"# TYPE {name} {kind}"
