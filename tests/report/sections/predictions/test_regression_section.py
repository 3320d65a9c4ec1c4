import re
from dataclasses import replace

import numpy as np

from stages.core.artefacts.windows import Window
from stages.report.recorded.recorded_predictions import Predictions
from stages.report.rendering.format_text import MINUS
from stages.report.sections.predictions.predicted_column import PredictedColumn
from stages.report.sections.predictions.regression_section import (
    MAX_SCATTER_POINTS,
    RegressionSection,
    largest_and_smallest_errors,
    regression_section,
    truth_chart,
)
from tests.report.example_datasets import ExampleDataset, flowers, prices, value_predictions
from tests.report.example_forecasts import COLUMN, months


def section(example: ExampleDataset, name: str, predictions: Predictions | None = None) -> RegressionSection:
    return regression_section(name, predictions or example.predictions, example.raw, example.processed, 8)


def test_samples_are_sorted_by_error() -> None:
    samples = section(prices(), "price").samples
    assert [name for name, _ in samples.head] == ["day", "truth", "prediction", "error"]
    assert samples.rows == [
        ["2020-02-09", "21.00", "19.00", f"{MINUS}2.00"],
        ["2020-02-08", "19.00", "17.50", f"{MINUS}1.50"],
        ["2020-02-10", "20.00", "20.25", "+0.25"],
    ]


def test_the_first_and_the_last_of_the_order_are_shown() -> None:
    errors = np.arange(10.0, 0.0, -1.0)
    column = PredictedColumn("x", np.arange(10), np.zeros(10), errors)
    assert largest_and_smallest_errors(column, 4) == [0, 1, 8, 9]
    assert largest_and_smallest_errors(column, 1) == [0]
    assert largest_and_smallest_errors(column, 10) == [*range(10)]


def test_of_equal_errors_the_first_and_the_last_lines_are_shown() -> None:
    column = PredictedColumn("x", np.arange(10), np.zeros(10), np.ones(10))
    assert largest_and_smallest_errors(column, 4) == [0, 1, 8, 9]


def test_a_series_is_drawn_over_time() -> None:
    found = section(prices(), "price")
    (chart,) = found.wide_charts
    assert "2020-02-09: truth 21" in chart.svg
    assert [chart.title for chart in found.charts] == ["Prediction against truth"]


def test_a_table_is_drawn_over_its_only_input() -> None:
    found = section(flowers(), "length", value_predictions("length", [(4, 1, 1), (5, 4, 5)]))
    assert found.wide_charts == []
    assert [chart.title for chart in found.charts] == ["Prediction against truth", "length over length"]


def test_a_single_prediction_has_no_chart() -> None:
    found = section(prices(), "price", value_predictions("price", [(9, 16, 16.004)]))
    assert (found.charts, found.wide_charts) == ([], [])
    assert found.samples.rows[0][1:3] == ["16", "16"]


def test_a_scatter_chart_shows_at_most_a_thousand_points() -> None:
    values = np.arange(MAX_SCATTER_POINTS * 3 + 1, dtype=float)
    chart = truth_chart(PredictedColumn("x", np.arange(len(values)), values, values))
    assert chart.note == "751 of 3,001 samples"
    assert chart.svg.count('class="dot"') == 751


def test_with_several_steps_the_first_and_the_last_are_drawn_with_the_same_axes() -> None:
    first, last = section(months(), COLUMN).wide_charts
    assert (first.note, last.note) == ("1 row ahead", "3 rows ahead")
    assert first.legend == (("muted", "truth"), ("accent", "prediction"), ("interval", "interval"))
    assert [re.findall("<text.*?</text>", chart.svg) for chart in (first, last)] == [
        re.findall("<text.*?</text>", first.svg)
    ] * 2
    assert [chart.svg.count('class="interval"') for chart in (first, last)] == [1, 1]
    # Row 36 is predicted one row ahead only, row 47 three rows ahead only.
    assert "2013-01-01: truth" in first.svg
    assert "2013-01-01: truth" not in last.svg
    assert "2013-12-01: truth" in last.svg
    assert "2013-12-01: truth" not in first.svg


def test_a_forecast_of_one_step_needs_no_note_and_one_of_a_later_row_has_it() -> None:
    (chart,) = section(months(horizon=1), COLUMN).wide_charts
    assert chart.note == ""
    example = prices()
    window = Window(length=2, horizon=2)
    later = example.processed.fitted.model_copy(update={"window": window})
    (chart,) = section(replace(example, processed=replace(example.processed, fitted=later)), "price").wide_charts
    assert chart.note == "2 rows ahead"


def test_one_sample_with_several_steps_has_no_chart_over_time() -> None:
    found = section(months(test_rows=3), COLUMN)
    assert found.wide_charts == []
    assert [chart.note for chart in found.charts] == ["1 to 3 rows ahead"]


def test_samples_tell_their_step() -> None:
    samples = section(months(), COLUMN).samples
    assert [name for name, _ in samples.head] == ["month", "rows ahead", "truth", "prediction", "error"]
    assert [row[1] for row in samples.rows] == ["3"] * 4 + ["1"] * 4


def test_of_many_predictions_each_step_has_points() -> None:
    """12 steps of 500 samples: every sixth prediction is shown, and 6 divides 12."""
    steps = np.tile(np.arange(1, 13), 500)
    values = steps.astype(float)
    chart = truth_chart(PredictedColumn("x", np.arange(6000), values, values, steps))
    assert chart.note == "1 to 12 rows ahead; 1,000 of 6,000 predictions"
    assert len(set(re.findall(r'class="dot" cx="([\d.]+)"', chart.svg))) == 12
