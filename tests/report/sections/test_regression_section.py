import numpy as np

from stages.report.dataset_results import Predictions
from stages.report.format_text import MINUS
from stages.report.sections.regression_section import (
    MAX_SCATTER_POINTS,
    PredictedColumn,
    RegressionSection,
    first_and_last,
    regression_section,
    truth_chart,
)
from tests.report.example_datasets import ExampleDataset, flowers, prices, value_predictions


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
    assert first_and_last(list(range(10)), 4) == [0, 1, 8, 9]
    assert first_and_last(list(range(10)), 1) == [0]


def test_a_series_is_drawn_over_time() -> None:
    found = section(prices(), "price")
    assert found.wide_chart is not None
    assert "2020-02-09: truth 21" in found.wide_chart.svg
    assert [chart.title for chart in found.charts] == ["Prediction against truth"]


def test_a_table_is_drawn_over_its_only_input() -> None:
    found = section(flowers(), "length", value_predictions("length", [(4, 1, 1), (5, 4, 5)]))
    assert found.wide_chart is None
    assert [chart.title for chart in found.charts] == ["Prediction against truth", "length over length"]


def test_a_single_prediction_has_no_chart() -> None:
    found = section(prices(), "price", value_predictions("price", [(9, 16, 16.004)]))
    assert (found.charts, found.wide_chart) == ([], None)
    assert found.samples.rows[0][1:3] == ["16", "16"]


def test_a_scatter_chart_shows_at_most_a_thousand_points() -> None:
    values = np.arange(MAX_SCATTER_POINTS * 3 + 1, dtype=float).tolist()
    chart = truth_chart(PredictedColumn("x", list(range(len(values))), values, values))
    assert chart.note == "751 of 3,001 samples"
    assert chart.svg.count('class="dot"') == 751
