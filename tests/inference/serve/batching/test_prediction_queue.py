"""Requests that arrive together are one batch, and each gets the answer that it gets alone."""

import asyncio
import threading
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from stages.core.errors import UserError
from stages.inference.new_rows.raw_rows import RawRows
from stages.inference.predictor import Predictions
from stages.inference.serve.batching.prediction_queue import Predict, PredictionQueue, QueueFullError
from tests.inference.serve.small_models import run_sizes, sizes_predictor


def rows_of(*lengths: float) -> RawRows:
    return RawRows({"length": np.array(lengths), "width": np.full(len(lengths), 1.0)}, len(lengths))


def probabilities(predictions: Predictions) -> list[list[float]]:
    found = predictions["size"].probabilities
    assert found is not None
    values: list[list[float]] = found.tolist()
    return values


class BlockedModel:
    """A model that waits until the test opens it, and remembers how many rows each call had."""

    def __init__(self) -> None:
        self.open = threading.Event()
        self.started = threading.Event()
        self.calls: list[int] = []

    def run(self, inputs: Mapping[str, NDArray[Any]]) -> dict[str, NDArray[np.float32]]:
        self.started.set()
        assert self.open.wait(10)
        self.calls.append(len(inputs["x"]))
        if (inputs["x"][:, 0] == 13).any():
            raise UserError("thirteen is refused")
        return run_sizes(inputs)


def run_queue(
    predict: Predict, requests: Sequence[RawRows], model: BlockedModel, batch_rows: int = 100, waiting_rows: int = 1000
) -> tuple[list[Any], list[int]]:
    """The results of requests that arrive while the model predicts the first one, and the rows of each batch."""
    batches: list[int] = []

    async def all_results() -> list[Any]:
        first = asyncio.create_task(queue.predict(requests[0]))
        await asyncio.to_thread(model.started.wait, 10)
        others = [asyncio.create_task(queue.predict(rows)) for rows in requests[1:]]
        await asyncio.sleep(0)
        model.open.set()
        return await asyncio.gather(first, *others, return_exceptions=True)

    queue = PredictionQueue(predict, batch_rows, waiting_rows, batches.append)
    queue.start()
    try:
        return asyncio.run(all_results()), batches
    finally:
        queue.stop()


def test_requests_that_wait_are_one_batch_with_the_answers_of_each_alone() -> None:
    model = BlockedModel()
    requests = [rows_of(1), rows_of(2, 3), rows_of(4), rows_of(5, 6, 7)]
    results, batches = run_queue(sizes_predictor(model.run, batch=100).predict, requests, model)
    assert batches == [1, 6]
    alone = [sizes_predictor().predict(rows) for rows in requests]
    assert [probabilities(found) for found in results] == [probabilities(found) for found in alone]


def test_a_request_that_fails_is_taken_out_of_its_batch() -> None:
    model = BlockedModel()
    requests = [rows_of(1), rows_of(2), rows_of(13), rows_of(4)]
    results, _ = run_queue(sizes_predictor(model.run).predict, requests, model)
    assert [type(result) for result in results] == [dict, dict, UserError, dict]
    assert probabilities(results[3]) == probabilities(sizes_predictor().predict(rows_of(4)))


def test_a_large_request_is_cut_and_others_have_their_turn() -> None:
    model = BlockedModel()
    many = rows_of(*range(20, 30))
    results, batches = run_queue(
        sizes_predictor(model.run, batch=4).predict, [rows_of(1), many, rows_of(2)], model, batch_rows=4
    )
    assert batches == [1, 4, 4, 3]
    assert probabilities(results[1]) == probabilities(sizes_predictor().predict(many))
    assert probabilities(results[2]) == probabilities(sizes_predictor().predict(rows_of(2)))


def test_rows_of_another_type_are_another_batch() -> None:
    model = BlockedModel()
    whole = RawRows({"length": np.array([2]), "width": np.array([1])}, 1)
    _, batches = run_queue(sizes_predictor(model.run).predict, [rows_of(1), rows_of(2), whole, whole], model)
    assert batches == [1, 1, 2]


def test_rows_that_do_not_fit_into_the_queue_are_refused() -> None:
    model = BlockedModel()
    requests = [rows_of(1, 2), rows_of(3), rows_of(4, 5), rows_of(6)]
    results, _ = run_queue(sizes_predictor(model.run).predict, requests, model, waiting_rows=4)
    assert [type(result) for result in results] == [dict, dict, QueueFullError, dict]


def test_a_request_larger_than_an_empty_queue_is_taken() -> None:
    model = BlockedModel()
    model.open.set()
    results, _ = run_queue(sizes_predictor(model.run).predict, [rows_of(1, 2, 3)], model, waiting_rows=2)
    assert len(probabilities(results[0])) == 3


def test_a_request_that_nobody_waits_for_is_left_out() -> None:
    model = BlockedModel()

    async def cancelled() -> int:
        first = asyncio.create_task(queue.predict(rows_of(1)))
        await asyncio.to_thread(model.started.wait, 10)
        second = asyncio.create_task(queue.predict(rows_of(2)))
        third = asyncio.create_task(queue.predict(rows_of(3)))
        await asyncio.sleep(0)
        second.cancel()
        await asyncio.sleep(0)
        model.open.set()
        await asyncio.gather(first, third)
        return queue.rows

    queue = PredictionQueue(sizes_predictor(model.run).predict, 100, 100)
    queue.start()
    assert asyncio.run(cancelled()) == 0
    queue.stop()
    assert model.calls == [1, 1]
    assert not queue.running


def test_rows_that_depend_on_others_are_not_mixed() -> None:
    async def both() -> list[int]:
        return list(await asyncio.gather(queue.predict(rows_of(1, 2)), queue.predict(rows_of(3))))

    queue = PredictionQueue(len, 1, 100, separate=True)
    queue.start()
    assert asyncio.run(both()) == [2, 1]
    queue.stop()


@pytest.mark.parametrize("error", [ValueError("x"), MemoryError()], ids=["ValueError", "MemoryError"])
def test_any_error_reaches_the_request_and_the_queue_goes_on(error: Exception) -> None:
    async def twice() -> list[Any]:
        return [await asyncio.gather(queue.predict(rows), return_exceptions=True) for rows in (rows_of(13), rows_of(1))]

    def predict(rows: RawRows) -> Predictions:
        if 13 in rows.columns["length"]:  # type: ignore[operator]
            raise error
        return sizes_predictor().predict(rows)

    queue = PredictionQueue(predict, 100, 100)
    queue.start()
    [[first], [second]] = asyncio.run(twice())
    queue.stop()
    assert first is error
    assert list(second) == ["size"]
