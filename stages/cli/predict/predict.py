"""`restage predict`: predictions of new rows, of the rows of a split, or of the next rows of a series."""

import re
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from stages.cli.predict.last_run import check_last_run, describe_conf_changes
from stages.cli.predict.predict_dataset_rows import predict_next_rows, predict_split
from stages.cli.predict.predict_input import predict_input
from stages.cli.predict.predict_options import PredictOptions
from stages.cli.predict.revision.files_of_revision import files_of_revision
from stages.cli.predict.revision.older_files import lacks_intervals
from stages.cli.predict.say import say
from stages.cli.predict.trained_model import TrainedModel, open_trained_model
from stages.cli.stop_signals import INTERRUPTED, handling_stop_signals
from stages.core.errors import UserError

_STAGE_COMMAND = re.compile(r"`dvc repro [^`]*`")


def predict(options: PredictOptions) -> None:
    """Raises UserError for all that is wrong; then no predictions are written."""
    try:
        with handling_stop_signals(_interrupt), _commands_for_a_person(options.key), _model_files(options) as folder:
            _predict(open_trained_model(options.key, folder), options)
    except KeyboardInterrupt:
        say("stopped; nothing was written")
        raise SystemExit(INTERRUPTED) from None


def _predict(model: TrainedModel, options: PredictOptions) -> None:
    if options.has_input:
        predict_input(model, options)
    elif model.fitted.window is not None and options.split is None:
        predict_next_rows(model, options)
    else:
        predict_split(model, options)


@contextmanager
def _model_files(options: PredictOptions) -> Iterator[Path]:
    """The folder with the files of the model: this one, or a temporary one with those of a revision."""
    if options.revision is None:
        entries = check_last_run(options.key)
        if changes := describe_conf_changes(options.key, entries):
            say(changes)
        yield Path()
        return
    with files_of_revision(options.revision, options.key, with_data=not options.has_input) as folder:
        if lacks_intervals(folder, options.key):
            say(f"{options.revision} has no intervals for new rows; the forecasts come without them")
        yield folder


@contextmanager
def _commands_for_a_person(key: str) -> Iterator[None]:
    """Readers of files name the one stage that makes a file again; here the whole chain has to fit together."""
    try:
        yield
    except UserError as error:
        raise UserError(*(_STAGE_COMMAND.sub(f"`restage run {key}`", text) for text in error.messages)) from None


def _interrupt(number: int) -> None:
    raise KeyboardInterrupt(signal.Signals(number).name)
