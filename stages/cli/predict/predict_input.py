"""Predicts the rows of an input: a file, standard input, or a single row."""

import sys
from collections.abc import Iterator
from contextlib import ExitStack
from functools import partial
from itertools import chain
from pathlib import Path

import numpy as np

from stages.cli.predict.output.bad_rows import BadRows, bad_rows_file
from stages.cli.predict.output.destination import open_destination
from stages.cli.predict.output.progress import Progress
from stages.cli.predict.predict_options import STANDARD_INPUT, PredictOptions
from stages.cli.predict.say import say
from stages.cli.predict.trained_model import TrainedModel
from stages.core.errors import UserError
from stages.inference.forecast_rows import forecast_rows
from stages.inference.new_rows.irregular_steps import describe_irregular_steps
from stages.inference.new_rows.row_problems import find_row_problems
from stages.inference.new_rows.row_values import rows_depend_on_others
from stages.inference.read.formats.records import record_from_arguments, rows_from_records
from stages.inference.read.read_checked_rows import read_checked_rows
from stages.inference.read.row_block import RowBlock
from stages.inference.write.check_outputs import check_outputs
from stages.inference.write.write_bad_rows import BadRowWriter


def predict_input(model: TrainedModel, options: PredictOptions) -> None:
    """Raises UserError for an input that cannot be read, and for rows that cannot be predicted."""
    if options.skip_bad and rows_depend_on_others(model.fitted):
        raise UserError("--skip-bad: predictions need each row of the series; correct the bad ones")
    side_file = bad_rows_file(options.out, options.key) if options.skip_bad else None
    check_outputs(options.source, [options.out, side_file])
    blocks, source = _input_blocks(model, options)
    if model.fitted.window is None:
        # What is wrong with the input as a whole is found before Keras is loaded, which takes seconds.
        first = next(blocks)
        _predict_blocks(model, options, chain([first], blocks), source)
    else:
        _forecast(model, options, blocks, source)


def _input_blocks(model: TrainedModel, options: PredictOptions) -> tuple[Iterator[RowBlock], str]:
    """The rows, and how messages name their input."""
    if options.row:
        check = partial(find_row_problems, model.fitted)
        return iter([rows_from_records([record_from_arguments(options.row)], model.schema, check)]), "--row"
    if options.source == STANDARD_INPUT:
        stream, schema = sys.stdin.buffer, model.schema
        return read_checked_rows(stream, schema, model.fitted, options.file_format, options.pictures), "standard input"
    assert isinstance(options.source, Path)
    blocks = read_checked_rows(options.source, model.schema, model.fitted, pictures=options.pictures)
    return blocks, str(options.source)


def _predict_blocks(model: TrainedModel, options: PredictOptions, blocks: Iterator[RowBlock], source: str) -> None:
    predictor, distance, bad, progress = model.load(), model.distance(), BadRows(), Progress()
    side_file = bad_rows_file(options.out, options.key)
    with ExitStack() as stack:
        skipped = stack.enter_context(BadRowWriter(side_file)) if options.skip_bad else None
        destination = stack.enter_context(open_destination(options.out, options.file_format, at_once=options.skip_bad))
        stack.enter_context(progress)
        for block in blocks:
            distance.add(block.rows)
            if skipped is None:
                bad.add(block)
            else:
                skipped.write(block)
            # After the first bad row, the others are read to report theirs too.
            if len(block) and not bad:
                destination.write(block, predictor.predict(block.rows))
                progress.add(len(block))
        bad.raise_if_any(source, can_be_skipped=not rows_depend_on_others(model.fitted))
    say(distance.describe())
    if skipped is not None:
        say(f"{skipped.count:,} left out" + (f", see {side_file}" if skipped.count else ""))
    if options.out is not None:
        say(progress.describe(options.out))


def _forecast(model: TrainedModel, options: PredictOptions, blocks: Iterator[RowBlock], source: str) -> None:
    block, bad = next(blocks), BadRows()
    bad.add(block)
    bad.raise_if_any(source, can_be_skipped=False)
    distance = model.distance()
    distance.add(block.rows)
    time = model.schema.time
    times = None if time is None else np.asarray(block.rows.columns[time])
    forecast = model.load().forecast(block.rows, times)
    with open_destination(options.out, options.file_format, at_once=False) as destination:
        destination.write(*forecast_rows(forecast, model.schema))
    say(distance.describe())
    if times is not None and (sentence := describe_irregular_steps(times, model.schema.rows)):
        say(sentence)
