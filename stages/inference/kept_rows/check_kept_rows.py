"""Checks that a model gives the answers that were kept with it."""

from stages.inference.kept_rows.compare_answers import Answers, answer_arrays, difference
from stages.inference.kept_rows.row_arrays import read_row_arrays
from stages.inference.model_folder import OpenedModel, read_file
from stages.inference.new_rows.raw_rows import RawRows
from stages.inference.predictor import Predictions, Predictor

ROWS_FILE, ANSWERS_FILE = "kept_rows.npz", "kept_answers.json"


def largest_difference(model: OpenedModel) -> tuple[Answers, float] | None:
    """The kept answers, and the largest difference of the model's answers to them. None if no rows were kept."""
    if not (model.files / ANSWERS_FILE).is_file():
        return None
    kept = read_file(Answers, model.files / ANSWERS_FILE)
    rows = read_row_arrays(model.files / ROWS_FILE, kept.columns, kept.rows)
    return kept, difference(kept, answer_arrays(predict(model.predictor, rows)))


def predict(predictor: Predictor, rows: RawRows) -> Predictions:
    """A prediction for each row, or the forecast after the rows of a series."""
    return predictor.predict(rows) if predictor.fitted.window is None else predictor.forecast(rows).predictions
