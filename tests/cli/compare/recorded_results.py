"""Commits with the results of a dataset `tiny`, made without DVC: ten rows of two classes, or of values."""

import io
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
import yaml

from stages.cli.compare.compare_revisions import compare_revisions
from stages.cli.compare.comparison import Comparison, DatasetComparison
from stages.cli.revisions.snapshot import open_snapshot
from stages.core.artefacts.processed import Fitted, InputSpec, TargetSpec
from stages.core.artefacts.records.evaluation import (
    BestBaseline,
    ClassesDetail,
    EvaluationRecord,
    ForecastInterval,
    ForecastRecord,
    Headline,
    MetricsByTarget,
    PredictionDetails,
    SeedStatistics,
    ValuesDetail,
)
from stages.core.artefacts.records.record import record_text
from stages.core.artefacts.records.training import TrainingRecord
from stages.core.artefacts.records.validation import (
    CheckRecord,
    ColumnDrift,
    DriftRecord,
    DuplicatesRecord,
    NearDuplicatesRecord,
    RedundantColumnsRecord,
    ValidationRecord,
)
from stages.core.artefacts.windows import Window
from stages.core.columns.categories.class_labels import ClassLabels
from stages.core.columns.number_columns import NumberColumns
from tests.cli.revisions.recorded_repository import git, store_output

STAGES = {
    "validate": ["reports/validation/{}.json"],
    "preprocess": ["data/processed/{}"],
    "train": ["data/models/{}"],
    "evaluate": ["data/predictions/{}", "reports/evaluation/{}.json"],
}
CLASSES = ["no", "yes"]
TRUTH = [0, 0, 0, 0, 0, 1, 1, 1, 1, 1]
VALIDATION = ValidationRecord(
    passed=True, rows=20, expectations=1, failed=0, results=[],
    duplicates=DuplicatesRecord(across_splits=0, within_splits=0, examples=[]),
    near_duplicates=NearDuplicatesRecord(across_splits=0, within_splits=0, compared=20, candidates=20, examples=[]),
    redundant_columns=RedundantColumnsRecord(pairs=0, examples=[]), drift=DriftRecord(accepted=True), versions={},
)  # fmt: skip


@dataclass(frozen=True)
class Results:
    """`truth` and `predicted` are class numbers, or values if they are not integers."""

    truth: Sequence[Any] = field(default_factory=lambda: TRUTH)
    predicted: Sequence[Any] = field(default_factory=lambda: TRUTH)
    rows: Sequence[int] = range(10)
    metrics: Mapping[str, Any] = field(default_factory=lambda: {"accuracy": 1.0})
    headline: str = "accuracy"
    params: Mapping[str, Any] = field(default_factory=dict)
    seeds: SeedStatistics | None = None
    validation: ValidationRecord = VALIDATION
    parameters: int = 3
    window: Window | None = None
    probabilities: Sequence[Sequence[float]] | None = None
    target: str = "y"
    # How far the bounds of an interval of 80% are from each prediction.
    margin: float | None = None

    @property
    def classified(self) -> bool:
        return all(isinstance(value, int) for value in self.truth)

    def sections(self) -> dict[str, Any]:
        return {
            "train": {"epochs": 1},
            "evaluate": {"headline": self.headline},
            "report": {"title": "Tiny"},
            **self.params,
        }

    def outputs(self, key: str) -> dict[str, str | Mapping[str, str | bytes]]:
        columns = [[CLASSES[int(v)] if self.classified else v for v in side] for side in (self.truth, self.predicted)]
        header = f"row,{self.target}_truth,{self.target}_predicted"
        if self.margin is not None:
            header += f",{self.target}_lower,{self.target}_upper"
            columns += [[p + sign * self.margin for p in self.predicted] for sign in (-1, 1)]
        lines = [",".join(map(str, line)) for line in zip(self.rows, *columns, strict=True)]
        predictions: dict[str, str | bytes] = {
            "predictions.csv": "".join(f"{line}\n" for line in (header, *lines)),
            "details.json": record_text(self._details()),
        }
        if self.probabilities is not None:
            buffer = io.BytesIO()
            np.save(buffer, np.array(self.probabilities))
            predictions[f"probabilities.{self.target}.npy"] = buffer.getvalue()
        model = {"model.keras": "m" * self.parameters, "training.json": record_text(self._training())}
        return {
            f"reports/validation/{key}.json": record_text(self.validation),
            f"data/processed/{key}": {"fitted.json": record_text(self._fitted()), "rows.csv": str([*self.rows])},
            f"data/models/{key}": model,
            f"data/predictions/{key}": predictions,
            f"reports/evaluation/{key}.json": record_text(self._evaluation()),
        }

    def _details(self) -> PredictionDetails:
        classes = ClassesDetail(classes=CLASSES, confusion=[], per_class=[])
        detail = classes if self.classified else ValuesDetail(columns=[self.target])
        return PredictionDetails(split="test", targets={self.target: detail})

    def _fitted(self) -> Fitted:
        labels = ClassLabels(columns=[self.target], encoding="integer", classes=CLASSES)
        values = NumberColumns(columns=[self.target])
        return Fitted(
            inputs={"x": InputSpec(column=NumberColumns(columns=["a"]), shape=[1])},
            targets={self.target: TargetSpec(column=labels if self.classified else values)},
            splits={"train": 40, "test": len(self.rows)},
            window=self.window,
        )

    def _training(self) -> TrainingRecord:
        return TrainingRecord(
            best_epoch=1, epochs=1, monitor="loss", kept="last", loss={"y": "mse"}, parameters=self.parameters,
            trainable=self.parameters, layers=[], engine="keras", threads=1, seeds=[], pinned={}, versions={},
        )  # fmt: skip

    def _evaluation(self) -> EvaluationRecord:
        by_target: MetricsByTarget = {self.target: dict(self.metrics)}
        return EvaluationRecord(
            split="test", samples=len(self.rows), metrics=by_target, baselines={},
            headline=Headline(
                target=self.target, metric=self.headline, better="higher", value=self.metrics[self.headline]
            ),
            best_baseline=BestBaseline(name="majority", value=0.5, improvement=0.5), best_epoch=1, epochs=1,
            seeds=self.seeds, forecasts={} if self.margin is None else {self.target: self._forecast()},
        )  # fmt: skip

    def _forecast(self) -> ForecastRecord:
        interval = ForecastInterval(
            level=0.8,
            method="conformal",
            calibration_rows=9,
            coverage=1.0,
            interval_score=self.metrics["interval_score"],
        )
        return ForecastRecord(steps=[], interval=interval)


