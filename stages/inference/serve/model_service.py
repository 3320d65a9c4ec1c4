"""One model that answers requests: limits, threads and the queue of rows around it."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TypeVar

from starlette.requests import Request

from stages.core.errors import UserError
from stages.inference.input_schema import InputSchema
from stages.inference.predictor import Predictions, Predictor
from stages.inference.read.row_block import RowBlock
from stages.inference.row_problems import RowProblem
from stages.inference.serve.batching.prediction_queue import PredictionQueue, QueueFullError
from stages.inference.serve.monitoring.metrics import Metrics
from stages.inference.serve.options import ServeOptions
from stages.inference.serve.requests.errors import RequestError
from stages.inference.serve.requests.read_blocks import BodyRows, picture_columns
from stages.inference.serve.requests.read_body import RETRY, BodyReader

Result = TypeVar("Result")

# Work of at least this many bytes or rows is done in a thread, so that other requests are read meanwhile.
THREAD_BYTES = 16_384
THREAD_ROWS = 50
THREADS = 2


@dataclass(frozen=True)
class PredictedBlock:
    block: RowBlock
    predictions: Predictions


@dataclass(frozen=True)
class PredictedRows:
    """`problems` are those of the rows that were left out."""

    blocks: Sequence[PredictedBlock]
    problems: Sequence[RowProblem]

    @property
    def count(self) -> int:
        return sum(len(part.block.rows) for part in self.blocks)

    @property
    def left_out(self) -> int:
        return count_rows(self.problems)


class ModelService:
    """`facts` are names and texts about the model that people may read."""

    def __init__(
        self,
        schema: InputSchema,
        predictor: Predictor,
        options: ServeOptions,
        facts: Mapping[str, str],
    ) -> None:
        self.schema = schema
        self.targets = predictor.fitted.targets
        self.options = options
        self.facts = facts
        self.rows = BodyRows(schema, options)
        self.metrics = Metrics()
        self.bodies = BodyReader(options)
        self.queue = PredictionQueue(
            predictor.predict,
            max(options.batch_rows, predictor.batch),
            options.waiting_rows,
            self.metrics.observe_batch,
            separate=schema.kind == "series",
        )
        self._threads = ThreadPoolExecutor(THREADS, thread_name_prefix="requests")
        self._has_pictures = bool(picture_columns(schema))

    def start(self) -> None:
        self.queue.start()

    def stop(self) -> None:
        self.queue.stop()
        self._threads.shutdown()

    async def predict_body(
        self,
        request: Request,
        read: Callable[[bytes], list[RowBlock]],
        answer: Callable[[PredictedRows], Result],
        skip_bad: bool = False,
    ) -> Result:
        """What `answer` makes of the predictions of the rows that `read` finds in the body.

        Rows with problems are left out with `skip_bad`; otherwise they are a RequestError.
        """
        with self.bodies.reserved() as memory:
            body = await self.bodies.read(request, memory)
            try:
                async with asyncio.timeout(self.options.seconds):
                    blocks = await self._in_thread(len(body) >= THREAD_BYTES, lambda: read(body))
                    predicted = await self._predict(blocks, skip_bad)
                    request.state.rows = predicted.count
                    return await self._in_thread(predicted.count >= THREAD_ROWS, lambda: answer(predicted))
            except TimeoutError:
                raise RequestError(504, f"there is no answer after {self.options.seconds:g} seconds") from None

    async def _in_thread(self, needed: bool, work: Callable[[], Result]) -> Result:
        """A small file can be a large picture."""
        if not needed and not self._has_pictures:
            return work()
        return await asyncio.get_running_loop().run_in_executor(self._threads, work)

    async def _predict(self, blocks: Sequence[RowBlock], skip_bad: bool) -> PredictedRows:
        problems = [problem for block in blocks for problem in block.problems]
        usable = [block for block in blocks if len(block.rows)]
        if problems and not (skip_bad and usable):
            raise RequestError(422, f"{_rows(count_rows(problems))} cannot be used", problems=problems)
        try:
            return PredictedRows(
                [PredictedBlock(block, await self.queue.predict(block.rows)) for block in usable], problems
            )
        except QueueFullError:
            raise RequestError(503, "too many rows are waiting; try again later", headers=RETRY) from None
        except UserError as error:
            raise RequestError(422, *error.messages) from None


def count_rows(problems: Sequence[RowProblem]) -> int:
    return len({problem.row for problem in problems})


def _rows(count: int) -> str:
    return "1 row" if count == 1 else f"{count:,} rows"
