"""Predicts the rows of a file or of the command line."""

import json
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from typing import BinaryIO

import numpy as np

from stages.core.errors import UserError
from stages.inference.forecast_rows import forecast_rows
from stages.inference.model_folder import OpenedModel
from stages.inference.new_rows.irregular_steps import describe_irregular_steps
from stages.inference.new_rows.row_problems import RowProblem, find_row_problems
from stages.inference.new_rows.row_values import rows_depend_on_others
from stages.inference.read.formats.records import record_from_arguments, rows_from_records
from stages.inference.read.read_checked_rows import read_checked_rows
from stages.inference.read.row_block import RowBlock
from stages.inference.write.check_outputs import check_outputs
from stages.inference.write.write_bad_rows import BadRowWriter
from stages.inference.write.write_predictions import PredictionWriter, prediction_records

STANDARD_STREAM = "-"
# How many problems are described; the others are counted.
MAX_PROBLEMS = 20


def predict_file(model: OpenedModel, source: str, output: str | None, skip_bad: bool) -> None:
    """Without `output` the predictions go to standard output. Raises UserError with what is wrong in the rows.

    With `skip_bad` these rows are written to a file beside the output instead.
    """
    path = None if output is None else Path(output)
    fitted = model.predictor.fitted
    if skip_bad and rows_depend_on_others(fitted):
        raise UserError("--skip-bad: predictions need each row of the series; correct the rows with a mistake")
    stream = sys.stdin.buffer if source == STANDARD_STREAM else Path(source)
    check_outputs(stream, [path, bad_rows_file(path) if skip_bad and path is not None else None])
    blocks = read_checked_rows(stream, model.schema, fitted)
    if fitted.window is not None:
        _forecast(model, blocks, source, path)
    elif skip_bad:
        if path is None:
            raise UserError("--skip-bad writes a file beside that of -o; name it, as in -o predictions.csv")
        _predict_good_rows(model, blocks, path)
    else:
        _predict_all_rows(model, blocks, source, path)


def _predict_all_rows(model: OpenedModel, blocks: Iterable[RowBlock], source: str, path: Path | None) -> None:
    problems = Problems(source)
    with PredictionWriter(_target(path)) as writer:
        for block in blocks:
            problems.add(block.problems)
            # After the first row with a mistake, the others are read to report their mistakes too.
            if len(block) and not problems.count:
                writer.write(block, model.predictor.predict(block.rows))
        problems.raise_if_any()


def _predict_good_rows(model: OpenedModel, blocks: Iterable[RowBlock], path: Path) -> None:
    predicted = 0
    with ExitStack() as stack:
        writer = stack.enter_context(PredictionWriter(path))
        bad = stack.enter_context(BadRowWriter(bad_rows_file(path)))
        for block in blocks:
            bad.write(block)
            if len(block):
                writer.write(block, model.predictor.predict(block.rows))
                predicted += len(block)
    where = f", see {bad_rows_file(path)}" if bad.count else ""
    print(f"rows predicted: {predicted:,}; rows left out: {bad.count:,}{where}")


def _forecast(model: OpenedModel, blocks: Iterator[RowBlock], source: str, path: Path | None) -> None:
    """The rows after the last one of the series, with their times where the series has a usual step."""
    block, problems = next(blocks), Problems(source)
    problems.add(block.problems)
    problems.raise_if_any()
    time = model.schema.time
    times = None if time is None else np.asarray(block.rows.columns[time])
    with PredictionWriter(_target(path)) as writer:
        writer.write(*forecast_rows(model.predictor.forecast(block.rows, times), model.schema))
    if times is not None and (sentence := describe_irregular_steps(times, model.schema.rows)):
        print(sentence, file=sys.stderr)


def predict_row(model: OpenedModel, arguments: Sequence[str]) -> None:
    """Print the prediction of one row as JSON."""
    if model.predictor.fitted.window is not None:
        raise UserError("--row: a forecast needs several rows; give it a file")
    check = partial(find_row_problems, model.predictor.fitted)
    block = rows_from_records([record_from_arguments(arguments)], model.schema, check)
    if block.problems:
        raise UserError(*(f"column {problem.column}: {problem.message}" for problem in block.problems))
    for record in prediction_records(block, model.predictor.predict(block.rows)):
        print(json.dumps(record, ensure_ascii=False, allow_nan=False))


def bad_rows_file(output: Path) -> Path:
    """
    >>> bad_rows_file(Path("out/predictions.parquet")).as_posix()
    'out/predictions.bad.csv'
    """
    return output.with_name(f"{output.stem}.bad.csv")


class Problems:
    """What is wrong in the rows of an input: the first problems, and how many there are."""

    def __init__(self, source: str) -> None:
        self._source = source
        self._first: list[RowProblem] = []
        self.count = 0

    def add(self, problems: Sequence[RowProblem]) -> None:
        self._first += problems[: MAX_PROBLEMS - len(self._first)]
        self.count += len(problems)

    def raise_if_any(self) -> None:
        if self.count:
            more = self.count - len(self._first)
            messages = [str(problem) for problem in self._first] + ([f"and {more:,} more"] if more else [])
            raise UserError(*(f"{self._source}: {message}" for message in messages))


def _target(path: Path | None) -> Path | BinaryIO:
    return path or sys.stdout.buffer
