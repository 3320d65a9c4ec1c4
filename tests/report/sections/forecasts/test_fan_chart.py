import re
from dataclasses import replace

import numpy as np
import pytest

from stages.core.artefacts.raw.raw_data import Table
from stages.core.artefacts.windows import Window
from stages.report.charts.svg import Chart
from stages.report.sections.forecasts.fan_chart import fan_chart, first_drawn_row, last_forecasts
from stages.report.sections.predictions.predicted_column import PredictedColumn, predicted_column
from tests.report.example_datasets import ExampleDataset
from tests.report.example_forecasts import COLUMN, months


def raw_table(example: ExampleDataset) -> Table:
    assert isinstance(example.raw, Table)
    return example.raw


def drawn(
    example: ExampleDataset, level: float | None = 0.8, bounds: tuple[list[float], list[float]] | None = None
) -> Chart:
    """With other bounds of the interval, if they are given."""
    column = predicted_column(COLUMN, example.predictions)
    if bounds is not None:
        column = replace(column, lower=np.array(bounds[0]), upper=np.array(bounds[1]))
    assert example.processed.fitted.window is not None
    chart = fan_chart(column, raw_table(example), example.processed.fitted.window, level)
    assert chart is not None
    return chart


def test_the_last_forecasts_do_not_overlap() -> None:
    """Forecasts of three rows from 38, 41 and 44 on; the rows 27 to 38 are known before them."""
    chart = drawn(months())
    assert (chart.title, chart.note) == ("The last 3 forecasts", "1 to 3 rows ahead")
    assert [chart.svg.count(f'class="{name}"') for name in ("interval", "line accent", "line muted", "marker")] == [
        3, 3, 1, 3,
    ]  # fmt: skip
    truth = re.findall(r"<title>([\d-]+): truth", chart.svg)
    predicted = re.findall(r"<title>([\d-]+): prediction", chart.svg)
    assert (truth[0], truth[-1], len(truth)) == ("2012-04-01", "2013-12-01", 21)
    assert (predicted[0], predicted[-1], len(predicted)) == ("2013-04-01", "2013-12-01", 9)


def test_a_single_forecast_begins_after_its_last_known_row() -> None:
    chart = drawn(months(test_rows=3))
    assert chart.title == "The last forecast"
    assert re.findall(r"<title>([\d-]+): prediction", chart.svg) == ["2013-10-01", "2013-11-01", "2013-12-01"]


def test_one_step_ahead_is_one_curve_of_the_last_samples() -> None:
    chart = drawn(months(rows=120, horizon=1, test_rows=80))
    assert (chart.title, chart.note) == ("The last 60 forecasts", "1 row ahead")
    assert [chart.svg.count(f'class="{name}"') for name in ("interval", "line accent", "marker")] == [1, 1, 1]


def test_the_legend_names_the_level_of_the_interval() -> None:
    names = [name for _, name in drawn(months()).legend]
    assert names == ["truth", "prediction", "80% interval", "last known row"]
    assert [name for _, name in drawn(months(), None).legend][2] == "interval"
    without = drawn(months(), None, ([], []))
    assert [name for _, name in without.legend] == ["truth", "prediction", "last known row"]
    assert 'class="interval"' not in without.svg


def test_a_bound_far_away_is_cut_off_and_the_note_says_so() -> None:
    lines = len(months().predictions.rows)
    chart = drawn(months(), bounds=([0.0] * lines, [float("inf")] * lines))
    assert chart.note == "1 to 3 rows ahead; the interval reaches beyond the chart"
    assert not re.search("inf|nan", chart.svg.replace("interval", ""))


def test_the_forecasts_of_every_second_row() -> None:
    """The stride is 2: samples end at 10, 12 and 14, each with three steps."""
    rows = [row + step for row in (10, 12, 14) for step in (1, 2, 3)]
    column = PredictedColumn("x", np.array(rows), np.zeros(9), np.zeros(9), np.array([1, 2, 3] * 3))
    assert last_forecasts(column) == [[0, 1, 2], [6, 7, 8]]


@pytest.mark.parametrize(("last_known", "first"), [(41, 30), (3, 0)])
def test_known_rows_begin_with_the_series(last_known: int, first: int) -> None:
    assert first_drawn_row(last_known, last_known + 12, raw_table(months()), Window(length=12)) == first


def test_known_rows_are_those_of_the_same_raw_split() -> None:
    frame = raw_table(months()).frames["all"]
    table = replace(raw_table(months()), frames={"train": frame[:40], "test": frame[40:]})
    assert first_drawn_row(44, 47, table, Window(length=12)) == 40


def test_dates_of_a_private_column_are_not_on_the_axis() -> None:
    example = months()
    chart = drawn(replace(example, raw=replace(raw_table(example), private=["month"])))
    assert "2013" not in chart.svg
    assert "row 47: truth" in chart.svg


def test_without_predictions_there_is_no_chart() -> None:
    empty = PredictedColumn(COLUMN, np.zeros(0, np.int64), np.zeros(0), np.zeros(0))
    assert fan_chart(empty, raw_table(months()), Window(length=12), None) is None
