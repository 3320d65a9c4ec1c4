import pytest

from stages.core.artefacts.records.evaluation import ForecastStep
from stages.report.rendering.format_text import DASH
from stages.report.sections.forecasts.error_by_step import ErrorByStep, error_by_step, fold_bounds


def measured(steps: int, **changes: dict[str, float]) -> list[ForecastStep]:
    return [
        ForecastStep.model_validate({"step": n, "metrics": {"rmse": n / 2}, "baseline": {"rmse": n / 4}} | changes)
        for n in range(1, steps + 1)
    ]


def found(steps: list[ForecastStep]) -> ErrorByStep:
    result = error_by_step(steps, "rmse", "seasonal naive")
    assert result is not None
    return result


def test_each_step_has_a_point_of_the_model_and_of_the_baseline() -> None:
    chart = found(measured(3)).chart
    assert chart.legend == (("muted", "seasonal naive"), ("accent", "this model"))
    assert "rows ahead 3: this model 1.5" in chart.svg
    assert "rows ahead 3: seasonal naive 0.75" in chart.svg
    assert [chart.svg.count(f'class="point {tone}"') for tone in ("accent", "muted")] == [3, 3]


def test_the_axis_of_errors_begins_at_0() -> None:
    """So that the length above it can be compared."""
    assert '<text class="tick end" x="54.0" y="260.0">0</text>' in found(measured(3)).chart.svg


def test_the_table_has_all_of_few_steps_and_some_of_many() -> None:
    table = found(measured(3)).table
    assert table.head == [("rows ahead", True), ("this model", True), ("seasonal naive", True)]
    assert table.rows == [["1", "0.50", "0.25"], ["2", "1.00", "0.50"], ["3", "1.50", "0.75"]]
    steps = [row[0] for row in found(measured(96)).table.rows]
    assert (len(steps), steps[0], steps[-1]) == (12, "1", "96")


@pytest.mark.parametrize("steps", [measured(0), measured(1), measured(3, metrics={})])
def test_one_step_or_none_that_was_measured_has_no_chart(steps: list[ForecastStep]) -> None:
    assert error_by_step(steps, "rmse", "seasonal naive") is None


def test_a_headline_that_a_step_lacks_is_not_drawn() -> None:
    """R² is not defined for a step whose true values are all equal."""
    steps = [*measured(1, metrics={"r2": 0.5, "rmse": 2.0}), *measured(2)[1:]]
    result = error_by_step(steps, "r2", "seasonal naive")
    assert result is not None
    assert result.chart.title == "Root mean squared error"


def test_the_coverage_of_each_step_is_a_column() -> None:
    table = found(
        [*measured(1, metrics={"rmse": 1, "coverage": 0.75}), *measured(2, metrics={"rmse": 1, "coverage": 1})]
    ).table
    assert table.head == [(name, True) for name in ("rows ahead", "this model", "seasonal naive", "coverage")]
    assert [row[3] for row in table.rows] == ["75%", "100%", "100%"]


def test_a_baseline_without_the_metric_has_dashes() -> None:
    result = found(measured(2, baseline={}))
    assert [row[2] for row in result.table.rows] == [DASH, DASH]
    assert "nan" not in result.chart.svg.replace("seasonal naive", "")


def test_the_range_over_folds_is_an_area() -> None:
    folds = [measured(2), measured(2, metrics={"rmse": 0.75})]
    assert fold_bounds(folds, "rmse") == [(1.0, 0.5, 0.75), (2.0, 0.75, 1.0)]
    result = error_by_step(measured(2), "rmse", "naive", folds)
    assert result is not None
    assert result.chart.svg.count('class="interval"') == 1
    assert ("interval", "range over the folds") in result.chart.legend
