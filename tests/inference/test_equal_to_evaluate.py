"""Predictions from raw rows are those that evaluate measures, bit for bit."""

from functools import partial
from typing import Any

import numpy as np
import pytest

from stages.core.artefacts.processed import TEST
from stages.core.artefacts.row_numbers import as_array
from stages.core.own_model.model_files import NO_MODEL_FILES
from stages.evaluate.forecasts.forecast_intervals import ForecastIntervals, forecast_intervals
from stages.evaluate.model_evaluation import evaluate_model
from stages.evaluate.positive_class import positive_classes
from stages.evaluate.target_predictions import ModelEvaluation
from stages.inference.keras_model.keras_outputs import BATCH, keras_runner, model_outputs
from stages.inference.keras_model.losses import loss_functions
from stages.inference.output_settings import OutputSettings
from stages.inference.predictor import Predictions, Predictor
from tests.inference.made_rows import new_rows
from tests.inference.prediction_examples import EXAMPLES, Predicted, predicted_example

OF_TABLES = [name for name, example in EXAMPLES.items() if "window" not in example.preprocess]
OF_SERIES = [name for name in EXAMPLES if name not in OF_TABLES]


def evaluated(found: Predicted) -> tuple[ModelEvaluation, ForecastIntervals, Predictor]:
    """As the stage does it, with the settings read from their text."""
    names = [*found.data.fitted.targets]
    quantiles = {name: found.train.quantiles for name in names if found.train.losses(names)[name] == "pinball"}
    losses = loss_functions(found.train.losses(names), NO_MODEL_FILES, found.train.quantiles)
    positive = positive_classes(found.evaluate, found.data)
    evaluation = evaluate_model(found.model, found.data, TEST, losses, found.evaluate.threshold, positive, quantiles)
    outputs = partial(model_outputs, found.model, found.data)
    intervals = forecast_intervals(found.evaluate, found.data, False, quantiles, outputs)
    written = OutputSettings(quantiles=quantiles, thresholds=evaluation.thresholds, intervals=intervals.fitted)
    settings = OutputSettings.model_validate_json(written.model_dump_json())
    return evaluation, intervals, Predictor(found.data.fitted, settings, keras_runner(found.model, names), BATCH)


def assert_equal(
    predictions: Predictions, chosen: Any, evaluation: ModelEvaluation, intervals: ForecastIntervals
) -> None:
    """`chosen` are the predictions of the test samples."""
    assert predictions.keys() == evaluation.predictions.keys()
    for name, expected in evaluation.predictions.items():
        found = predictions[name][chosen]
        np.testing.assert_array_equal(found.predicted, expected.predicted, strict=True)
        if expected.probabilities is None:
            assert found.probabilities is None
        else:
            np.testing.assert_array_equal(found.probabilities, expected.probabilities, strict=True)
        if interval := intervals.found.get(name):
            np.testing.assert_array_equal(found.lower, interval.bounds.lower, strict=True)
            np.testing.assert_array_equal(found.upper, interval.bounds.upper, strict=True)
        else:
            assert found.lower is found.upper is None


@pytest.mark.parametrize("name", OF_TABLES)
def test_rows(name: str) -> None:
    """Also one row alone, and the rows in another order between others."""
    found = predicted_example(EXAMPLES[name])
    evaluation, intervals, predictor = evaluated(found)
    test = as_array(found.data.raw_row_numbers(TEST))
    everything = slice(None)
    assert_equal(predictor.predict(new_rows(found.raw, test)), everything, evaluation, intervals)

    together = predictor.predict(new_rows(found.raw, np.tile(test[::-1], 20)))
    assert_equal(together, np.arange(len(test))[::-1] + 7 * len(test), evaluation, intervals)

    alone = [predictor.predict(new_rows(found.raw, test[[row]])) for row in range(len(test))]
    for target, expected in evaluation.predictions.items():
        rows = [predictions[target] for predictions in alone]
        np.testing.assert_array_equal(np.concatenate([row.predicted for row in rows]), expected.predicted)
        probabilities = [row.probabilities for row in rows if row.probabilities is not None]
        if probabilities:
            np.testing.assert_array_equal(np.concatenate(probabilities), expected.probabilities)


@pytest.mark.parametrize("name", OF_SERIES)
def test_windows_of_a_series(name: str) -> None:
    """From all rows of the series, and from the last ones that a forecast needs."""
    found = predicted_example(EXAMPLES[name])
    evaluation, intervals, predictor = evaluated(found)
    window = found.data.fitted.window
    assert window is not None
    origins = as_array(found.data.raw_row_numbers(TEST)) - window.horizon
    first = 0 if name != "series of files" else found.data.splits[TEST].rows[0]
    known = new_rows(found.raw, range(first, int(origins[-1]) + 1))
    everywhere = predictor.predict_windows(known)
    chosen = np.searchsorted(everywhere.origins + first, origins)
    assert (everywhere.origins[chosen] + first == origins).all()
    assert_equal(everywhere.predictions, chosen, evaluation, intervals)

    for sample, origin in enumerate(origins.tolist()):
        # Some more rows: the first one may be a gap.
        start = max(first, origin + 1 - predictor.rows_needed - 5)
        alone = predictor.forecast(known[start - first : origin + 1 - first])
        for target, expected in evaluation.predictions.items():
            of_target = alone.predictions[target]
            np.testing.assert_array_equal(of_target.predicted, expected.predicted[[sample]], strict=True)
            if interval := intervals.found.get(target):
                np.testing.assert_array_equal(of_target.lower, interval.bounds.lower[[sample]], strict=True)
                np.testing.assert_array_equal(of_target.upper, interval.bounds.upper[[sample]], strict=True)


def test_the_series_have_intervals_of_both_methods() -> None:
    settings = [evaluated(predicted_example(EXAMPLES[name]))[2].settings for name in OF_SERIES]
    methods = {interval.method for each in settings for interval in each.intervals.values()}
    assert methods == {"conformal", "conformal_quantiles"}
