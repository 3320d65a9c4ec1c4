from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from stages.core.artefacts.raw.raw_data import Table
from stages.core.artefacts.records.evaluation import ValuesDetail
from stages.report.dataset_results import DatasetResults, read_dataset_results
from stages.report.sections.forecasts.forecasts_section import TargetForecasts, forecasts_section
from tests.report.example_datasets import ExampleDataset, flowers, write_example
from tests.report.example_forecasts import COLUMN, INTERVAL, forecast_record, months


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def results(example: ExampleDataset, **changes: Any) -> DatasetResults:
    """`changes` are fields of the record of evaluate."""
    record = example.evaluation.model_dump() | changes
    example.evaluation = type(example.evaluation).model_validate(record)
    write_example(example)
    return read_dataset_results("mine")


def only(example: ExampleDataset, **changes: Any) -> TargetForecasts:
    (target,) = forecasts_section(results(example, **changes))
    return target


def test_a_target_with_forecasts_and_a_backtest() -> None:
    target = only(months())
    assert (target.name, target.warning, len(target.sentences), len(target.fans)) == ("", "", 3, 1)
    assert target.by_step is not None
    assert target.backtest is not None


def test_the_warning_is_apart_from_the_sentences() -> None:
    narrow = forecast_record(3, interval=INTERVAL | {"coverage": 0.6})
    assert "narrow" in only(months(), forecasts={COLUMN: narrow}).warning


def test_one_step_has_no_errors_by_step() -> None:
    assert only(months(horizon=1)).by_step is None


def test_a_record_without_forecasts_has_no_section() -> None:
    assert forecasts_section(results(months(), forecasts={}, backtests={})) == []
    assert forecasts_section(results(flowers())) == []


def test_a_backtest_alone_is_shown() -> None:
    target = only(months(), forecasts={})
    assert (target.sentences, target.by_step) == ([], None)
    assert target.backtest is not None


def test_with_several_columns_a_chart_names_its_column() -> None:
    example = months()
    assert isinstance(example.raw, Table)
    frame = example.raw.frames["all"]
    example.raw = replace(example.raw, frames={"all": frame.assign(flights=frame[COLUMN])})
    values = {name.replace(COLUMN, "flights"): column for name, column in example.predictions.values.items()}
    detail = ValuesDetail(columns=[COLUMN, "flights"])
    example.predictions = replace(
        example.predictions, targets={COLUMN: detail}, values={**example.predictions.values, **values}
    )
    titles = [chart.title for chart in only(example).fans]
    assert titles == [f"{COLUMN}: the last 3 forecasts", "flights: the last 3 forecasts"]


def test_the_baseline_is_named_by_the_record() -> None:
    target = only(months(), forecasts={COLUMN: forecast_record(3, baseline="gradient_boosting", diebold_mariano=None)})
    assert target.by_step is not None
    assert ("muted", "gradient boosting") in target.by_step.chart.legend