def predicted(*wrong: int, **changes: Any) -> Results:
    """Ten rows of which these are predicted wrongly."""
    numbers = [1 - value if row in wrong else value for row, value in enumerate(TRUTH)]
    return replace(Results(predicted=numbers, metrics={"accuracy": 1 - len(wrong) / 10}), **changes)


def of_values(errors: Sequence[float], **changes: Any) -> Results:
    """The truths are 0.5, 1.5, ... and each prediction is larger by its error."""
    truth = [row + 0.5 for row in range(len(errors))]
    found = np.array(errors)
    results = Results(
        truth=truth,
        predicted=[t + e for t, e in zip(truth, errors, strict=True)],
        rows=range(len(errors)),
        metrics={"mae": float(np.abs(found).mean()), "rmse": float(np.sqrt((found**2).mean()))},
        headline="rmse",
    )
    return replace(results, **changes)


def commit_results(tag: str, **datasets: Results) -> str:
    """The commit with these datasets. Returns its hash."""
    sections = {key: results.sections() for key, results in datasets.items()}
    Path("params.yaml").write_text(yaml.safe_dump({"datasets": sections}, sort_keys=False))
    for key, results in datasets.items():
        file = Path(f"reports/metrics/{key}.json")
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(json.dumps(results.metrics))
    entries = {name: entry for key, results in datasets.items() for name, entry in _entries(key, results).items()}
    Path("dvc.lock").write_text(yaml.safe_dump({"schema": "2.0", "stages": entries}, sort_keys=False))
    git("add", "--all")
    git("commit", "--quiet", "--allow-empty", "--message", tag)
    git("tag", tag)
    return git("rev-parse", "HEAD")


def _entries(key: str, results: Results) -> dict[str, Any]:
    outputs = {path: store_output(content) for path, content in results.outputs(key).items()}
    sections = results.sections()
    return {
        f"{stage}@{key}": {
            "cmd": f"run {stage} {key}",
            "params": {f"data/guard/params/{key}.json": {stage: sections.get(stage, {})}},
            "outs": [{"path": path, "hash": "md5", "md5": outputs[path]} for path in _paths(stage, key)],
        }
        for stage in STAGES
    }


def _paths(stage: str, key: str) -> list[str]:
    return [path.format(key) for path in STAGES[stage]]


def compare(base: str | None, head: str | None, *keys: str) -> Comparison:
    with open_snapshot(base) as old, open_snapshot(head) as new:
        return compare_revisions(old, new, keys)


def compare_tiny(base: Results, head: Results) -> DatasetComparison:
    commit_results("base", tiny=base)
    commit_results("head", tiny=head)
    [dataset] = compare("base", "head").datasets
    return dataset


def failed_check(**changes: Any) -> ValidationRecord:
    check = CheckRecord(
        expectation="expect_column_values_to_be_between", arguments={"column": "age"}, passed=False, unexpected=12
    )
    return VALIDATION.model_copy(update={"passed": False, "failed": 1, "results": [check], **changes})


def drifted(*columns: str) -> ValidationRecord:
    drift = DriftRecord(
        accepted=True,
        drifted=len(columns),
        columns=[ColumnDrift(column=name, kind="number", exceeded=["psi"]) for name in columns],
    )
    return VALIDATION.model_copy(update={"drift": drift})
