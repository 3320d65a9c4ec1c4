"""Predicts rows of the dataset itself: those of a split, or the next ones of a series."""

from contextlib import chdir

from stages.cli.predict.output.destination import open_destination
from stages.cli.predict.output.progress import Progress
from stages.cli.predict.predict_options import PredictOptions
from stages.cli.predict.rows.series_as_new_rows import last_rows, split_forecasts
from stages.cli.predict.rows.split_as_new_rows import split_blocks, split_of_all_rows
from stages.cli.predict.trained_model import TrainedModel
from stages.core import paths
from stages.core.artefacts.processed import ProcessedData, read_processed
from stages.core.artefacts.raw.raw_data import RawData, Table
from stages.core.artefacts.raw.raw_files import read_raw
from stages.core.artefacts.records.evaluation import EvaluationRecord
from stages.core.artefacts.records.record import read_record
from stages.core.errors import UserError
from stages.inference.forecast_rows import forecast_rows
from stages.inference.new_rows.row_values import rows_depend_on_others
from stages.inference.write.check_outputs import check_outputs


def predict_next_rows(model: TrainedModel, options: PredictOptions) -> None:
    """Forecast what follows the last row of a series."""
    check_outputs(None, [options.out])
    with chdir(model.folder):
        raw = read_raw(paths.raw_data(model.key))
    assert isinstance(raw, Table)
    predictor = model.load()
    rows, times = last_rows(raw, model.fitted, predictor.rows_needed)
    forecast = predictor.forecast(rows, times)
    with open_destination(options.out, options.file_format, at_once=False) as destination:
        destination.write(*forecast_rows(forecast, model.schema))


def predict_split(model: TrainedModel, options: PredictOptions) -> None:
    """Predict the raw rows of a split: that of `--split`, or the one that evaluate has measured."""
    check_outputs(None, [options.out])
    with chdir(model.folder):
        raw, processed = read_raw(paths.raw_data(model.key)), read_processed(paths.processed_data(model.key))
        split = options.split or read_record(EvaluationRecord, paths.evaluation(model.key), "evaluate", model.key).split
    if not processed.has_split(split):
        known = ", ".join(name for name in processed.fitted.splits if processed.has_split(name))
        raise UserError(f"--split {split}: {model.key} has no such rows; it has {known}")
    _write_split(model, options, raw, processed, split)


def _write_split(
    model: TrainedModel, options: PredictOptions, raw: RawData, processed: ProcessedData, split: str
) -> None:
    predictor = model.load()
    with open_destination(options.out, options.file_format, at_once=False) as destination, Progress() as progress:
        if model.fitted.window is not None:
            assert isinstance(raw, Table)
            for block, predictions in split_forecasts(predictor, raw, processed, split):
                destination.write(block, predictions)
            return
        if rows_depend_on_others(model.fitted):
            for block, predictions in split_of_all_rows(predictor, raw, processed, split):
                destination.write(block, predictions)
            return
        for block in split_blocks(raw, processed, split):
            destination.write(block, predictor.predict(block.rows))
            progress.add(len(block))
