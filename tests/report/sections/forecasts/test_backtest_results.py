from typing import Any

from stages.core.artefacts.records.evaluation import BacktestRecord
from stages.report.rendering.format_text import DASH
from stages.report.sections.forecasts.backtest_results import (
    BacktestResults,
    backtest_results,
    backtest_sentence,
    fold_scale,
    mean_steps,
)
from tests.report.example_forecasts import backtest_record

DATES = [f"20{10 + n // 12}-{n % 12 + 1:02}-01" for n in range(48)]


def record(**changes: Any) -> BacktestRecord:
    return BacktestRecord.model_validate(backtest_record(3, 36) | changes)


def found(times: list[str] = DATES, **changes: Any) -> BacktestResults:
    return backtest_results(record(**changes), times)


def test_a_row_for_each_fold() -> None:
    results = found()
    assert results.head == [
        "fold", "first test row", "rows trained on", "samples",
        "Root mean squared error", "of seasonal naive", "Mean absolute error", "Mean absolute scaled error",
        "Symmetric mean absolute percentage error",
    ]  # fmt: skip
    assert [row[:7] for row in results.folds] == [
        ["1", "2012-01-01", "24", "4", "5", "4.5", "3.75"],
        ["2", "2012-07-01", "30", "4", "4", "4.5", "3.00"],
        ["3", "2013-01-01", "36", "4", "3", "4.5", "2.25"],
    ]
    assert [row[:7] for row in results.statistics] == [
        ["mean", "", "", "", "4", "4.5", "3.00"],
        ["spread", "", "", "", "1", DASH, "0.75"],
    ]
    assert {len(row) for row in (*results.folds, *results.statistics)} == {len(results.head)}


def test_without_dates_a_fold_has_the_number_of_its_row() -> None:
    assert [row[1] for row in found(times=[]).folds] == ["24", "30", "36"]


def test_the_metric_of_the_record_comes_first_and_once() -> None:
    head = found(metric="mae").head
    assert head[4:6] == ["Mean absolute error", "of seasonal naive"]
    assert "Root mean squared error" not in head
    assert head.count("Mean absolute error") == 1


def test_a_metric_that_folds_do_not_define_has_no_value() -> None:
    results = found(metric="r2", mean={"rmse": 4.0}, baseline_mean={})
    assert results.statistics[0][4:6] == [DASH, DASH]


def test_the_coverage_is_in_percent() -> None:
    folds = [fold | {"metrics": fold["metrics"] | {"coverage": 0.75}} for fold in backtest_record(3, 36)["folds"]]
    results = found(folds=folds, mean={"rmse": 4.0, "coverage": 0.75}, spread={"rmse": 1.0, "coverage": 0.0})
    assert results.head[6:] == ["Coverage"]
    assert [row[6] for row in (*results.folds, *results.statistics)] == ["75%"] * 4 + ["0%"]


def test_the_sentence_counts_the_folds_that_are_better() -> None:
    """R² is better if it is higher, the error if it is lower."""
    assert "better in 2 of 3 folds" in backtest_sentence(record())
    assert "better in 2 of 3 folds" in backtest_sentence(record(metric="r2"))
    without = record(best_baseline="theta")
    assert "better in 0 of 0 folds" in backtest_sentence(without)


def test_the_chart_is_over_the_first_test_rows() -> None:
    svg = found().chart.svg
    assert "2012-07-01: this model 4" in svg
    assert "2012-07-01: seasonal naive 4.5" in svg
    assert ">2012-07</text>" in svg


def test_the_axis_has_room_for_its_texts_and_a_tick_for_at_most_four_folds() -> None:
    scale = fold_scale(list(range(0, 48, 4)), DATES)
    assert [text for _, text in scale.ticks] == ["2010-01", "2011-05", "2012-05", "2013-09"]
    assert (scale.low, scale.high) == (-0.12 * 44, 44 + 0.12 * 44)
    assert fold_scale([5], []).fraction(5) == 0.5
    times = [f"2020-01-31 {hour:02}:00:00" for hour in range(4)]
    assert [text for _, text in fold_scale([0, 1, 2, 3], times).ticks] == ["2020-01-31 00:00", "2020-01-31 03:00"]


def test_the_steps_are_means_of_the_folds() -> None:
    """In the folds, the model has 5.25, 4.25 and 3.25 one row ahead, and the baseline 4.75."""
    first = mean_steps(record().folds)[0]
    assert (first.step, first.metrics["rmse"], first.baseline["rmse"]) == (1, 4.25, 4.75)
    by_step = found().by_step
    assert by_step is not None
    assert by_step.table.rows[0] == ["1", "4.25", "4.75"]


def test_one_step_ahead_has_no_chart_by_step() -> None:
    one_step = BacktestRecord.model_validate(backtest_record(1, 36))
    assert backtest_results(one_step, DATES).by_step is None
