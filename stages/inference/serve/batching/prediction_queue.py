"""A queue of rows, and one thread that runs the model on all rows that have arrived while it ran before."""

import asyncio
import threading
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from stages.inference.new_rows.raw_rows import RawRows
from stages.inference.read.row_block import concatenate_rows
from stages.inference.serve.batching.joined_predictions import form_of_rows, join_predictions, split_predictions

# It gives Predictions, or with `separate` what it likes to.
Predict = Callable[[RawRows], Any]


class QueueFullError(Exception):
    """So many rows are waiting that a further request would wait too long."""


@dataclass(eq=False)
class _Request:
    """`rows` are those without a prediction; `parts` has the predictions of the rows before them."""

    rows: RawRows
    future: asyncio.Future[Any]
    parts: list[Any] = field(default_factory=list)


@dataclass(frozen=True)
class _Result:
    request: _Request
    value: Any


class PredictionQueue:
    """Rows of several requests go into one call of `predict`, which has at most `batch_rows` rows.

    The thread waits for no further request: while it runs the model, the next ones arrive. A request with many rows
    is cut into batches, and others have their turn between two of them.
    `separate` rows are one sample, such as those of a series: each request is a call of its own.
    `observe_batch` is called with the number of rows of each call.
    """

    def __init__(
        self,
        predict: Predict,
        batch_rows: int,
        waiting_rows: int,
        observe_batch: Callable[[int], None] = lambda rows: None,  # noqa: ARG005
        separate: bool = False,
    ) -> None:
        self._predict = predict
        self._batch_rows = batch_rows
        self._waiting_rows = waiting_rows
        self._observe_batch = observe_batch
        self._separate = separate
        self._requests: deque[_Request] = deque()
        self._rows = 0
        self._arrived = threading.Condition()
        self._stopped = False
        self._thread = threading.Thread(target=self._run, name="predictions", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """Finish the requests in the queue, then end the thread."""
        with self._arrived:
            self._stopped = True
            self._arrived.notify()
        self._thread.join()

    @property
    def running(self) -> bool:
        return self._thread.is_alive()

    @property
    def rows(self) -> int:
        """The number of rows without a prediction."""
        return self._rows

    async def predict(self, rows: RawRows) -> Any:
        """Raises QueueFullError, or what `predict` raises for these rows alone."""
        request = _Request(rows, asyncio.get_running_loop().create_future())
        with self._arrived:
            # A request that is larger than the queue is taken when the queue is empty.
            if self._rows and self._rows + len(rows) > self._waiting_rows:
                raise QueueFullError
            self._rows += len(rows)
            self._requests.append(request)
            self._arrived.notify()
        return await request.future

    def _run(self) -> None:
        while batch := self._next_batch():
            self._answer(batch, self._results(batch))

    def _next_batch(self) -> list[tuple[_Request, RawRows]]:
        """Some rows of the first requests; empty if the queue was stopped. Wait until there is a request."""
        with self._arrived:
            self._remove_cancelled()
            while not self._requests and not self._stopped:
                self._arrived.wait()
                self._remove_cancelled()
            return self._take() if self._requests else []

    def _remove_cancelled(self) -> None:
        """Nobody waits any more for the answers of these requests: their time is over."""
        for request in [request for request in self._requests if request.future.cancelled()]:
            self._requests.remove(request)
            self._rows -= len(request.rows)

    def _take(self) -> list[tuple[_Request, RawRows]]:
        first = self._requests.popleft()
        if self._separate:
            return [(first, first.rows)]
        form, room, batch = form_of_rows(first.rows), self._batch_rows, [(first, first.rows[: self._batch_rows])]
        room -= len(batch[0][1])
        while self._requests and room and form_of_rows(self._requests[0].rows) == form:
            request = self._requests.popleft()
            batch.append((request, request.rows[:room]))
            room -= len(batch[-1][1])
        return batch

    def _results(self, batch: Sequence[tuple[_Request, RawRows]]) -> list[_Result]:
        """If the rows of one request cannot be predicted, those of the others are predicted without them."""
        try:
            found = self._call([rows for _, rows in batch])
        except Exception as error:  # noqa: BLE001 - it is raised where the request waits
            if len(batch) == 1:
                return [_Result(batch[0][0], error)]
            return [result for part in batch for result in self._results([part])]
        return [_Result(request, part) for (request, _), part in zip(batch, found, strict=True)]

    def _call(self, parts: Sequence[RawRows]) -> list[Any]:
        rows = concatenate_rows(parts)
        self._observe_batch(len(rows))
        return split_predictions(self._predict(rows), [len(part) for part in parts])

    def _answer(self, batch: Sequence[tuple[_Request, RawRows]], results: Sequence[_Result]) -> None:
        finished: list[_Result] = []
        with self._arrived:
            for (request, rows), result in zip(batch, results, strict=True):
                self._rows -= len(rows)
                if isinstance(result.value, Exception):
                    self._rows -= len(request.rows) - len(rows)
                    finished.append(result)
                    continue
                request.parts.append(result.value)
                request.rows = request.rows[len(rows) :]
                if len(request.rows):
                    self._requests.append(request)
                else:
                    finished.append(_Result(request, join_predictions(request.parts)))
        if finished:
            loop = finished[0].request.future.get_loop()
            loop.call_soon_threadsafe(_set_results, finished)


def _set_results(results: Sequence[_Result]) -> None:
    for result in results:
        future = result.request.future
        if future.done():
            continue
        if isinstance(result.value, Exception):
            future.set_exception(result.value)
        else:
            future.set_result(result.value)
