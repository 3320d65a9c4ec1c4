"""One model that answers requests: limits, threads and the queue of rows around it."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from typing import TypeVar

import numpy as np
from starlette.requests import Request

from stages.core.errors import UserError
from stages.inference.forecast_rows import forecast_rows
from stages.inference.input_schema import InputSchema
from stages.inference.new_rows.raw_rows import RawRows
from stages.inference.new_rows.row_problems import RowProblem, UnusableRowsError, find_row_problems
from stages.inference.new_rows.row_values import rows_depend_on_others
from stages.inference.predictor import Predictions, Predictor
from stages.inference.read.row_block import RowBlock
from stages.inference.serve.batching.prediction_queue import PredictionQueue, QueueFullError
from stages.inference.serve.monitoring.metrics import Metrics
from stages.inference.serve.options import ServeOptions
from stages.inference.serve.requests.content_types import BodyFormat
from stages.inference.serve.requests.read_blocks import BodyRows, picture_columns
from stages.inference.serve.requests.read_body import RETRY, BodyReader
from stages.inference.serve.requests.request_errors import RequestError

Result = TypeVar("Result")

# Work of at least this many bytes or rows is done in a thread, so that other requests are read meanwhile.
THREAD_BYTES = 16_384
THREAD_ROWS = 50
THREADS = 2


@dataclass(frozen=True)
class PredictedBlock:
    """`predictions` has a row for each row of `block`. `received` are the rows of the request."""

    block: RowBlock
    predictions: Predictions
    received: RowBlock


@dataclass(frozen=True)
class PredictedRows:
    """`problems` are those of the rows that were left out."""

    blocks: Sequence[PredictedBlock]
    problems: Sequence[RowProblem]

    @property
    def count(self) -> int:
        return sum(len(part.received) for part in self.blocks)

    @property
    def left_out(self) -> int:
        return count_rows(self.problems)


class ModelService:
    """`facts` are names and texts about the model that people may read."""

    def __init__(
        self, schema: InputSchema, predictor: Predictor, options: ServeOptions, facts: Mapping[str, str]
    ) -> None:
        self.schema = schema
        self.targets = predictor.fitted.targets
        self.options = options
        self.facts = facts
        self.metrics = Metrics()
        self._bodies = BodyReader(options)
        self.is_series = predictor.fitted.window is not None
        # Those of two requests must not be mixed.
        self.needs_all_rows = rows_depend_on_others(predictor.fitted)
        self._rows = BodyRows(schema, options, together=self.needs_all_rows)
        check = partial(find_row_problems, predictor.fitted)
        self._checked_rows = BodyRows(schema, options, check, together=self.needs_all_rows)
        self.queue = PredictionQueue(
            partial(forecast, predictor, schema) if self.is_series else predictor.predict,
            max(options.batch_rows, predictor.batch),
            options.waiting_rows,
            self.metrics.observe_batch,
            separate=self.needs_all_rows,
        )
        self._threads = ThreadPoolExecutor(THREADS, thread_name_prefix="requests")
        self._has_pictures = bool(picture_columns(schema))

    def start(self) -> None:
        self.queue.start()

    def stop(self) -> None:
        self.queue.stop()
        self._threads.shutdown()

    async def answer(
        self,
        request: Request,
        body_format: BodyFormat,
        make_answer: Callable[[PredictedRows], Result],
        skip_bad: bool = False,
    ) -> Result:
        """What `make_answer` makes of the predictions of the rows in the body.

        Rows with problems are left out with `skip_bad`; otherwise they are a RequestError. The body stays in
        `request.state.body`.
        """
        with self._bodies.reserved() as memory:
            body = request.state.body = await self._bodies.read(request, memory)
            try:
                async with asyncio.timeout(self.options.seconds):
                    predicted = await self._predict_body(body, body_format, skip_bad)
                    request.state.rows = predicted.count
                    return await self._in_thread(predicted.count >= THREAD_ROWS, lambda: make_answer(predicted))
            except TimeoutError:
                raise RequestError(504, f"there is no answer after {self.options.seconds:g} seconds") from None

    async def _predict_body(self, body: bytes, body_format: BodyFormat, skip_bad: bool) -> PredictedRows:
        """What the model cannot take is looked for when it refused the rows, or when a row has another problem already.

        Good rows need no second check.
        """
        blocks = await self._in_thread(len(body) >= THREAD_BYTES, lambda: self._rows.read(body, body_format))
        if not any(block.problems for block in blocks):
            with suppress(UnusableRowsError):
                return await self._predict_blocks(blocks, skip_bad)
        blocks = await self._in_thread(True, lambda: self._checked_rows.read(body, body_format))
        return await self._predict_blocks(blocks, skip_bad)

    async def _in_thread(self, needed: bool, work: Callable[[], Result]) -> Result:
        """A small file can be a large picture."""
        if not needed and not self._has_pictures:
            return work()
        return await asyncio.get_running_loop().run_in_executor(self._threads, work)

    async def _predict_blocks(self, blocks: Sequence[RowBlock], skip_bad: bool) -> PredictedRows:
        problems = [problem for block in blocks for problem in block.problems]
        usable = [block for block in blocks if len(block)]
        if problems and not (skip_bad and usable):
            raise RequestError(422, f"{_rows(count_rows(problems))} cannot be used", problems=problems)
        try:
            return PredictedRows([await self._predict_block(block) for block in usable], problems)
        except QueueFullError:
            raise RequestError(503, "too many rows are waiting; try again later", headers=RETRY) from None
        except UnusableRowsError:
            raise
        except UserError as error:
            raise RequestError(422, *error.messages) from None

    async def _predict_block(self, block: RowBlock) -> PredictedBlock:
        found = await self.queue.predict(block.rows)
        rows, predictions = found if self.is_series else (block, found)
        return PredictedBlock(rows, predictions, block)


def forecast(predictor: Predictor, schema: InputSchema, rows: RawRows) -> tuple[RowBlock, Predictions]:
    """The rows after the last one of a series."""
    times = None if schema.time is None else np.asarray(rows.columns[schema.time])
    return forecast_rows(predictor.forecast(rows, times), schema)


def count_rows(problems: Sequence[RowProblem]) -> int:
    return len({problem.row for problem in problems})


def _rows(count: int) -> str:
    return "1 row" if count == 1 else f"{count:,} rows"
