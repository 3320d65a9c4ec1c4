"""A monthly series whose forecasts, intervals and backtest are made by hand."""

import math
from typing import Any

import numpy as np
import pandas as pd

from stages.core.artefacts.processed import Fitted, InputSpec, TargetSpec
from stages.core.artefacts.raw.raw_data import Table
from stages.core.artefacts.records.evaluation import ValuesDetail
from stages.core.artefacts.windows import Window
from stages.core.columns.number_columns import NumberColumns
from stages.core.columns.scaling import LinearScaling
from stages.report.recorded.recorded_predictions import Predictions, from_texts
from tests.report.example_datasets import ExampleDataset, processed_data
from tests.report.example_records import training_record, value_evaluation

COLUMN = "passengers"
INTERVAL: dict[str, Any] = {
    "level": 0.8, "method": "conformal", "calibration_rows": 9, "coverage": 0.8, "interval_score": 12.5,
}  # fmt: skip
DIEBOLD_MARIANO: dict[str, Any] = {
    "baseline": "seasonal_naive", "loss": "squared", "statistic": -2.5, "p_value": 0.021, "result": "better",
}  # fmt: skip
DIRECTION: dict[str, Any] = {"samples": 30, "accuracy": 0.6, "interval": (0.4, 0.775)}


def months(rows: int = 48, horizon: int = 3, test_rows: int = 12) -> ExampleDataset:
    """Windows of twelve months predict all of the next `horizon` months; without `horizon` above 1, the next one."""
    values = [round(100 + 2 * n + 20 * math.sin(2 * math.pi * n / 12), 1) for n in range(rows)]
    dates = pd.date_range("2010-01-01", periods=rows, freq="MS").astype("datetime64[us]")
    step = LinearScaling(name="standard", offset=[150.0], scale=[30.0])
    window = Window(length=12, horizon=horizon, steps="all" if horizon > 1 else "last", season=12)
    fitted = Fitted(
        inputs={"x": InputSpec(column=NumberColumns(columns=[COLUMN], steps=[step]), shape=[12, 1])},
        targets={COLUMN: TargetSpec(column=NumberColumns(columns=[COLUMN], steps=[step]))},
        splits={"train": rows - test_rows - 12 - horizon + 1, "validation": 0, "test": test_rows - horizon + 1},
        window=window,
    )
    x = ((np.array(values) - 150) / 30).astype(np.float32)[:, None]
    first_test = rows - test_rows
    splits = {"train": range(first_test), "validation": range(0), "test": range(first_test - 12, rows)}
    return ExampleDataset(
        raw=Table({"all": pd.DataFrame({"month": dates, COLUMN: values})}, kind="series", time="month"),
        processed=processed_data(fitted, x, x, splits),
        evaluation=value_evaluation(
            samples=test_rows - horizon + 1,
            headline={"target": COLUMN},
            best_baseline={"name": "seasonal_naive", "value": 3.0, "improvement": 0.5},
            forecasts={COLUMN: forecast_record(horizon)},
            backtests={COLUMN: backtest_record(horizon, first_test)},
        ),
        predictions=forecast_predictions(values, first_test, horizon),
        history="epoch,loss,mae\n1,500.0,0.4\n2,0.5,0.3\n",
        training=training_record(epochs=2, monitor="loss"),
        parameters={"report": {"title": "Passengers"}},
    )


def forecast_record(horizon: int, **changes: Any) -> dict[str, Any]:
    steps = [
        {"step": step, "metrics": _metrics(1.0 + step), "baseline": _metrics(2.0 + step)}
        for step in range(1, horizon + 1)
    ]
    record = {
        "baseline": "seasonal_naive",
        "steps": steps,
        "interval": INTERVAL,
        "diebold_mariano": DIEBOLD_MARIANO,
        "direction": DIRECTION,
    }
    return record | changes


def backtest_record(horizon: int, last_origin: int) -> dict[str, Any]:
    """Three folds; the model is better in the second and the third."""
    folds = [
        {
            "first_row": last_origin - 12 + 6 * n,
            "train_rows": last_origin - 12 + 6 * n,
            "samples": 4,
            "metrics": _metrics(5.0 - n),
            "baselines": {"seasonal_naive": _metrics(4.5), "persistence": _metrics(9.0)},
            "steps": [
                {"step": step, "metrics": _metrics(5.0 - n + step / 4), "baseline": _metrics(4.5 + step / 4)}
                for step in range(1, horizon + 1)
            ],
        }
        for n in range(3)
    ]
    return {
        "folds": folds,
        "best_baseline": "seasonal_naive",
        "mean": _metrics(4.0),
        "spread": _metrics(1.0),
        "baseline_mean": _metrics(4.5),
    }


def _metrics(rmse: float) -> dict[str, float]:
    return {"mae": rmse * 0.75, "mase": rmse / 8, "r2": 1 - rmse / 32, "rmse": rmse, "smape": rmse * 1.5}


def forecast_predictions(values: list[float], first_test: int, horizon: int) -> Predictions:
    """The errors and the intervals become larger with each step ahead."""
    lines = [
        (first + step - 1, step)
        for first in range(first_test, len(values) - horizon + 1)
        for step in range(1, horizon + 1)
    ]
    predicted = [values[row] + (-1) ** row * step for row, step in lines]
    columns = {
        f"{COLUMN}_truth": [str(values[row]) for row, _ in lines],
        f"{COLUMN}_predicted": list(map(str, predicted)),
        f"{COLUMN}_lower": [str(value - 3.0 * step) for value, (_, step) in zip(predicted, lines, strict=True)],
        f"{COLUMN}_upper": [str(value + 4.0 * step) for value, (_, step) in zip(predicted, lines, strict=True)],
    }
    steps = [step for _, step in lines] if horizon > 1 else []
    return from_texts("test", {COLUMN: ValuesDetail(columns=[COLUMN])}, [row for row, _ in lines], columns, {}, steps)
